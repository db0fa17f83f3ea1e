/// The picture that stands for the file: the document `thumbnail.json` beside `thumbnail.jpg`.
public struct Thumbnail: Sendable, Codable, Hashable {
    /// File name beside the document.
    public var file: String
    /// Width in pixels.
    public var width: Int
    /// Height in pixels.
    public var height: Int
    /// Which picture it is.
    public var frame: FrameReference
    /// Overall score, 0…1, see the parts.
    public var score: Double
    /// How sharp it is compared with the sharpest candidate, 0…1.
    public var sharpness: Double
    /// How well exposed it is: 1 in the middle of the range with contrast, 0 for black, white or flat pictures.
    public var exposure: Double
    /// Share of the picture that faces take, scaled to 0…1; nil where no face detector is installed.
    public var faces: Double?
    /// Pictures compared.
    public var candidates: Int

    /// Creates a record.
    public init(
        file: String, width: Int, height: Int, frame: FrameReference, score: Double, sharpness: Double,
        exposure: Double, faces: Double?, candidates: Int
    ) {
        self.file = file
        self.width = width
        self.height = height
        self.frame = frame
        self.score = score
        self.sharpness = sharpness
        self.exposure = exposure
        self.faces = faces
        self.candidates = candidates
    }
}

/// A fingerprint of what is seen and heard, to find copies: the document `fingerprint.json`.
public struct MediaFingerprint: Sendable, Codable, Hashable {
    /// Version of the algorithm; fingerprints of different versions cannot be compared.
    public var algorithm: String
    /// Distance of the pictures in milliseconds.
    public var videoStepMs: Int64
    /// 64-bit perceptual hashes of pictures at 0, step, 2 × step, …; hexadecimal. Empty without video.
    public var video: [String]
    /// Distance of the audio words in milliseconds.
    public var audioStepMs: Int64
    /// 32-bit words that describe the spectrum's changes; hexadecimal. Empty without audio.
    public var audio: [String]
    /// Length in milliseconds.
    public var durationMs: Int64

    /// Creates a fingerprint.
    public init(
        algorithm: String, videoStepMs: Int64, video: [String], audioStepMs: Int64, audio: [String],
        durationMs: Int64
    ) {
        self.algorithm = algorithm
        self.videoStepMs = videoStepMs
        self.video = video
        self.audioStepMs = audioStepMs
        self.audio = audio
        self.durationMs = durationMs
    }
}
