public import PluginKit

/// Turns output specifications into a pipeline: finds plugins, inserts the inputs they need, merges equal stages.
public struct Planner: Sendable {
    /// Types that the decode pass hands to plugins directly, in memory: no stage is inserted for them.
    public static let streamTypes: Set<DataType> = [.audio, .frames]

    private let registry: Registry
    private let requirements: Requirements
    private let profile: Profile
    /// Whether stream types get a stage of their own all the same, so that they are written out (debug mode).
    private let materializesStreams: Bool

    /// Creates a planner over a registry.
    public init(
        registry: Registry, requirements: Requirements = Requirements(), profile: Profile = .balanced,
        materializesStreams: Bool = false
    ) {
        self.registry = registry
        self.requirements = requirements
        self.profile = profile
        self.materializesStreams = materializesStreams
    }

    /// Plans the outputs.
    ///
    /// - Parameters:
    ///   - companions: outputs that are written too although nobody asked for them.
    ///   - formatHint: the container's name, where the source tells; plugins that list formats are matched with it.
    /// - Throws: `PluginError`: `unknownOperation`, `invalidParameter`, `noPlugin` with the reasons.
    public func plan(
        _ outputs: [OutputSpec], companions: [OutputSpec] = [], formatHint: String? = nil
    ) throws -> Pipeline {
        var draft = Draft(formatHint: formatHint)
        let requested = try outputs.map { spec in
            // Under its own name, but without the defaults: what the user wrote outweighs what is taken over.
            let name = try registry.normalized(spec.operation, profile: profile).name
            return OutputSpec(Operation(name, parameters: spec.operation.parameters), sources: spec.sources)
        }
        for spec in requested { _ = try resolve(spec, requested: requested, isRequested: true, path: [], in: &draft) }
        for spec in companions
        where !requested.contains(where: { $0.operation.name == spec.operation.name }) {
            let id = try resolve(spec, requested: requested, isRequested: false, path: [], in: &draft)
            draft.nodes[id].isWritten = true
        }
        return Pipeline(
            stages: draft.nodes.enumerated().map { index, node in
                Pipeline.Stage(
                    id: index, plugin: node.plugin, operation: node.operation, inputs: node.inputs,
                    optionalInputs: node.optionalInputs, demand: node.demand, isRequested: node.isRequested,
                    isWritten: node.isRequested || node.isWritten || materializesStreams)
            })
    }

    private struct Node {
        var plugin: any Plugin
        var operation: Operation
        var inputs: [Int]
        var optionalInputs: Set<Int> = []
        var demand: MediaDemand
        var isRequested: Bool
        var isWritten = false
    }

    private struct Draft {
        var nodes: [Node] = []
        var formatHint: String?

        mutating func add(_ node: Node) -> Int {
            let twin = nodes.firstIndex {
                $0.plugin.manifest.name == node.plugin.manifest.name && $0.operation == node.operation
                    && $0.inputs == node.inputs
            }
            if let twin {
                nodes[twin].isRequested = nodes[twin].isRequested || node.isRequested
                return twin
            }
            nodes.append(node)
            return nodes.count - 1
        }
    }

    private func resolve(
        _ spec: OutputSpec, requested: [OutputSpec], isRequested: Bool, path: [String], in draft: inout Draft
    ) throws -> Int {
        var operation = try registry.normalized(spec.operation, profile: profile)
        guard !path.contains(operation.name) else {
            throw PluginError(
                .noPlugin, "these operations need each other: \((path + [operation.name]).joined(separator: " → "))")
        }
        let plugin = try choosePlugin(for: operation)
        let inheritance = SamplingInheritance(registry: registry, profile: profile)
        operation = try inheritance.apply(
            to: operation, as: spec.operation, sources: spec.sources, requested: requested)
        // Wrong model names are found here rather than in the middle of a run.
        _ = try plugin.requiredModels(for: operation)
        let path = path + [operation.name]
        var inputs = try self.inputs(
            of: plugin, for: operation, sources: spec.sources, requested: requested, path: path, in: &draft)
        let optional = try optionalInputs(of: plugin, requested: requested, path: path, in: &draft)
            .filter { !inputs.contains($0) }
        inputs += optional
        return draft.add(
            Node(
                plugin: plugin, operation: operation, inputs: inputs, optionalInputs: Set(optional),
                demand: try plugin.mediaDemand(for: operation), isRequested: isRequested))
    }

