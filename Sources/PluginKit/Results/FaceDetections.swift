public import MediaValues

/// Faces found in pictures: the document `faces.json`.
public struct FaceDetections: Sendable, Codable, Hashable {
    /// A point of a face.
    public struct Landmark: Sendable, Codable, Hashable {
        /// `right_eye`, `left_eye`, `nose`, `mouth_right`, `mouth_left`, `mouth`, `right_ear`, `left_ear`; right and left
        /// are the person's own.
        public var name: String
        /// Where it is.
        public var point: PicturePoint

        /// Creates a landmark.
        public init(name: String, point: PicturePoint) {
            self.name = name
            self.point = point
        }
    }

    /// One face in one picture.
    public struct Face: Sendable, Codable, Hashable {
        /// 0…1.
        public var confidence: Double
        /// Where it is.
        public var box: BoundingBox
        /// Points, where the model gives them.
        public var landmarks: [Landmark]?
        /// Cluster that it belongs to, see `Cluster`; nil where it could not be followed.
        public var clusterId: Int?

        /// Creates a face.
        public init(
            confidence: Double, box: BoundingBox, landmarks: [Landmark]? = nil, clusterId: Int? = nil
        ) {
            self.confidence = confidence
            self.box = box
            self.landmarks = landmarks
            self.clusterId = clusterId
        }
    }

    /// The faces of one picture.
    public struct Picture: Sendable, Codable, Hashable {
        /// When and which.
        public var frame: FrameReference
        /// Most confident first.
        public var faces: [Face]

        /// Creates a record.
        public init(frame: FrameReference, faces: [Face]) {
            self.frame = frame
            self.faces = faces
        }
    }

    /// What makes faces one cluster.
    public enum ClusterKind: String, Sendable, Codable {
        /// One face followed by its place within one shot; says nothing about who it is.
        case track
        /// Faces that an identity model finds to be of the same person, across the file.
        case identity
    }

    /// Faces that belong together.
    public struct Cluster: Sendable, Codable, Hashable {
        /// Number that its faces carry, from 0.
        public var clusterId: Int
        /// What makes them one.
        public var kind: ClusterKind
        /// Start of the first picture it was seen in, in milliseconds.
        public var startMs: Int64
        /// End of the last picture it was seen in, in milliseconds.
        public var endMs: Int64
        /// Pictures it was seen in.
        public var detections: Int
        /// Highest detection confidence among them.
        public var confidence: Double

        /// Creates a cluster.
        public init(
            clusterId: Int, kind: ClusterKind, startMs: Int64, endMs: Int64, detections: Int, confidence: Double
        ) {
            self.clusterId = clusterId
            self.kind = kind
            self.startMs = startMs
            self.endMs = endMs
            self.detections = detections
            self.confidence = confidence
        }
    }

    /// Model that looked.
    public var model: String
    /// Model that told persons apart; nil where none is installed.
    public var identityModel: String?
    /// Which pictures were looked at.
    public var sampling: PictureSamplingRecord
    /// Confidence below which faces were left out.
    public var threshold: Double
    /// Pictures that contain faces, in order of time.
    public var pictures: [Picture]
    /// Clusters in order of their start.
    public var clusters: [Cluster]

    /// Creates a document.
    public init(
        model: String, identityModel: String?, sampling: PictureSamplingRecord, threshold: Double,
        pictures: [Picture], clusters: [Cluster]
    ) {
        self.model = model
        self.identityModel = identityModel
        self.sampling = sampling
        self.threshold = threshold
        self.pictures = pictures
        self.clusters = clusters
    }
}
