/// What the rows of an embedding matrix stand for: the documents `embeddings/{vision,text,audio}.json` beside the matrix
/// in NumPy's format.
public struct EmbeddingIndex: Sendable, Codable, Hashable {
    /// One row of the matrix.
    public struct Row: Sendable, Codable, Hashable {
        /// Position in the matrix, from 0.
        public var row: Int
        /// Start in milliseconds of what was embedded.
        public var startMs: Int64
        /// End in milliseconds.
        public var endMs: Int64
        /// The picture, for vision.
        public var frame: FrameReference?
        /// The text, for text.
        public var text: String?
        /// Position of the transcript's segment, for text.
        public var segmentIndex: Int?

        /// Creates a row.
        public init(
            row: Int, startMs: Int64, endMs: Int64, frame: FrameReference? = nil, text: String? = nil,
            segmentIndex: Int? = nil
        ) {
            self.row = row
            self.startMs = startMs
            self.endMs = endMs
            self.frame = frame
            self.text = text
            self.segmentIndex = segmentIndex
        }
    }

    /// Model that embedded.
    public var model: String
    /// File name of the matrix beside the document: float32, row-major, `rows.count × dimensions`.
    public var file: String
    /// Columns.
    public var dimensions: Int
    /// Whether every row has length 1, so that a dot product is the cosine.
    public var isNormalized: Bool
    /// Which pictures were looked at, for vision.
    public var sampling: PictureSamplingRecord?
    /// Rows in order of the matrix.
    public var rows: [Row]

    /// Creates an index.
    public init(
        model: String, file: String, dimensions: Int, isNormalized: Bool = true,
        sampling: PictureSamplingRecord? = nil, rows: [Row]
    ) {
        self.model = model
        self.file = file
        self.dimensions = dimensions
        self.isNormalized = isNormalized
        self.sampling = sampling
        self.rows = rows
    }
}