    /// The stages whose results the plugin takes into account: those that were asked for, or else its defaults.
    private func optionalInputs(
        of plugin: any Plugin, requested: [OutputSpec], path: [String], in draft: inout Draft
    ) throws -> [Int] {
        var specs = plugin.manifest.optionalInputs.flatMap { type in
            requested.filter { producesDirectly($0.operation, type) && !path.contains($0.operation.name) }
        }
        let isRequested = !specs.isEmpty
        if specs.isEmpty {
            specs = plugin.manifest.defaultInputs.compactMap { type in
                registry.plugins(producing: type).first.map { OutputSpec(Operation($0.manifest.operation.name)) }
            }.filter { !path.contains($0.operation.name) }
        }
        return try specs.map { try resolve($0, requested: requested, isRequested: isRequested, path: path, in: &draft) }
    }

    private func choosePlugin(for operation: Operation) throws -> any Plugin {
        let selection = registry.select(operation: operation.name, requirements: requirements)
        guard let plugin = selection.accepted.first else {
            let reasons = selection.refused.map { "\($0.plugin) \($0.reasons.joined(separator: " and "))" }
            throw PluginError(
                .noPlugin, "no plugin can do \(operation.name): \(reasons.joined(separator: "; "))")
        }
        return plugin
    }

    private func inputs(
        of plugin: any Plugin, for operation: Operation, sources: [OutputSpec], requested: [OutputSpec],
        path: [String], in draft: inout Draft
    ) throws -> [Int] {
        let accepted = plugin.manifest.inputs
        if !sources.isEmpty {
            return try sources.compactMap { source in
                let id = try resolve(source, requested: requested, isRequested: true, path: path, in: &draft)
                let made = draft.nodes[id].plugin.manifest.outputs
                // Pictures come from the decode pass, chosen as that stage chooses them.
                if SamplingInheritance.accepts(made, operation) { return nil }
                guard made.contains(where: accepted.contains) else {
                    throw PluginError(
                        .noPlugin,
                        "\(operation.name) cannot take \(source.operation.name) as a source: it takes "
                            + accepted.map(\.rawValue).joined(separator: ", "))
                }
                return id
            }
        }
        let format = draft.formatHint.map { DataType($0) }
        if accepted.contains(.media) || format.map(accepted.contains) == true { return [] }
        for type in accepted {
            if Self.streamTypes.contains(type) {
                if materializesStreams { try materialize(type, requested: requested, path: path, in: &draft) }
                return []
            }
            // An output that was asked for with its own parameters serves its users too.
            if let twin = requested.first(where: { producesDirectly($0.operation, type) }) {
                return [try resolve(twin, requested: requested, isRequested: true, path: path, in: &draft)]
            }
            if let producer = registry.plugins(producing: type).first {
                let spec = OutputSpec(Operation(producer.manifest.operation.name))
                return [try resolve(spec, requested: requested, isRequested: false, path: path, in: &draft)]
            }
        }
        throw PluginError(
            .noPlugin,
            "\(operation.name) needs \(accepted.map(\.rawValue).joined(separator: " or ")), and no plugin makes it")
    }

    /// Adds a stage that writes out what the decode pass hands over. It stands beside its users, not above them, so
    /// that their cache keys are the same in every mode.
    private func materialize(
        _ type: DataType, requested: [OutputSpec], path: [String], in draft: inout Draft
    ) throws {
        guard !requested.contains(where: { producesDirectly($0.operation, type) }),
            let producer = registry.plugins(producing: type).first
        else { return }
        let spec = OutputSpec(Operation(producer.manifest.operation.name))
        _ = try resolve(spec, requested: requested, isRequested: false, path: path, in: &draft)
    }

    private func producesDirectly(_ operation: Operation, _ type: DataType) -> Bool {
        registry.plugins(for: operation.name).first?.produces(output: type) ?? false
    }
}
