extension Fusion {
    /// How two members belong together.
    public enum RelationshipType: String, Sendable, Codable, Hashable, CaseIterable {
        /// Two events share time, or an instant lies within the tolerance of the other.
        case simultaneous
        /// The second begins where the first ends, or less than the tolerance later.
        case sequential
        /// Words of speech name an object or a place that is seen meanwhile.
        case describesVisual = "describes_visual"
        /// A voice is likely that of a face: while the face is seen alone it is mostly this voice that speaks.
        case speakerOnScreen = "speaker_on_screen"
        /// Words in the picture are said meanwhile.
        case sameTextSpokenAndShown = "same_text_spoken_and_shown"
    }

    /// Two members that belong together, and when.
    public struct Relationship: Sendable, Codable, Hashable {
        /// Unique in the document: type and number.
        public var id: String
        /// How they belong together.
        public var type: RelationshipType
        /// Event, or speaker for `speaker_on_screen`; the earlier or the speaking one.
        public var from: String
        /// Event, or face for `speaker_on_screen`; the later or the seen one.
        public var to: String
        /// Start of the shared time in milliseconds; of the pause for `sequential`.
        public var startMs: Int64
        /// End of it in milliseconds.
        public var endMs: Int64
        /// Milliseconds between the two; 0 where they share time.
        public var gapMs: Int64
        /// How well it is supported, 0…1; defined for each type in docs/fusion.md. Nil where time alone decides.
        public var score: Double?
        /// Time that supports it in milliseconds; `speaker_on_screen` only.
        public var supportMs: Int64?
        /// The words that support it; types about words only.
        public var words: [String]?

        /// Creates a relationship.
        public init(
            id: String, type: RelationshipType, from: String, to: String, startMs: Int64, endMs: Int64, gapMs: Int64,
            score: Double? = nil, supportMs: Int64? = nil, words: [String]? = nil
        ) {
            self.id = id
            self.type = type
            self.from = from
            self.to = to
            self.startMs = startMs
            self.endMs = endMs
            self.gapMs = gapMs
            self.score = score
            self.supportMs = supportMs
            self.words = words
        }
    }

    /// How many relationships of one kind there are.
    public struct RelationshipCount: Sendable, Codable, Hashable {
        /// The kind.
        public var type: RelationshipType
        /// Those in the document.
        public var made: Int
        /// Those that the limit for each event left out.
        public var omitted: Int

        /// Creates a count.
        public init(type: RelationshipType, made: Int, omitted: Int) {
            self.type = type
            self.made = made
            self.omitted = omitted
        }
    }
}
