/// What kind of place the pictures show: the document `places.json`.
public struct PlaceList: Sendable, Codable, Hashable {
    /// A kind of place with its probability.
    public struct Candidate: Sendable, Codable, Hashable {
        /// Class name, for example `kitchen`.
        public var label: String
        /// 0…1.
        public var confidence: Double

        /// Creates a candidate.
        public init(label: String, confidence: Double) {
            self.label = label
            self.confidence = confidence
        }
    }

    /// The place of one picture.
    public struct Picture: Sendable, Codable, Hashable {
        /// When and which.
        public var frame: FrameReference
        /// Best guess.
        public var label: String
        /// Its probability, 0…1.
        public var confidence: Double
        /// The next best ones, best first.
        public var alternatives: [Candidate]

        /// Creates a record.
        public init(frame: FrameReference, label: String, confidence: Double, alternatives: [Candidate]) {
            self.frame = frame
            self.label = label
            self.confidence = confidence
            self.alternatives = alternatives
        }
    }

    /// Model that looked.
    public var model: String
    /// Which pictures were looked at.
    public var sampling: PictureSamplingRecord
    /// Pictures in order of time.
    public var pictures: [Picture]

    /// Creates a document.
    public init(model: String, sampling: PictureSamplingRecord, pictures: [Picture]) {
        self.model = model
        self.sampling = sampling
        self.pictures = pictures
    }
}
