import MediaDecoding
import MediaValues
import PluginKit

/// Which pictures a vision operation looks at: the stream's keyframes without those that look like the one before, or
/// pictures at a rate. Every vision manifest declares the same parameters for it.
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

    /// Reads `sample`, `fps`, `min_interval_sec`, `deduplicate` and `similarity`.
    init(_ operation: Operation) {
        source = operation.text("sample").flatMap(Source.init(rawValue:)) ?? .keyframes
        framesPerSecond = operation.number("fps") ?? 1
        minimumInterval = operation.number("min_interval_sec") ?? 0
        similarity = operation.flag("deduplicate") && source == .keyframes ? operation.integer("similarity") ?? 2 : nil
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
            // One more than the threads, so that the next picture is at hand when one is done.
            try await distinct.mapInOrder(width: context.threads + 1) { frame in
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
