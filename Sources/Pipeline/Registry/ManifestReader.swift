import Configuration
public import PluginKit

/// Reads plugin manifests from YAML.
///
/// Every mistake (unknown key, missing key, bad value) throws `ConfigurationError`, which names file, line and key.
public enum ManifestReader {
    /// Reads the manifest at `path`.
    ///
    /// - Throws: `ConfigurationError`.
    public static func load(path: String) throws -> PluginManifest {
        try read(ConfigurationDocument.load(path: path).root)
    }

    /// Reads a manifest from text; `fileName` is used in errors.
    ///
    /// - Throws: `ConfigurationError`.
    public static func parse(text: String, fileName: String) throws -> PluginManifest {
        try read(ConfigurationDocument.parse(text: text, fileName: fileName).root)
    }

    private static func read(_ root: ConfigurationNode) throws -> PluginManifest {
        try MappingReader.read(root) { reader in
            let name = try identifier(&reader, "name")
            var manifest = PluginManifest(
                name: name,
                version: try reader.string("version"),
                summary: try reader.optionalString("description") ?? "",
                inputs: try nonEmpty(&reader, "inputs").map(DataType.init(rawValue:)),
                outputs: try nonEmpty(&reader, "outputs").map(DataType.init(rawValue:)),
                operation: try reader.optionalMapping("operation", operation) ?? .init(name: name),
                implementation: try reader.mapping("implementation", implementation))
            try readOptionalInputs(&reader, into: &manifest)
            manifest.limits = try reader.optionalMapping("config", limits) ?? .init()
            manifest.performance = try reader.optionalMapping("performance", performance) ?? .init()
            manifest.cache = try reader.optionalMapping("cache", cache) ?? .init()
            manifest.capabilities = try reader.optionalMapping("capabilities", capabilities) ?? .init()
            manifest.cost = try reader.optionalMapping("cost", cost) ?? .init()
            manifest.rateLimit = try reader.optionalMapping("rate_limit", rateLimit) ?? .init()
            return manifest
        }
    }

    private static func readOptionalInputs(
        _ reader: inout MappingReader, into manifest: inout PluginManifest
    ) throws {
        manifest.optionalInputs = try (reader.optionalStrings("optional_inputs") ?? []).map(DataType.init(rawValue:))
        manifest.defaultInputs = try (reader.optionalStrings("default_inputs") ?? []).map(DataType.init(rawValue:))
        for type in manifest.defaultInputs where !manifest.optionalInputs.contains(type) {
            throw try reader.node("default_inputs").failure("'\(type)' is not among optional_inputs")
        }
    }

    private static func identifier(_ reader: inout MappingReader, _ key: String) throws -> String {
        let text = try reader.string(key)
        let isValid =
            text.first?.isLetter == true
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
        guard isValid else {
            throw try reader.node(key).failure("must start with a letter and hold only letters, digits, '-' and '_'")
        }
        return text
    }

    private static func nonEmpty(_ reader: inout MappingReader, _ key: String) throws -> [String] {
        let values = try reader.strings(key)
        guard !values.isEmpty else { throw try reader.node(key).failure("must hold at least one entry") }
        return values
    }

    private static func operation(_ reader: inout MappingReader) throws -> PluginManifest.OperationEntry {
        let name = try identifier(&reader, "name")
        let aliases = try reader.optionalStrings("aliases") ?? []
        let parameters = try reader.optionalNode("parameters")?.mapping() ?? []
        var entry = PluginManifest.OperationEntry(
            name: name, aliases: aliases,
            parameters: try parameters.map { entry in
                try MappingReader.read(entry.value) { try parameter(entry.key, &$0) }
            })
        entry.profiles = try reader.optionalMapping("profiles") { try profiles(&$0, of: entry) } ?? [:]
        return entry
    }

    /// Values by profile; each must be one that its parameter allows.
    private static func profiles(
        _ reader: inout MappingReader, of entry: PluginManifest.OperationEntry
    ) throws -> [Profile: [String: ParameterValue]] {
        var profiles: [Profile: [String: ParameterValue]] = [:]
        for profile in Profile.allCases {
            for setting in try reader.optionalNode(profile.rawValue)?.mapping() ?? [] {
                guard let definition = entry.parameters.first(where: { $0.name == setting.key }) else {
                    throw setting.value.failure("\(entry.name) has no parameter '\(setting.key)'")
                }
                do {
                    profiles[profile, default: [:]][setting.key] = try definition.validated(
                        value(of: setting.value), operation: entry.name)
                } catch let error as PluginError {
                    throw setting.value.failure(error.message)
                }
            }
        }
        return profiles
    }

    private static func parameter(_ name: String, _ reader: inout MappingReader) throws -> ParameterDefinition {
        let kindName = try reader.choice("type", of: ParameterDefinition.Kind.allCases.map(\.rawValue))
        var definition = ParameterDefinition(
            name: name, kind: ParameterDefinition.Kind(rawValue: kindName) ?? .text,
            minimum: try reader.optionalNumber("minimum"), maximum: try reader.optionalNumber("maximum"),
            choices: try reader.optionalStrings("choices") ?? [], unit: try reader.optionalString("unit"),
            summary: try reader.optionalString("description") ?? "")
        if let node = reader.optionalNode("default") {
            do {
                definition.defaultValue = try definition.validated(value(of: node), operation: "default")
            } catch let error as PluginError {
                throw node.failure(error.message)
            }
        }
        return definition
    }

