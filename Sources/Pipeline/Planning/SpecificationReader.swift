import Configuration
public import PluginKit

/// Reads a full `OutputSpec` list from a YAML or JSON file (`--spec FILE`).
///
/// ```yaml
/// outputs:
///   - operation: {name: objects, parameters: {confidence: 0.5}}
///     sources:
///       - operation: {name: keyframes, parameters: {max_frames: 20}}
/// ```
/// A single specification, a bare list of them, and a plain name for an operation without parameters are accepted too.
public enum SpecificationReader {
    /// Reads the file at `path`.
    ///
    /// - Throws: `ConfigurationError`, which names file, line and key.
    public static func load(path: String) throws -> [OutputSpec] {
        try read(ConfigurationDocument.load(path: path).root)
    }

    /// Reads text; `fileName` is used in errors.
    ///
    /// - Throws: `ConfigurationError`.
    public static func parse(text: String, fileName: String) throws -> [OutputSpec] {
        try read(ConfigurationDocument.parse(text: text, fileName: fileName).root)
    }

    private static func read(_ root: ConfigurationNode) throws -> [OutputSpec] {
        let nodes: [ConfigurationNode]
        switch root.kind {
        case .sequence(let items): nodes = items
        case .mapping(let entries) where entries.contains { $0.key == "outputs" }:
            nodes = try MappingReader.read(root) { try $0.sequence("outputs") }
        case .scalar: throw root.failure("must be a mapping or a list of outputs")
        default: nodes = [root]
        }
        guard !nodes.isEmpty else { throw root.failure("must name at least one output") }
        return try nodes.map { try specification($0, depth: 0) }
    }

    private static func specification(_ node: ConfigurationNode, depth: Int) throws -> OutputSpec {
        guard depth < 16 else { throw node.failure("sources are nested more than 16 deep") }
        if case .scalar = node.kind { return OutputSpec(try operation(node)) }
        return try MappingReader.read(node) { reader in
            OutputSpec(
                try operation(reader.node("operation")),
                sources: try reader.optionalSequence("sources")?.map { try specification($0, depth: depth + 1) } ?? [])
        }
    }

    private static func operation(_ node: ConfigurationNode) throws -> Operation {
        if case .scalar = node.kind { return Operation(try node.string()) }
        return try MappingReader.read(node) { reader in
            let name = try reader.string("name")
            let entries = try reader.optionalNode("parameters")?.mapping() ?? []
            let parameters = try entries.map { ($0.key, try ManifestReader.value(of: $0.value)) }
            return Operation(name, parameters: Dictionary(parameters) { first, _ in first })
        }
    }
}
