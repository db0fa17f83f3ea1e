import Foundation
import MediaDecoding
import MediaValues
public import PluginKit

/// `keyframes`: distinct pictures from the stream's random access points.
public struct KeyframesPlugin: Plugin {
    /// Read from `config/plugins/`.
    public let manifest: PluginManifest

    /// Creates the plugin.
    public init(manifest: PluginManifest) { self.manifest = manifest }

    /// Keyframes at full size.
    public func mediaDemand(for operation: PluginKit.Operation) throws -> MediaDemand {
        let interval = operation.number("min_interval_sec") ?? 0
        return MediaDemand(video: VideoDemand(.keyframes(minimumInterval: interval)))
    }

    private struct Candidate: Sendable {
        var frame: VideoFrame
        var jpeg: Data
        var hash: PerceptualHash
        var sharpness: Double
    }

    /// Measures and encodes the pictures, several at a time, and keeps those that differ from the one before.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        let operation = input.operation
        let quality = operation.integer("quality") ?? 90
        let dropsDuplicates = operation.flag("deduplicate")
        let similarity = operation.integer("similarity") ?? 2
        let limit = operation.integer("max_frames")
        let files = context.files
        var list = ImageList(folder: "keyframes", fileExtension: "jpg")
        var thinning = Thinning(limit: limit)
        var lastHash: PerceptualHash?
        var dropped = 0
        if let frames = input.feed.video {
            try await frames.mapInOrder(width: context.threads + 1) { frame in
                try await context.pool.run {
                    Candidate(
                        frame: frame, jpeg: Data(try JPEGEncoder(quality: quality).encode(frame)),
                        hash: PerceptualHash(frame), sharpness: Sharpness.varianceOfLaplacian(frame))
                }
            } consume: { candidate in
                if dropsDuplicates, let lastHash, lastHash.distance(to: candidate.hash) <= similarity {
                    dropped += 1
                    return true
                }
                lastHash = candidate.hash
                guard thinning.accepts() else { return true }
                let sharpness = candidate.sharpness.rounded(decimals: 1)
                let image = list.entry(for: candidate.frame, sharpness: sharpness, hash: candidate.hash)
                try files.write(candidate.jpeg, to: "keyframes/" + image.file)
                list.append(image)
                if limit == nil { try await context.emit(PartialResult(image)) }
                if let positions = thinning.added(total: list.count) { try list.keep(positions, in: files) }
                return true
            }
        }
        if let positions = thinning.final(total: list.count) { try list.keep(positions, in: files) }
        let sequence = ImageSequence(
            images: list.images(endingAt: input.media), duplicatesDropped: dropped)
        return try context.files.finish(
            document: sequence, at: "keyframes/keyframes.json",
            outcome: sequence.images.isEmpty ? .empty(reason: "the video has no keyframes") : .done,
            counts: ["images": sequence.images.count, "duplicates_dropped": dropped])
    }
}

/// Keeps at most a given number of pictures, spread over the video, without knowing how many will come.
///
/// While more than twice the limit is held every second one goes, and from then on only every second, fourth, … is
/// taken; at the end an even choice of the limit remains.
struct Thinning {
    private let limit: Int?
    private var stride = 1
    private var seen = 0

    init(limit: Int?) { self.limit = limit }

    /// Whether the next picture is one of those to be held.
    mutating func accepts() -> Bool {
        defer { seen += 1 }
        return seen % stride == 0
    }

    /// The positions to keep now that `total` are held; nil to keep all.
    mutating func added(total: Int) -> [Int]? {
        guard let limit, total > 2 * limit else { return nil }
        stride *= 2
        return Array(Swift.stride(from: 0, to: total, by: 2))
    }

    /// The positions that remain in the end; nil to keep all.
    func final(total: Int) -> [Int]? {
        guard let limit, total > limit else { return nil }
        guard limit > 1 else { return [0] }
        return (0..<limit).map { $0 * (total - 1) / (limit - 1) }
    }
}
