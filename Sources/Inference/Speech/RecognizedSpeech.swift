/// What a recogniser heard in one piece of audio. Times are seconds from the start of that piece and are present only where
/// the model gives them.
public struct RecognizedSpeech: Sendable, Equatable {
    /// A part of the text with its time.
    public struct Segment: Sendable, Equatable {
        /// Text of the part.
        public let text: String
        /// Seconds from the start of the piece.
        public let start: Double
        /// Length in seconds.
        public let duration: Double
    }

    /// The text, trimmed.
    public let text: String
    /// The language the model found, as the model writes it; nil when it does not say.
    public let language: String?
    /// The model's tokens (word pieces).
    public let tokens: [String]
    /// Start of each token; nil when the model gives none.
    public let timestamps: [Double]?
    /// Length of each token; nil when the model gives none.
    public let durations: [Double]?
    /// Natural logarithm of each token's probability; nil when the model gives none.
    public let logProbabilities: [Double]?
    /// Parts with times; nil when the model gives none.
    public let segments: [Segment]?
}
