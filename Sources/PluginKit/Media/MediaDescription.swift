/// What a probe finds out about a media file, in the form written to `metadata.json`.
public struct MediaDescription: Sendable, Codable, Hashable {
    /// The container.
    public struct Container: Sendable, Codable, Hashable {
        /// FFmpeg's short names, for example `["mov", "mp4"]`.
        public var formatNames: [String]
        /// Readable name.
        public var formatLongName: String?
        /// Bytes, where known.
        public var sizeBytes: Int64?
        /// Start of the timeline in milliseconds.
        public var startMs: Int64?
        /// Length in milliseconds, where known.
        public var durationMs: Int64?
        /// Bits per second over all streams.
        public var bitRate: Int64?

        /// Creates a container description.
        public init(
            formatNames: [String], formatLongName: String? = nil, sizeBytes: Int64? = nil, startMs: Int64? = nil,
            durationMs: Int64? = nil, bitRate: Int64? = nil
        ) {
            self.formatNames = formatNames
            self.formatLongName = formatLongName
            self.sizeBytes = sizeBytes
            self.startMs = startMs
            self.durationMs = durationMs
            self.bitRate = bitRate
        }
    }

    /// A ratio as written in the file, for example 30000/1001.
    public struct Ratio: Sendable, Codable, Hashable {
        /// Upper part.
        public var numerator: Int
        /// Lower part.
        public var denominator: Int
        /// The quotient, rounded to six decimals.
        public var value: Double

        /// Creates a ratio; nil where `denominator` is zero.
        public init?(_ numerator: Int, _ denominator: Int) {
            guard denominator != 0 else { return nil }
            self.numerator = numerator
            self.denominator = denominator
            value = (Double(numerator) / Double(denominator) * 1e6).rounded() / 1e6
        }
    }

    /// Picture properties of a video stream or image.
    public struct Video: Sendable, Codable, Hashable {
        /// Coded width in pixels, before rotation.
        public var width: Int
        /// Coded height in pixels, before rotation.
        public var height: Int
        /// Width as shown, after rotation and sample aspect ratio.
        public var displayWidth: Int
        /// Height as shown.
        public var displayHeight: Int
        /// Clockwise rotation to show it upright: 0, 90, 180 or 270.
        public var rotationDegrees: Int
        /// Pixel format, for example `yuv420p`.
        public var pixelFormat: String?
        /// Bits for each component.
        public var bitDepth: Int?
        /// Average frames per second.
        public var averageFrameRate: Ratio?
        /// Least common rate that all timestamps fit.
        public var realFrameRate: Ratio?
        /// True where the spacing of frames varies.
        public var isVariableFrameRate: Bool?
        /// Sample (pixel) aspect ratio.
        public var sampleAspectRatio: Ratio?
        /// Display aspect ratio.
        public var displayAspectRatio: Ratio?
        /// `progressive`, `tt`, `bb`, `tb` or `bt`.
        public var fieldOrder: String?
        /// Colour range: `tv` or `pc`.
        public var colorRange: String?
        /// Matrix, for example `bt709`.
        public var colorSpace: String?
        /// Transfer function, for example `smpte2084`.
        public var colorTransfer: String?
        /// Primaries, for example `bt2020`.
        public var colorPrimaries: String?
        /// Chroma sample position.
        public var chromaLocation: String?
        /// `hdr10`, `hlg`, `dolby_vision` or nil for standard range.
        public var hdrFormat: String?
        /// Whether the decoder reorders frames.
        public var hasBFrames: Bool?
        /// Random access points that the container's index lists; nil where it has no complete index.
        public var keyframeCount: Int?

        /// Creates a description; the optional facts are set afterwards.
        public init(width: Int, height: Int) {
            self.width = width
            self.height = height
            displayWidth = width
            displayHeight = height
            rotationDegrees = 0
        }
    }

    /// Sound properties of an audio stream.
    public struct Audio: Sendable, Codable, Hashable {
        /// Samples per second.
        public var sampleRate: Int
        /// Channels.
        public var channels: Int
        /// For example `stereo` or `5.1`.
        public var channelLayout: String?
        /// Sample format, for example `fltp`.
        public var sampleFormat: String?
        /// Bits for each coded sample, where the codec has a fixed number.
        public var bitsPerSample: Int?