    /// Any scalar or list of scalars, untyped: the definition turns it into its own type.
    static func value(of node: ConfigurationNode) throws -> ParameterValue {
        switch node.kind {
        case .sequence: .list(try node.strings())
        default: .text(try node.string())
        }
    }

    private static func implementation(_ reader: inout MappingReader) throws -> PluginManifest.Implementation {
        let kinds = ["builtin", "process", "provider"]
        guard reader.keys.filter(kinds.contains).count < 2 else {
            throw reader.node.failure("holds more than one of 'builtin', 'process' and 'provider'; keep one")
        }
        if let factory = try reader.optionalString("builtin") { return .builtIn(factory: factory) }
        if let factory = try reader.optionalString("provider") { return .provider(factory: factory) }
        let command = try reader.optionalMapping("process") { reader in
            PluginManifest.ProcessCommand(
                command: try nonEmpty(&reader, "command"),
                timeoutSeconds: try reader.optionalNumber("timeout_s", in: 0.1...86_400) ?? 60)
        }
        guard let command else {
            throw reader.node.failure("needs one of 'builtin', 'process' or 'provider'")
        }
        return .process(command)
    }

    private static func limits(_ reader: inout MappingReader) throws -> PluginManifest.Limits {
        var limits = PluginManifest.Limits()
        limits.maximumFileSizeMiB = try reader.optionalInteger("max_file_size_mb", in: 1...Int.max)
        limits.requiresGPU = try reader.optionalBool("requires_gpu") ?? false
        limits.isExperimental = try reader.optionalBool("experimental") ?? false
        limits.models = try reader.optionalStrings("models") ?? []
        return limits
    }

    private static func performance(_ reader: inout MappingReader) throws -> PluginManifest.Performance {
        var performance = PluginManifest.Performance()
        if let node = reader.optionalNode("avg_processing_time_per_gb") {
            performance.secondsPerGigabyte = try seconds(node)
        }
        performance.memoryPerFileMiB = try reader.optionalInteger("memory_per_file_mb", in: 1...1_000_000)
        performance.supportsStreaming = try reader.optionalBool("supports_streaming") ?? false
        return performance
    }

    /// `30`, `30s`, `2m` or `1h`.
    private static func seconds(_ node: ConfigurationNode) throws -> Double {
        let text = try node.string()
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
        let unit = text.last.flatMap { units[$0] }
        guard let number = Double(unit == nil ? text : String(text.dropLast())), number >= 0, number.isFinite else {
            throw node.failure("must be a duration such as 30s, 2m or 1h")
        }
        return number * (unit ?? 1)
    }

    private static func cache(_ reader: inout MappingReader) throws -> PluginManifest.CachePolicy {
        var policy = PluginManifest.CachePolicy()
        policy.isEnabled = try reader.optionalBool("enabled") ?? true
        policy.version = try reader.optionalInteger("version", in: 1...Int.max) ?? 1
        policy.invalidateBefore = try day(&reader, "invalidate_before")
        return policy
    }

    private static func day(_ reader: inout MappingReader, _ key: String) throws -> String? {
        guard let node = reader.optionalNode(key) else { return nil }
        let text = try node.string()
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0) }
        guard parts.map(\.count) == [4, 2, 2], numbers.count == 3, 1...12 ~= numbers[1], 1...31 ~= numbers[2] else {
            throw node.failure("must be a day such as 2025-10-28")
        }
        return text
    }

    private static func capabilities(_ reader: inout MappingReader) throws -> PluginManifest.Capabilities {
        var capabilities = PluginManifest.Capabilities()
        capabilities.features = try reader.optionalStrings("features") ?? []
        capabilities.supportedEvents = try reader.optionalStrings("supported_events") ?? []
        capabilities.languages = try reader.optionalStrings("languages") ?? []
        capabilities.maximumChunkSeconds = try reader.optionalNumber("max_chunk_duration_s", in: 0.1...1e9)
        capabilities.requiresS3 = try reader.optionalBool("requires_s3") ?? false
        capabilities.accuracy = try reader.optionalNumber("accuracy", in: 0...1)
        return capabilities
    }

    private static func cost(_ reader: inout MappingReader) throws -> PluginManifest.Cost {
        var cost = PluginManifest.Cost()
        cost.perMinute = try reader.optionalNumber("per_minute", in: 0...1e6) ?? 0
        cost.perFrame = try reader.optionalNumber("per_frame", in: 0...1e6) ?? 0
        cost.perRequest = try reader.optionalNumber("per_request", in: 0...1e6) ?? 0
        cost.currency = try reader.optionalString("currency") ?? "USD"
        cost.asOf = try day(&reader, "as_of")
        return cost
    }

    private static func rateLimit(_ reader: inout MappingReader) throws -> PluginManifest.RateLimit {
        var limit = PluginManifest.RateLimit()
        limit.requestsPerMinute = try reader.optionalInteger("requests_per_minute", in: 1...1_000_000)
        limit.concurrent = try reader.optionalInteger("concurrent", in: 1...100_000)
        return limit
    }
}
