import Foundation
import MediaDecoding
import MediaValues
public import PluginKit

/// `frames`: pictures sampled at a fixed rate.
public struct FramesPlugin: Plugin {
    /// Read from `config/plugins/`.
    public let manifest: PluginManifest

    /// Creates the plugin.
    public init(manifest: PluginManifest) { self.manifest = manifest }

    /// Pictures at the wanted rate: planes for colour JPEG, packed or grey pixels otherwise.
    public func mediaDemand(for operation: PluginKit.Operation) throws -> MediaDemand {
        let side = operation.integer("max_side")
        let isGray = operation.text("pixel_format") == "gray"
        let isPNG = operation.text("format") == "png"
        let form: VideoDemand.Form
        if isGray {
            form = .converted(.gray8, maximumSide: side)
        } else if isPNG {
            form = .converted(.rgb24, maximumSide: side)
        } else {
            form = side == nil ? .fullSize : .converted(.yuv420, maximumSide: side)
        }
        return MediaDemand(
            video: VideoDemand(.sampled(framesPerSecond: operation.number("fps") ?? 1), form: form))
    }

    /// Encodes the pictures, several at a time.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        let format = input.operation.text("format") ?? "jpg"
        let quality = input.operation.integer("quality") ?? 90
        let files = context.files
        var list = ImageList(folder: "frames", fileExtension: format)
        if let frames = input.feed.video {
            try await frames.mapInOrder(width: context.threads + 1) { frame in
                let bytes = try await context.pool.run {
                    format == "png" ? try PNGEncoder().encode(frame) : try JPEGEncoder(quality: quality).encode(frame)
                }
                return (frame, bytes)
            } consume: { frame, bytes in
                let image = list.entry(for: frame)
                try files.write(bytes, to: "frames/" + image.file)
                list.append(image)
                try await context.emit(PartialResult(image))
                return true
            }
        }
        let sequence = ImageSequence(images: list.images(endingAt: input.media))
        return try context.files.finish(
            document: sequence, at: "frames/frames.json",
            outcome: sequence.images.isEmpty ? .empty(reason: "the video has no frames") : .done,
            counts: ["images": sequence.images.count])
    }
}