        /// Creates a description.
        public init(
            sampleRate: Int, channels: Int, channelLayout: String? = nil, sampleFormat: String? = nil,
            bitsPerSample: Int? = nil
        ) {
            self.sampleRate = sampleRate
            self.channels = channels
            self.channelLayout = channelLayout
            self.sampleFormat = sampleFormat
            self.bitsPerSample = bitsPerSample
        }
    }

    /// One stream.
    public struct Stream: Sendable, Codable, Hashable {
        /// Index in the container.
        public var index: Int
        /// `video`, `audio`, `subtitle`, `data` or `attachment`.
        public var kind: String
        /// Short codec name, for example `h264`.
        public var codec: String?
        /// Readable codec name.
        public var codecLongName: String?
        /// Codec profile, for example `High`.
        public var profile: String?
        /// Codec level as the codec writes it.
        public var level: Int?
        /// Four-character code.
        public var codecTag: String?
        /// Ticks of the stream, `1/12800`.
        public var timeBase: String
        /// First timestamp in ticks.
        public var startPts: Int64?
        /// First timestamp in milliseconds.
        public var startMs: Int64?
        /// Length in milliseconds.
        public var durationMs: Int64?
        /// Bits per second.
        public var bitRate: Int64?
        /// Number of frames or packets, where the container tells.
        public var frameCount: Int64?
        /// ISO 639 language, where tagged.
        public var language: String?
        /// Title tag.
        public var title: String?
        /// Set dispositions: `default`, `forced`, `attached_pic`, …
        public var dispositions: [String]
        /// Picture properties of video streams.
        public var video: Video?
        /// Sound properties of audio streams.
        public var audio: Audio?
        /// All other tags.
        public var tags: [String: String]

        /// Creates a stream description; the optional facts are set afterwards.
        public init(index: Int, kind: String, timeBase: String) {
            self.index = index
            self.kind = kind
            self.timeBase = timeBase
            dispositions = []
            tags = [:]
        }
    }

    /// A chapter mark.
    public struct Chapter: Sendable, Codable, Hashable {
        /// Start in milliseconds.
        public var startMs: Int64
        /// End in milliseconds.
        public var endMs: Int64
        /// Title, where tagged.
        public var title: String?

        /// Creates a chapter.
        public init(startMs: Int64, endMs: Int64, title: String?) {
            self.startMs = startMs
            self.endMs = endMs
            self.title = title
        }
    }

    /// A place on earth, WGS 84.
    public struct Location: Sendable, Codable, Hashable {
        /// Degrees north.
        public var latitude: Double
        /// Degrees east.
        public var longitude: Double
        /// Metres above sea level.
        public var altitude: Double?

        /// Creates a location.
        public init(latitude: Double, longitude: Double, altitude: Double? = nil) {
            self.latitude = latitude
            self.longitude = longitude
            self.altitude = altitude
        }
    }

    /// The container.
    public var container: Container
    /// Every stream in the container's order.
    public var streams: [Stream]
    /// Chapter marks.
    public var chapters: [Chapter]
    /// Container tags.
    public var tags: [String: String]
    /// When the recording was made, ISO 8601, where tagged.
    public var creationTime: String?
    /// Where the recording was made, where tagged.
    public var location: Location?
    /// What was unusual while probing.
    public var warnings: [String]

    /// Creates a description without streams.
    public init(container: Container) {
        self.container = container
        streams = []
        chapters = []
        tags = [:]
        warnings = []
    }

    /// The stream that picture operations use: the default or else first real video stream, then an attached picture.
    public var primaryVideo: Stream? {
        let candidates = streams.filter { $0.kind == "video" && ($0.video?.width ?? 0) > 0 }
        let real = candidates.filter { !$0.dispositions.contains("attached_pic") }
        return real.first { $0.dispositions.contains("default") } ?? real.first ?? candidates.first
    }

    /// The stream that sound operations use: the default or else first audio stream.
    public var primaryAudio: Stream? {
        let candidates = streams.filter { $0.kind == "audio" && ($0.audio?.sampleRate ?? 0) > 0 }
        return candidates.first { $0.dispositions.contains("default") } ?? candidates.first
    }
}
