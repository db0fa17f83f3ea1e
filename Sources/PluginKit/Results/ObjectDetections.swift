public import MediaValues

/// Objects found in pictures: the document `objects.json`.
public struct ObjectDetections: Sendable, Codable, Hashable {
    /// One object in one picture.
    public struct Object: Sendable, Codable, Hashable {
        /// Class name, for example `dog`.
        public var label: String
        /// Index of the class in the model's list.
        public var classId: Int
        /// 0…1.
        public var confidence: Double
        /// Where it is.
        public var box: BoundingBox
        /// Track that it belongs to, within one shot; nil where the pictures are too far apart to follow anything.
        public var trackId: Int?

        /// Creates an object.
        public init(label: String, classId: Int, confidence: Double, box: BoundingBox, trackId: Int? = nil) {
            self.label = label
            self.classId = classId
            self.confidence = confidence
            self.box = box
            self.trackId = trackId
        }
    }

    /// The objects of one picture.
    public struct Picture: Sendable, Codable, Hashable {
        /// When and which.
        public var frame: FrameReference
        /// Most confident first.
        public var objects: [Object]

        /// Creates a record.
        public init(frame: FrameReference, objects: [Object]) {
            self.frame = frame
            self.objects = objects
        }
    }

    /// One object followed through a shot.
    public struct Track: Sendable, Codable, Hashable {
        /// Number that its detections carry, from 0.
        public var trackId: Int
        /// Class name.
        public var label: String
        /// Start of the first picture it was seen in, in milliseconds.
        public var startMs: Int64
        /// End of the last picture it was seen in, in milliseconds.
        public var endMs: Int64
        /// Pictures it was seen in.
        public var detections: Int
        /// Highest confidence among them.
        public var confidence: Double

        /// Creates a track.
        public init(
            trackId: Int, label: String, startMs: Int64, endMs: Int64, detections: Int, confidence: Double
        ) {
            self.trackId = trackId
            self.label = label
            self.startMs = startMs
            self.endMs = endMs
            self.detections = detections
            self.confidence = confidence
        }
    }

    /// Model that looked.
    public var model: String
    /// Which pictures were looked at.
    public var sampling: PictureSamplingRecord
    /// Confidence below which detections were left out.
    public var threshold: Double
    /// Pictures that contain objects, in order of time.
    public var pictures: [Picture]
    /// Tracks in order of their start; empty where nothing was followed.
    public var tracks: [Track]

    /// Creates a document.
    public init(
        model: String, sampling: PictureSamplingRecord, threshold: Double, pictures: [Picture], tracks: [Track]
    ) {
        self.model = model
        self.sampling = sampling
        self.threshold = threshold
        self.pictures = pictures
        self.tracks = tracks
    }
}
