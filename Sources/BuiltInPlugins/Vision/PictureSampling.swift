import MediaDecoding
import MediaValues
import PluginKit

/// Which pictures a vision operation looks at: the stream's keyframes without those that look like the one before, or
/// pictures at a rate. Every vision manifest declares the same parameters for it.
///
/// Left to itself (`sample=auto`) it takes keyframes where these are close enough together that no shot is passed over, and
/// pictures at a rate where they are not, or where the container does not tell.
struct PictureSampling: Sendable {
    /// Where the pictures come from.
    enum Source: String, Sendable {
        case keyframes
        case frames
    }

    let source: Source
    let framesPerSecond: Double
    let minimumInterval: Double
    /// Perceptual hashes that differ in at most so many of 64 bits look alike; nil keeps every picture.
    let similarity: Int?

    /// Keyframes further apart than this, in seconds on the average, leave shots out that matter.
    private static let widestGap = 4.0
    /// Pictures a second where keyframes are too far apart.
    private static let automaticRate = 0.5
    /// Longest video, in seconds, that is sampled at a rate because nothing is known of its keyframes.
    private static let longestUnknown = 60.0

    /// Reads `sample`, `fps`, `min_interval_sec`, `deduplicate` and `similarity`.
    ///
    /// - Parameter media: the file, on which `sample=auto` depends; keyframes without it.
    init(_ operation: Operation, of media: MediaDescription? = nil) {
        let isChosen = operation.text("sample").flatMap(Source.init(rawValue:))
        source = isChosen ?? media.map(Self.automaticSource) ?? .keyframes
        framesPerSecond = isChosen == nil ? Self.automaticRate : operation.number("fps") ?? 1
        minimumInterval = operation.number("min_interval_sec") ?? 0
        similarity = operation.flag("deduplicate") && source == .keyframes ? operation.integer("similarity") ?? 2 : nil
    }

    private static func automaticSource(_ media: MediaDescription) -> Source {
        guard let video = media.primaryVideo,
            let duration = (video.durationMs ?? media.container.durationMs).map({ Double($0) / 1000 }), duration > 0
        else { return .keyframes }
        if let count = video.video?.keyframeCount, count > 0 {
            return duration / Double(count) > widestGap ? .frames : .keyframes
        }
        return duration <= longestUnknown ? .frames : .keyframes
    }

    /// Whether neighbouring pictures are close enough in time to follow something from one to the next: 2 for each
    /// second and more (at 1 every shot of a lively film would fall apart).
    var allowsTracking: Bool { source == .frames && framesPerSecond >= 2 }

    /// Longest time in milliseconds between two pictures of one sighting.
    var stepMs: Int64 { source == .frames ? Int64((1000 / framesPerSecond).rounded(.up)) : 0 }

    func demand(_ form: VideoDemand.Form = .fullSize) -> MediaDemand {
        let selection: VideoDemand.Selection =
            switch source {
            case .keyframes: .keyframes(minimumInterval: minimumInterval)
            case .frames: .sampled(framesPerSecond: framesPerSecond)
            }
        return MediaDemand(video: VideoDemand(selection, form: form))
    }

    /// Does `work` on each distinct picture on the blocking pool, several pictures at a time, and hands the results over
    /// in order of time.
    ///
    /// - Throws: what `work` or `consume` throws, and the decoder's errors.
    func forEachPicture<Result: Sendable>(
        of feed: MediaFeed, context: PluginContext, work: @escaping @Sendable (VideoFrame) throws -> Result,
        consume: (VideoFrame, Result) async throws -> Void
    ) async throws -> PictureSamplingRecord {
        var record = PictureSamplingRecord(
            source: source.rawValue, fps: source == .frames ? framesPerSecond : nil, picturesAnalyzed: 0,
            duplicatesSkipped: 0)
        guard let frames = feed.video else { return record }
        let distinct = BoundedChannel<VideoFrame>(capacity: 1)
        async let skipped = passOnDistinct(frames, to: distinct, pool: context.pool)
        do {
            // Twice as many as threads: with one more than threads, networks waited for pictures (7 % of the time of faces).
            try await distinct.mapInOrder(width: context.threads * 2) { frame in
                (frame, try await context.pool.run { try work(frame) })
            } consume: { frame, result in
                record.picturesAnalyzed += 1
                try await consume(frame, result)
                return true
            }
        } catch {
            frames.abandon()
            throw error
        }
        record.duplicatesSkipped = try await skipped
        return record
    }

    /// Returns the number of pictures left out.
    private func passOnDistinct(
        _ frames: BoundedChannel<VideoFrame>, to distinct: BoundedChannel<VideoFrame>, pool: BlockingPool
    ) async throws -> Int {
        var last: PerceptualHash?
        var skipped = 0
        do {
            for try await frame in frames {
                if let similarity {
                    let hash = try await pool.run { PerceptualHash(frame) }
                    if let last, last.distance(to: hash) <= similarity {
                        skipped += 1
                        continue
                    }
                    last = hash
                }
                guard await distinct.push(frame) else { break }
            }
            distinct.finish()
            return skipped
        } catch {
            distinct.finish(throwing: error)
            throw error
        }
    }
}

extension PictureSamplingRecord {
    /// `3 pictures were looked at (keyframes)`, for results without anything in them.
    var summary: String {
        let pictures = picturesAnalyzed == 1 ? "1 picture was looked at" : "\(picturesAnalyzed) pictures were looked at"
        return "\(pictures) (\(fps.map { "\($0) a second" } ?? source))"
    }
}
