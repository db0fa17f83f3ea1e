import MediaDecoding
import MediaValues
public import PluginKit

/// `duplicates`: a fingerprint of what is seen and heard; `DuplicateFinder` compares those of several files.
public struct DuplicatesPlugin: Plugin {
    /// Version of pictures' and sound's hashes together.
    static let algorithm = "luma-dct-64/band-change-32/1"

    /// Read from `config/plugins/`.
    public let manifest: PluginManifest

    /// Creates the plugin.
    public init(manifest: PluginManifest) { self.manifest = manifest }

    /// A small picture twice a second, and sound; either is enough.
    public func mediaDemand(for operation: Operation) throws -> MediaDemand {
        let rate = 1000 / Double(PictureHashes.stepMs)
        return MediaDemand(
            video: VideoDemand(.sampled(framesPerSecond: rate), form: .reduced(maximumWidth: 160)),
            audio: AudioDemand(sampleRate: SoundWords.sampleRate, channels: 1), acceptsAnyTrack: true)
    }

    /// Hashes pictures and sound side by side.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        let durationMs = input.media.container.durationMs ?? 0
        async let pictures = Self.pictures(input.feed.video, context: context)
        async let words = Self.words(input.feed.audio, context: context)
        let (video, sound) = try await (pictures, words)
        if let failure = video.failure ?? sound.failure {
            // One of the two is enough; none is an error.
            if video.hashes.isEmpty, sound.words.isEmpty { throw failure }
            context.warn("\(failure)")
        }
        let length = max(
            durationMs, video.hashes.count > 1 ? Int64(video.hashes.count - 1) * PictureHashes.stepMs : 0,
            Int64(sound.words.count) * SoundWords.stepMs)
        let fingerprint = MediaFingerprint(
            algorithm: Self.algorithm, videoStepMs: PictureHashes.stepMs, video: video.hashes.map { $0.hexadecimal },
            audioStepMs: SoundWords.stepMs, audio: sound.words.map { $0.hexadecimal }, durationMs: length)
        let isPlain = video.hashes.allSatisfy { $0 == 0 } && sound.words.allSatisfy { $0 == 0 }
        return try context.files.finish(
            document: fingerprint, at: "fingerprint.json",
            outcome: isPlain
                ? .empty(reason: "there is nothing but plain pictures and steady sound or silence") : .done,
            counts: ["pictures": video.hashes.count, "audio_words": sound.words.count])
    }

    private static func pictures(
        _ feed: BoundedChannel<VideoFrame>?, context: PluginContext
    ) async throws -> (hashes: [UInt64], failure: PluginError?) {
        guard let feed else { return ([], nil) }
        let state = Guarded(PictureHashes())
        var end: Int64 = 0
        let failure = try await reading {
            for try await frame in feed {
                let time = frame.time.milliseconds
                end = time + max(1, frame.duration?.milliseconds ?? 1)
                try await context.pool.run {
                    let picture = LumaPicture(frame)
                    state.withLock { $0.append(picture, at: time) }
                }
            }
        }
        let last = end
        let hashes = try await context.pool.run {
            state.withLock { state in
                state.finish(at: last)
                return state.hashes
            }
        }
        return (hashes, failure)
    }

    private static func words(
        _ feed: BoundedChannel<AudioBuffer>?, context: PluginContext
    ) async throws -> (words: [UInt32], failure: PluginError?) {
        guard let feed else { return ([], nil) }
        let state = Guarded(SoundWords())
        let failure = try await reading {
            for try await buffer in feed {
                try await context.pool.run { state.withLock { $0.append(buffer.samples) } }
            }
        }
        return (state.withLock { $0.words }, failure)
    }

    /// What a feed ended with, other than somebody's wish to stop.
    private static func reading(_ body: () async throws -> Void) async throws -> PluginError? {
        do {
            try await body()
            return nil
        } catch let error as PluginError where error.code != .cancelled {
            return error
        }
    }
}

extension FixedWidthInteger {
    /// All digits, lower case.
    fileprivate var hexadecimal: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: Self.bitWidth / 4 - digits.count) + digits
    }
}
