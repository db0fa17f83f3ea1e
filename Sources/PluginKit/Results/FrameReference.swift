public import MediaValues

/// Which picture of the video a record is about.
public struct FrameReference: Sendable, Codable, Hashable {
    /// Presentation time in milliseconds.
    public var startMs: Int64
    /// When the picture goes off screen, where the stream tells; otherwise `startMs`.
    public var endMs: Int64
    /// Presentation timestamp.
    public var pts: Int64
    /// Unit of `pts`.
    public var timeBase: String
    /// Number of the frame in the stream, where known.
    public var frameNumber: Int?

    /// Creates a reference.
    public init(startMs: Int64, endMs: Int64, pts: Int64, timeBase: String, frameNumber: Int?) {
        self.startMs = startMs
        self.endMs = endMs
        self.pts = pts
        self.timeBase = timeBase
        self.frameNumber = frameNumber
    }

    /// Refers to a decoded frame.
    public init(_ frame: VideoFrame) {
        let end = frame.duration.map { frame.time.advanced(by: $0) } ?? frame.time
        self.init(
            startMs: frame.time.milliseconds, endMs: end.milliseconds, pts: frame.time.ticks,
            timeBase: frame.time.timeBase.description, frameNumber: frame.frameNumber)
    }
}

/// Which pictures of a video an operation looked at.
public struct PictureSamplingRecord: Sendable, Codable, Hashable {
    /// `keyframes` or `frames`.
    public var source: String
    /// Pictures for each second, for `frames`.
    public var fps: Double?
    /// Pictures looked at.
    public var picturesAnalyzed: Int
    /// Pictures passed over because they look like the one before.
    public var duplicatesSkipped: Int

    /// Creates a record.
    public init(source: String, fps: Double?, picturesAnalyzed: Int, duplicatesSkipped: Int) {
        self.source = source
        self.fps = fps
        self.picturesAnalyzed = picturesAnalyzed
        self.duplicatesSkipped = duplicatesSkipped
    }
}

/// A point in a picture, as fractions 0…1 of its width and height from the top left.
public struct PicturePoint: Sendable, Codable, Hashable {
    /// From the left edge.
    public var x: Double
    /// From the top edge.
    public var y: Double

    /// Creates a point.
    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}
