public import MediaValues

/// What one stage needs from the decode pass. The decoder produces the union of all demands, and no more.
public struct MediaDemand: Sendable, Hashable {
    /// Pictures, if any.
    public var video: VideoDemand?
    /// Samples, if any.
    public var audio: AudioDemand?
    /// Whether the cues of every text track are wanted.
    public var subtitles: Bool
    /// Whether the stage runs as soon as the file has one of the tracks asked for, rather than all of them.
    public var acceptsAnyTrack: Bool

    /// Creates a demand.
    public init(
        video: VideoDemand? = nil, audio: AudioDemand? = nil, subtitles: Bool = false, acceptsAnyTrack: Bool = false
    ) {
        self.video = video
        self.audio = audio
        self.subtitles = subtitles
        self.acceptsAnyTrack = acceptsAnyTrack
    }

    /// Nothing from the decoder.
    public static let nothing = MediaDemand()

    /// Whether nothing is asked for.
    public var isNothing: Bool { video == nil && audio == nil && !subtitles }
}

/// Which pictures a stage needs, and in what form.
public struct VideoDemand: Sendable, Hashable {
    /// Which pictures.
    public enum Selection: Sendable, Hashable {
        /// All of them.
        case everyFrame
        /// Random access points, at least `minimumInterval` seconds apart (0 for all of them).
        case keyframes(minimumInterval: Double)
        /// The picture on show at 0, 1/fps, 2/fps, … seconds after the first one.
        case sampled(framesPerSecond: Double)
    }

    /// In what form.
    public enum Form: Sendable, Hashable {
        /// 8-bit Y, U, V planes at full size, rotated upright: `yuv444` where the source has a colour for every pixel
        /// (R, G, B, or 4:4:4 with the matrix of BT.601), `yuv420` otherwise. 10-bit and other layouts are converted.
        case fullSize
        /// Three small full-resolution planes Y, U, V (`yuv444`) made by averaging blocks, at most `maximumWidth`
        /// wide; for measuring differences, made while the picture is still in the cache.
        case reduced(maximumWidth: Int)
        /// Packed or grey pixels, at most `maximumSide` pixels on the longer side (nil keeps the size).
        case converted(PixelLayout, maximumSide: Int?)
    }

    /// Which pictures.
    public var selection: Selection
    /// In what form.
    public var form: Form

    /// Creates a demand.
    public init(_ selection: Selection, form: Form = .fullSize) {
        self.selection = selection
        self.form = form
    }
}

/// Which samples a stage needs.
public struct AudioDemand: Sendable, Hashable {
    /// Samples per second; nil keeps the stream's own.
    public var sampleRate: Int?
    /// Channels, mixed down or up; nil keeps the stream's own.
    public var channels: Int?

    /// Creates a demand.
    public init(sampleRate: Int? = nil, channels: Int? = nil) {
        self.sampleRate = sampleRate
        self.channels = channels
    }

    /// What speech models take: 16 kHz, one channel.
    public static let speech = AudioDemand(sampleRate: 16000, channels: 1)
}
