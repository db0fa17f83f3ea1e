/// Time-aligned text of speech: the document `transcription.json`.
public struct Transcript: Sendable, Codable, Hashable {
    /// A word with its own times, where the model gives them.
    public struct Word: Sendable, Codable, Hashable {
        /// Start in milliseconds.
        public var startMs: Int64
        /// End in milliseconds.
        public var endMs: Int64
        /// The word as written.
        public var text: String

        /// Creates a word.
        public init(startMs: Int64, endMs: Int64, text: String) {
            self.startMs = startMs
            self.endMs = endMs
            self.text = text
        }
    }

    /// A stretch of speech.
    public struct Segment: Sendable, Codable, Hashable {
        /// Position in the transcript, from 0.
        public var index: Int
        /// Start in milliseconds.
        public var startMs: Int64
        /// End in milliseconds.
        public var endMs: Int64
        /// What was said.
        public var text: String
        /// Language code, where the model tells or the user said.
        public var language: String?
        /// Words with times; nil where the model gives none.
        public var words: [Word]?

        /// Creates a segment.
        public init(
            index: Int, startMs: Int64, endMs: Int64, text: String, language: String? = nil, words: [Word]? = nil
        ) {
            self.index = index
            self.startMs = startMs
            self.endMs = endMs
            self.text = text
            self.language = language
            self.words = words
        }
    }

    /// Model that heard it.
    public var model: String
    /// Language code of the whole, where known.
    public var language: String?
    /// All segments' text, joined by spaces.
    public var text: String
    /// Segments in order of time.
    public var segments: [Segment]
    /// Length of the audio heard, in milliseconds.
    public var durationMs: Int64

    /// Creates a transcript; `text` is derived from the segments.
    public init(model: String, language: String?, segments: [Segment], durationMs: Int64) {
        self.model = model
        self.language = language
        self.segments = segments
        self.durationMs = durationMs
        text = segments.map(\.text).joined(separator: " ")
    }
}

/// Spans that contain speech: the document `vad.json`.
public struct SpeechActivity: Sendable, Codable, Hashable {
    /// One span.
    public struct Span: Sendable, Codable, Hashable {
        /// Start in milliseconds.
        public var startMs: Int64
        /// End in milliseconds.
        public var endMs: Int64
        /// Mean speech probability over the span, 0…1.
        public var confidence: Double

        /// Creates a span.
        public init(startMs: Int64, endMs: Int64, confidence: Double) {
            self.startMs = startMs
            self.endMs = endMs
            self.confidence = confidence
        }
    }

    /// Model that decided.
    public var model: String
    /// Spans in order of time, not overlapping.
    public var segments: [Span]
    /// Sum of the spans in milliseconds.
    public var speechMs: Int64
    /// Length of the audio in milliseconds.
    public var durationMs: Int64

    /// Creates a document; `speechMs` is derived.
    public init(model: String, segments: [Span], durationMs: Int64) {
        self.model = model
        self.segments = segments
        self.durationMs = durationMs
        speechMs = segments.reduce(0) { $0 + $1.endMs - $1.startMs }
    }
}
