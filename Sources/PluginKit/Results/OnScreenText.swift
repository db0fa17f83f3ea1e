public import MediaValues

/// Text read off pictures: the document `ocr.json`.
public struct OnScreenText: Sendable, Codable, Hashable {
    /// One line of text for as long as it stays.
    public struct Span: Sendable, Codable, Hashable {
        /// Position in the list, from 0.
        public var index: Int
        /// What it says.
        public var text: String
        /// Start of the first picture that shows it, in milliseconds.
        public var startMs: Int64
        /// End of the last picture that shows it, in milliseconds.
        public var endMs: Int64
        /// The picture it was read from best.
        public var frame: FrameReference
        /// Mean character probability there, 0…1.
        public var confidence: Double
        /// Corners in reading direction: top left, top right, bottom right, bottom left.
        public var polygon: [PicturePoint]
        /// Upright rectangle around the polygon.
        public var box: BoundingBox
        /// Pictures that show it.
        public var pictures: Int

        /// Creates a span.
        public init(
            index: Int, text: String, startMs: Int64, endMs: Int64, frame: FrameReference, confidence: Double,
            polygon: [PicturePoint], box: BoundingBox, pictures: Int
        ) {
            self.index = index
            self.text = text
            self.startMs = startMs
            self.endMs = endMs
            self.frame = frame
            self.confidence = confidence
            self.polygon = polygon
            self.box = box
            self.pictures = pictures
        }
    }

    /// Model or engine that read.
    public var model: String
    /// Languages that it was told to read.
    public var languages: [String]
    /// Which pictures were looked at.
    public var sampling: PictureSamplingRecord
    /// Lines in order of their start, then from top to bottom and left to right.
    public var spans: [Span]

    /// Creates a document.
    public init(model: String, languages: [String], sampling: PictureSamplingRecord, spans: [Span]) {
        self.model = model
        self.languages = languages
        self.sampling = sampling
        self.spans = spans
    }
}
