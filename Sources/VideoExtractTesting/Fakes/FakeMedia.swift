public import MediaValues
public import PluginKit

/// Media that exists only in memory: given pictures and samples, and counters of what was opened.
public final class FakeMediaAccess: MediaAccess {
    /// How often each thing happened.
    public struct Counters: Sendable, Hashable {
        /// Sources resolved.
        public var resolves = 0
        /// Containers probed.
        public var probes = 0
        /// Decode passes prepared.
        public var passes = 0
        /// Frames handed to at least one consumer.
        public var framesSent = 0

        /// Counts to compare with.
        public init(resolves: Int = 0, probes: Int = 0, passes: Int = 0, framesSent: Int = 0) {
            self.resolves = resolves
            self.probes = probes
            self.passes = passes
            self.framesSent = framesSent
        }
    }

    /// What the files contain.
    public struct Content: Sendable {
        /// Answer of the probe.
        public var description: MediaDescription
        /// Pictures in order.
        public var frames: [VideoFrame]
        /// Samples in order.
        public var audio: [AudioBuffer]
        /// Repeats the pictures until nobody listens.
        public var isEndless = false
        /// Damage that every feed reports.
        public var warnings: [String] = []
        /// What `resolve` throws.
        public var resolveFailure: PluginError?
        /// What `describe` throws.
        public var probeFailure: PluginError?
        /// Size that the handle reports, in bytes.
        public var byteCount: Int64? = 1000
        /// Hash of the content; nil for sources that cannot be identified.
        public var identity: ContentHash? = .blake3(of: "fake")

        /// Describes the content; the description's streams follow from what is there.
        public init(frames: [VideoFrame] = [], audio: [AudioBuffer] = []) {
            self.frames = frames
            self.audio = audio
            description = FakeMediaAccess.describe(frames: frames, audio: audio)
        }
    }

    private let content: Guarded<Content>
    private let counted = Guarded(Counters())
    /// Called while a source is resolved, with the closure that tells of cancellation.
    public let onResolve: @Sendable (@escaping @Sendable () -> Bool) async throws -> Void

    /// Creates the media.
    public init(
        _ content: Content,
        onResolve: @escaping @Sendable (@escaping @Sendable () -> Bool) async throws -> Void = { _ in }
    ) {
        self.content = Guarded(content)
        self.onResolve = onResolve
    }

    /// The counters so far.
    public var counters: Counters { counted.withLock { $0 } }

    /// Changes the content for the sources resolved from now on.
    public func change(_ change: (inout Content) -> Void) {
        var value = content.withLock { $0 }
        change(&value)
        let changed = value
        content.withLock { $0 = changed }
    }

    /// Answers with the content of this moment, whatever the source.
    public func resolve(
        _ source: DataSource, isCancelled: @escaping @Sendable () -> Bool
    ) async throws -> any MediaHandle {
        count { $0.resolves += 1 }
        try await onResolve(isCancelled)
        let current = content.withLock { $0 }
        if let failure = current.resolveFailure { throw failure }
        return FakeMediaHandle(access: self, content: current)
    }

    func count(_ change: (inout Counters) -> Void) {
        counted.withLock { change(&$0) }
    }

    private static func describe(frames: [VideoFrame], audio: [AudioBuffer]) -> MediaDescription {
        var description = MediaDescription(container: .init(formatNames: ["fake"], sizeBytes: 1000))
        if let first = frames.first {
            var stream = MediaDescription.Stream(index: 0, kind: "video", timeBase: first.time.timeBase.description)
            stream.video = .init(width: first.width, height: first.height)
            description.streams.append(stream)
        }
        if let first = audio.first {
            var stream = MediaDescription.Stream(
                index: description.streams.count, kind: "audio", timeBase: "1/\(first.sampleRate)")
            stream.audio = .init(sampleRate: first.sampleRate, channels: first.channels)
            description.streams.append(stream)
        }
        return description
    }
}

/// A resolved fake source.
struct FakeMediaHandle: MediaHandle {
    let access: FakeMediaAccess
    let content: FakeMediaAccess.Content

    var identity: ContentHash? { content.identity }
    var byteCount: Int64? { content.byteCount }
    var formatHint: String? { nil }

    // A pass blocks a thread while its consumers work; it must not take the threads that they need.
    private static let decoders = BlockingPool(name: "fake-decoder", threads: 64)

    func describe() async throws -> MediaDescription {
        access.count { $0.probes += 1 }
        if let failure = content.probeFailure { throw failure }
        return content.description
    }

    func makePass(_ demands: [MediaDemand], options: DecodingOptions) async throws -> DecodingPass {
        access.count { $0.passes += 1 }
        let warnings = content.warnings
        let access = access
        let content = content
        let feeds = demands.map { demand in
            MediaFeed(
                video: demand.video != nil && !content.frames.isEmpty ? BoundedChannel(capacity: 4) : nil,
                audio: demand.audio != nil && !content.audio.isEmpty ? BoundedChannel(capacity: 4) : nil,
                warnings: { warnings })
        }
        let pictures = zip(demands, feeds).compactMap { demand, feed in
            demand.video.flatMap { wanted in feed.video.map { (wanted.selection, $0) } }
        }
        return DecodingPass(feeds: feeds) {
            await withTaskCancellationHandler {
                async let video = try? Self.decoders.run { Self.sendFrames(of: content, to: pictures, access: access) }
                async let audio = try? Self.decoders.run { Self.sendAudio(of: content, to: feeds.compactMap(\.audio)) }
                var report = DecodingReport()
                report.framesDecoded = await video ?? 0
                report.samplesDecoded = await audio ?? 0
                report.warnings = warnings
                return report
            } onCancel: {
                for feed in feeds { feed.abandon() }
            }
        }
    }

    private static func sendFrames(
        of content: FakeMediaAccess.Content, to channels: [(VideoDemand.Selection, BoundedChannel<VideoFrame>)],
        access: FakeMediaAccess
    ) -> Int {
        defer { for (_, channel) in channels { channel.finish() } }
        var sent = 0
        var isWanted = !channels.isEmpty
        while isWanted {
            for frame in content.frames where isWanted {
                isWanted = false
                for (selection, channel) in channels {
                    if case .keyframes = selection, !frame.isKeyframe {
                        isWanted = isWanted || !channel.isAbandoned
                    } else if channel.send(frame) {
                        isWanted = true
                    }
                }
                if isWanted {
                    sent += 1
                    access.count { $0.framesSent += 1 }
                }
            }
            if !content.isEndless { break }
        }
        return sent
    }

    private static func sendAudio(
        of content: FakeMediaAccess.Content, to channels: [BoundedChannel<AudioBuffer>]
    ) -> Int64 {
        defer { for channel in channels { channel.finish() } }
        var samples: Int64 = 0
        for buffer in content.audio {
            let taken = channels.map { $0.send(buffer) }
            guard taken.contains(true) else { break }
            samples += Int64(buffer.frameCount)
        }
        return samples
    }
}
