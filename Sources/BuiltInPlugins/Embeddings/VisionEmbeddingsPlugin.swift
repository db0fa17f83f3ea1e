import Foundation
import Inference
import MediaValues
public import PluginKit

/// `vision-embeddings`: a vector for each distinct picture, to search pictures by meaning.
public struct VisionEmbeddingsPlugin: Plugin {
    /// Read from `config/plugins/`.
    public let manifest: PluginManifest
    private let models: SharedModels

    /// Creates the plugin.
    public init(manifest: PluginManifest, models: SharedModels) {
        self.manifest = manifest
        self.models = models
    }

    /// Pictures in packed RGB at full size: the front end scales them as the network's authors did.
    public func mediaDemand(for operation: PluginKit.Operation) throws -> MediaDemand {
        PictureSampling(operation).demand(.converted(.rgb24, maximumSide: nil))
    }

    /// The same, chosen for the file.
    public func mediaDemand(for operation: PluginKit.Operation, of media: MediaDescription) throws -> MediaDemand {
        PictureSampling(operation, of: media).demand(.converted(.rgb24, maximumSide: nil))
    }

    /// The image encoder.
    public func requiredModels(for operation: PluginKit.Operation) throws -> [String] { [try modelName(operation)] }

    private func modelName(_ operation: PluginKit.Operation) throws -> String {
        try models.model(of: operation, task: "vision-embeddings")
    }

    /// Embeds the pictures, several at a time.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        let model = try modelName(input.operation)
        let encoder = try PictureEncoder(
            network: try await models.network(model, context: context).network, model: model)
        var rows = EmbeddingRows(name: "vision", model: model)
        let pictures = PictureSampling(input.operation, of: input.media)
        let sampling = try await pictures.forEachPicture(of: input.feed, context: context) {
            try encoder.encode($0)
        } consume: { frame, vector in
            let reference = FrameReference(frame)
            let row = rows.append(vector, startMs: reference.startMs, endMs: reference.endMs, frame: reference)
            try await context.emit(PartialResult(row))
        }
        let dimensions =
            if let known = rows.dimensions { known } else {
                try await context.pool.run { try encoder.measuredDimensions() }
            }
        return try rows.finish(
            dimensions: dimensions, sampling: sampling, emptyReason: "the video has no pictures", context: context)
    }
}
