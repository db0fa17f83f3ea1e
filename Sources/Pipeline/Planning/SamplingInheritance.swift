import PluginKit

/// Lets an operation on pictures look at the same pictures as a `keyframes` or `frames` stage of the same request.
///
/// Such operations take their pictures from the decode pass, not from the files of that stage: nothing is decoded or
/// compressed twice. What they share is the choice, so the stage's parameters for it are taken over.
struct SamplingInheritance {
    let registry: Registry
    let profile: Profile

    /// Parameter that names the kind of pictures, see `PictureSampling` of the built-in plugins.
    private static let selector = "sample"

    /// Parameters that say which pictures, under the same names everywhere.
    private static let shared = ["fps", "min_interval_sec", "deduplicate", "similarity"]

    /// Whether `operation` chooses its own pictures, of which `made` is one kind.
    static func accepts(_ made: [DataType], _ operation: Operation) -> Bool {
        operation.parameters[selector] != nil && !kinds(of: made).isEmpty
    }

    /// The operation with the parameters taken over that the user did not set.
    ///
    /// - Parameter written: the operation as the user wrote it, without defaults.
    /// - Throws: `PluginError` for a source that does not exist.
    func apply(
        to operation: Operation, as written: Operation, sources: [OutputSpec], requested: [OutputSpec]
    ) throws -> Operation {
        guard operation.parameters[Self.selector] != nil else { return operation }
        var result = operation
        for source in sources {
            guard let kind = kind(of: source.operation) else { continue }
            if written.parameters[Self.selector] == nil { result.parameters[Self.selector] = .text(kind) }
            return try takingOver(source.operation, into: result, except: written)
        }
        // Left to itself (`auto`), an operation looks at keyframes where it can.
        let selected = result.text(Self.selector) == "auto" ? "keyframes" : result.text(Self.selector)
        for other in requested where kind(of: other.operation) == selected {
            return try takingOver(other.operation, into: result, except: written)
        }
        return result
    }

    private func takingOver(
        _ source: Operation, into operation: Operation, except written: Operation
    ) throws -> Operation {
        let complete = try registry.normalized(source, profile: profile)
        var result = operation
        let known = registry.plugins(for: operation.name).first?.manifest.operation.parameters.map(\.name) ?? []
        for name in Self.shared where known.contains(name) && written.parameters[name] == nil {
            // Defaults stay apart: what is a duplicate for one need not be one for the other.
            if source.parameters[name] != nil { result.parameters[name] = complete.parameters[name] }
        }
        return result
    }

    private func kind(of operation: Operation) -> String? {
        registry.plugins(for: operation.name).first.flatMap { Self.kinds(of: $0.manifest.outputs).first }
    }

    private static func kinds(of types: [DataType]) -> [String] {
        types.compactMap { type in
            switch type {
            case .keyframes: "keyframes"
            case .frames: "frames"
            default: nil
            }
        }
    }
}
