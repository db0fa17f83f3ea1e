import MediaValues
public import PluginKit

/// `fusion`: one timeline of everything that ran, with entities, relationships, scene summaries and quality scores.
public struct FusionPlugin: Plugin {
    /// Read from `config/plugins/`.
    public let manifest: PluginManifest

    /// Creates the plugin.
    public init(manifest: PluginManifest) { self.manifest = manifest }

    /// Fuses what was delivered.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        let results = try await input.results()
        let settings = Self.settings(input.operation)
        let media = input.media
        let files = context.files
        return try await context.pool.run {
            let inputs = try FusionInputs(results)
            let document = FusionBuilder.fuse(inputs, durationMs: Self.duration(media), settings: settings)
            try files.write(document.prettyText(), to: "fusion.json")
            return StageOutput(
                directory: files.directory, documentPath: "fusion.json", files: ["fusion.json"],
                outcome: Self.outcome(document),
                counts: [
                    "events": document.events.count, "entities": document.entities.count,
                    "relationships": document.relationships.count,
                    "relationships_omitted": document.relationshipCounts.reduce(0) { $0 + $1.omitted },
                    "scenes": document.scenes.count,
                ])
        }
    }

    private static func settings(_ operation: Operation) -> Fusion.Settings {
        Fusion.Settings(
            alignModalities: operation.flag("align_modalities"), extractEntities: operation.flag("extract_entities"),
            buildRelationships: operation.flag("build_relationships"),
            toleranceMs: Int64(operation.integer("tolerance_ms") ?? 500),
            relationshipsPerEvent: operation.integer("relationships_per_event") ?? 8)
    }

    /// The container's length, or the longest stream's; nil where neither is known.
    private static func duration(_ media: MediaDescription) -> Int64? {
        [media.container.durationMs, media.streams.compactMap(\.durationMs).max()].compactMap { $0 }.first { $0 > 0 }
    }

    private static func outcome(_ document: Fusion) -> StageOutput.Outcome {
        guard document.events.isEmpty else { return .done }
        // Keyframes illustrate scenes and are no events.
        let ran = document.modalities
            .filter { [.used, .empty].contains($0.status) && $0.operation != FusionSource.keyframes.operation }.map(
                \.operation)
        return ran.isEmpty
            ? .empty(reason: "none of the operations that fusion brings together delivered a result")
            : .empty(reason: "nothing was found by \(ran.joined(separator: ", "))")
    }
}
