public import PluginKit

/// What a caller asks of a plugin beyond its operation.
public struct Requirements: Sendable, Hashable {
    /// Features or events that it must list.
    public var features: [String] = []
    /// Lowest acceptable accuracy, 0…1; plugins without a known accuracy are refused when set.
    public var minimumAccuracy: Double?
    /// Highest acceptable price of a minute of media.
    public var maximumCostPerMinute: Double?
    /// Length of the pieces that will be sent, in seconds.
    public var chunkSeconds: Double?
    /// Language code that it must handle.
    public var language: String?
    /// Whether a GPU is at hand.
    public var hasGPU = false
    /// Whether an S3 bucket is configured.
    public var hasS3 = false
    /// Whether experimental plugins are welcome.
    public var allowsExperimental = true

    /// Nothing special; no GPU, no S3.
    public init() {}
}

/// The plugins that meet requirements, cheapest first, and why the others do not.
public struct Selection: Sendable {
    /// Why one plugin was refused.
    public struct Refusal: Sendable, Hashable {
        /// Plugin name.
        public var plugin: String
        /// Each unmet requirement, in words.
        public var reasons: [String]
    }

    /// Plugins to try in this order: the fallback chain.
    public var accepted: [any Plugin]
    /// The rest.
    public var refused: [Refusal]
}

extension Registry {
    /// Sorts the plugins of an operation by price, after refusing those that miss a requirement.
    ///
    /// Equal prices fall back to accuracy (highest first), then to the order of registration.
    public func select(operation: String, requirements: Requirements) -> Selection {
        var accepted: [any Plugin] = []
        var refused: [Selection.Refusal] = []
        for plugin in plugins(for: operation) {
            let reasons = Self.unmet(requirements, by: plugin.manifest)
            if reasons.isEmpty {
                accepted.append(plugin)
            } else {
                refused.append(Selection.Refusal(plugin: plugin.manifest.name, reasons: reasons))
            }
        }
        let seconds = requirements.chunkSeconds ?? 60
        let ranked = accepted.enumerated().sorted { left, right in
            let leftCost = left.element.manifest.estimatedCost(seconds: seconds)
            let rightCost = right.element.manifest.estimatedCost(seconds: seconds)
            if leftCost != rightCost { return leftCost < rightCost }
            let leftAccuracy = left.element.manifest.capabilities.accuracy ?? 0
            let rightAccuracy = right.element.manifest.capabilities.accuracy ?? 0
            if leftAccuracy != rightAccuracy { return leftAccuracy > rightAccuracy }
            return left.offset < right.offset
        }
        return Selection(accepted: ranked.map(\.element), refused: refused)
    }

    private static func unmet(_ requirements: Requirements, by manifest: PluginManifest) -> [String] {
        var reasons: [String] = []
        let offered = Set(manifest.capabilities.features + manifest.capabilities.supportedEvents)
        for feature in requirements.features where !offered.contains(feature) {
            reasons.append("lacks the feature \(feature)")
        }
        if let floor = requirements.minimumAccuracy {
            switch manifest.capabilities.accuracy {
            case let accuracy? where accuracy >= floor: break
            case let accuracy?: reasons.append("accuracy \(accuracy) is below \(floor)")
            case nil: reasons.append("publishes no accuracy, and \(floor) is asked for")
            }
        }
        if let ceiling = requirements.maximumCostPerMinute {
            let price = manifest.estimatedCost(seconds: 60)
            if price > ceiling { reasons.append("costs \(price) \(manifest.cost.currency) a minute, above \(ceiling)") }
        }
        if let chunk = requirements.chunkSeconds, let longest = manifest.capabilities.maximumChunkSeconds,
            chunk > longest
        {
            reasons.append("takes pieces of at most \(longest) s, not \(chunk) s")
        }
        if let language = requirements.language, !manifest.capabilities.languages.isEmpty,
            !manifest.capabilities.languages.contains(language)
        {
            reasons.append("does not handle the language \(language)")
        }
        if manifest.limits.requiresGPU, !requirements.hasGPU { reasons.append("needs a GPU") }
        if manifest.capabilities.requiresS3, !requirements.hasS3 { reasons.append("needs an S3 bucket") }
        if manifest.limits.isExperimental, !requirements.allowsExperimental { reasons.append("is experimental") }
        return reasons
    }
}
