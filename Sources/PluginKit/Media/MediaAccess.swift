public import MediaValues

/// Opens sources. Implemented by `MediaDecoding`, and by fakes in tests; the engine sees only this.
public protocol MediaAccess: Sendable {
    /// Finds the bytes and what identifies their content, without opening a decoder.
    ///
    /// - Parameter isCancelled: asked while a large file is hashed.
    /// - Throws: `PluginError` (`sourceNotFound`, `sourceUnreadable`, `sourceEmpty`, `refused`, `network`).
    func resolve(_ source: DataSource, isCancelled: @escaping @Sendable () -> Bool) async throws -> any MediaHandle
}

/// A source whose bytes were found. Holds temporary files, if any, until the last reference is gone.
public protocol MediaHandle: Sendable {
    /// Hash of the content, or of what stands for it (an address with its validator); nil means that results of this
    /// source must not be cached.
    var identity: ContentHash? { get }
    /// Size in bytes, where known.
    var byteCount: Int64? { get }
    /// The container's usual extension as far as the name or hint tells, lower case: `mp4`.
    var formatHint: String? { get }

    /// Probes the container; the answer is kept.
    ///
    /// - Throws: `PluginError` (`notMedia`, `refused`, `corruptMedia`, …).
    func describe() async throws -> MediaDescription

    /// Prepares one pass over the file that serves all `demands`.
    ///
    /// - Throws: `PluginError` where the file cannot be opened.
    func makePass(_ demands: [MediaDemand], options: DecodingOptions) async throws -> DecodingPass
}

/// How much of the machine a pass may use.
public struct DecodingOptions: Sendable, Hashable {
    /// Threads for decoding, at least 1.
    public var threads: Int

    /// Creates options; `threads` is clamped to at least 1.
    public init(threads: Int) { self.threads = max(1, threads) }
}

/// What one stage receives from a pass.
public struct MediaFeed: Sendable {
    /// Pictures in presentation order; nil where none were asked for or the file has none.
    public var video: BoundedChannel<VideoFrame>?
    /// Samples in order, without gaps (silence fills holes in the timestamps); nil as above.
    public var audio: BoundedChannel<AudioBuffer>?
    /// Cues of the text tracks in the order of the file; nil as above.
    public var subtitles: BoundedChannel<SubtitleCue>?

    /// Damage met so far in the streams of this feed; complete once its channels have ended.
    public var warnings: @Sendable () -> [String]

    /// Creates a feed.
    public init(
        video: BoundedChannel<VideoFrame>? = nil, audio: BoundedChannel<AudioBuffer>? = nil,
        subtitles: BoundedChannel<SubtitleCue>? = nil, warnings: @escaping @Sendable () -> [String] = { [] }
    ) {
        self.video = video
        self.audio = audio
        self.subtitles = subtitles
        self.warnings = warnings
    }

    /// Says that nobody will read the feed any more.
    public func abandon() {
        video?.abandon()
        audio?.abandon()
        subtitles?.abandon()
    }

    /// Whether everything in it was read or given up.
    public var isDrained: Bool {
        video?.isDrained ?? true && audio?.isDrained ?? true && subtitles?.isDrained ?? true
    }
}

/// One cue of a text track.
public struct SubtitleCue: Sendable, Hashable {
    /// Index of the stream in the file.
    public var stream: Int
    /// When it appears, on the media's own timeline.
    public var start: MediaTime
    /// When it goes; equal to `start` where the file does not tell.
    public var end: MediaTime
    /// Plain text without markup; lines separated by a line feed. Empty for pictures.
    public var text: String

    /// Creates a cue.
    public init(stream: Int, start: MediaTime, end: MediaTime, text: String) {
        self.stream = stream
        self.start = start
        self.end = end
        self.text = text
    }
}

/// One decode pass: a feed for each demand, in the order of the demands, and the work that fills them.
public struct DecodingPass: Sendable {
    /// One feed for each demand.
    public var feeds: [MediaFeed]
    /// Does the decoding; call once. Returns when every feed is finished; cancelling the task ends it.
    public var run: @Sendable () async -> DecodingReport

    /// Creates a pass.
    public init(feeds: [MediaFeed], run: @escaping @Sendable () async -> DecodingReport) {
        self.feeds = feeds
        self.run = run
    }
}

/// What a pass did; part of the run report.
public struct DecodingReport: Sendable, Codable, Hashable {
    /// Packets read from the container.
    public var packetsRead = 0
    /// Packets handed to a decoder; each at most once.
    public var packetsDecoded = 0
    /// Pictures that came out of the decoder.
    public var framesDecoded = 0
    /// Samples per channel that came out of the decoder.
    public var samplesDecoded: Int64 = 0
    /// Damage met on the way, in words; at most 20, then a count.
    public var warnings: [String] = []

    /// Nothing done.
    public init() {}
}
