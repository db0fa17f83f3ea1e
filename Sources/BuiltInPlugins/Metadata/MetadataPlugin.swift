public import PluginKit

/// `metadata`: what the probe found.
public struct MetadataPlugin: Plugin {
    /// Read from `config/plugins/`.
    public let manifest: PluginManifest

    /// Creates the plugin.
    public init(manifest: PluginManifest) { self.manifest = manifest }

    /// Writes the description down.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        var media = input.media
        if !input.operation.flag("include_streams") {
            media.streams = []
        }
        for warning in media.warnings { context.warn(warning) }
        return try context.files.finish(
            document: media, at: "metadata.json",
            counts: ["streams": input.media.streams.count, "chapters": input.media.chapters.count])
    }
}
