/// Pictures written to a folder: the documents `keyframes/keyframes.json` and `frames/frames.json`.
public struct ImageSequence: Sendable, Codable, Hashable {
    /// One picture.
    public struct Image: Sendable, Codable, Hashable {
        /// File name in the folder of the document.
        public var file: String
        /// Presentation time in milliseconds.
        public var startMs: Int64
        /// When the next picture of the list begins, or the video ends, in milliseconds.
        public var endMs: Int64
        /// Presentation timestamp.
        public var pts: Int64
        /// Unit of `pts`.
        public var timeBase: String
        /// Number of the frame in the stream, where known.
        public var frameNumber: Int?
        /// Width of the written picture in pixels.
        public var width: Int
        /// Height of the written picture in pixels.
        public var height: Int
        /// Variance of the Laplacian of the luma: larger is sharper. Keyframes only.
        public var sharpness: Double?
        /// 64-bit perceptual hash, hexadecimal. Keyframes only.
        public var perceptualHash: String?

        /// Creates an entry.
        public init(
            file: String, startMs: Int64, endMs: Int64, pts: Int64, timeBase: String, frameNumber: Int?, width: Int,
            height: Int, sharpness: Double? = nil, perceptualHash: String? = nil
        ) {
            self.file = file
            self.startMs = startMs
            self.endMs = endMs
            self.pts = pts
            self.timeBase = timeBase
            self.frameNumber = frameNumber
            self.width = width
            self.height = height
            self.sharpness = sharpness
            self.perceptualHash = perceptualHash
        }
    }

    /// Pictures in order of time.
    public var images: [Image]
    /// Pictures left out because they look like their neighbour. Keyframes only.
    public var duplicatesDropped: Int?

    /// Creates a sequence.
    public init(images: [Image], duplicatesDropped: Int? = nil) {
        self.images = images
        self.duplicatesDropped = duplicatesDropped
    }
}

/// An extracted sound track: the document `audio.json`.
public struct AudioTrack: Sendable, Codable, Hashable {
    /// File name beside the document.
    public var file: String
    /// Sample encoding, `pcm_s16le`.
    public var encoding: String
    /// Samples per second per channel.
    public var sampleRate: Int
    /// Interleaved channels.
    public var channels: Int
    /// Samples per channel.
    public var sampleCount: Int64
    /// Start on the media's timeline in milliseconds: always 0, leading gaps are silence.
    public var startMs: Int64
    /// End on the media's timeline in milliseconds.
    public var endMs: Int64

    /// Creates a description; the end is derived.
    public init(file: String, encoding: String, sampleRate: Int, channels: Int, sampleCount: Int64) {
        self.file = file
        self.encoding = encoding
        self.sampleRate = sampleRate
        self.channels = channels
        self.sampleCount = sampleCount
        startMs = 0
        endMs = Int64((Double(sampleCount) * 1000 / Double(max(1, sampleRate))).rounded())
    }
}
