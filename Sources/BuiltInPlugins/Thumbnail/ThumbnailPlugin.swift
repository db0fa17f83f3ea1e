import Foundation
import MediaDecoding
import MediaValues
public import PluginKit

/// `thumbnail`: the picture that stands for the file, chosen by sharpness, exposure and faces.
public struct ThumbnailPlugin: Plugin {
    /// Read from `config/plugins/`.
    public let manifest: PluginManifest

    /// Creates the plugin.
    public init(manifest: PluginManifest) { self.manifest = manifest }

    /// Pictures no larger than the thumbnail.
    public func mediaDemand(for operation: PluginKit.Operation) throws -> MediaDemand {
        demand(operation, PictureSampling(operation))
    }

    /// By default one picture a second of short videos, which may have a single keyframe, and the keyframes of long ones.
    public func mediaDemand(for operation: PluginKit.Operation, of media: MediaDescription) throws -> MediaDemand {
        demand(operation, Self.sampling(operation, of: media))
    }

    private func demand(_ operation: PluginKit.Operation, _ sampling: PictureSampling) -> MediaDemand {
        sampling.demand(.converted(.yuv420, maximumSide: operation.integer("max_side") ?? Self.usualSide))
    }

    private static func sampling(_ operation: PluginKit.Operation, of media: MediaDescription) -> PictureSampling {
        guard operation.text("sample") == "auto" else { return PictureSampling(operation) }
        let duration = media.primaryVideo?.durationMs ?? media.container.durationMs ?? 0
        var chosen = operation
        chosen.parameters["sample"] = .text(duration > longestSampled ? "keyframes" : "frames")
        chosen.parameters["fps"] = .number(1)
        return PictureSampling(chosen)
    }

    /// Up to here, in milliseconds, decoding everything takes a second or two.
    private static let longestSampled: Int64 = 60_000
    private static let usualSide = 1280

    /// Measures and encodes the pictures, several at a time, and keeps the best one.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        let quality = input.operation.integer("quality") ?? 90
        let sampling = Self.sampling(input.operation, of: input.media)
        var candidates = ThumbnailCandidates()
        _ = try await sampling.forEachPicture(of: input.feed, context: context) { frame in
            ThumbnailCandidates.Candidate(
                frame: FrameReference(frame), width: frame.width, height: frame.height,
                jpeg: try JPEGEncoder(quality: quality).encode(frame),
                sharpness: max(0, Sharpness.varianceOfLaplacian(frame)).squareRoot(), exposure: Exposure.score(frame))
        } consume: { _, candidate in
            candidates.add(candidate)
        }
        let faces = try await input.results()[.faces]?.document(as: FaceDetections.self)
        guard let choice = candidates.best(faces: faces) else {
            throw PluginError(
                .corruptMedia,
                "no picture could be decoded to make a thumbnail from"
                    + (sampling.source == .keyframes ? "; thumbnail(sample=frames) looks beyond keyframes" : ""))
        }
        if choice.candidate.exposure == 0, sampling.source == .keyframes {
            context.warn(
                "every keyframe is black, white or plain, and the thumbnail is too; thumbnail(sample=frames) looks at more "
                    + "pictures")
        }
        try context.files.write(choice.candidate.jpeg, to: "thumbnail.jpg")
        return try context.files.finish(
            document: Self.document(choice, candidates: candidates.candidates.count), at: "thumbnail.json",
            counts: ["candidates": candidates.candidates.count])
    }

    private static func document(_ choice: ThumbnailCandidates.Choice, candidates: Int) -> Thumbnail {
        func rounded(_ value: Double) -> Double { value.rounded(decimals: 4) }
        let candidate = choice.candidate
        return Thumbnail(
            file: "thumbnail.jpg", width: candidate.width, height: candidate.height, frame: candidate.frame,
            score: rounded(choice.score), sharpness: rounded(choice.sharpness), exposure: rounded(candidate.exposure),
            faces: choice.faces.map(rounded), candidates: candidates)
    }
}
