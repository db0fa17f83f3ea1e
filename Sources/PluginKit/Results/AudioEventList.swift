/// Sounds that were recognised: the document `audio_events.json`.
public struct AudioEventList: Sendable, Codable, Hashable {
    /// One sound.
    public struct Event: Sendable, Codable, Hashable {
        /// Class name, for example `Applause`.
        public var label: String
        /// Start in milliseconds.
        public var startMs: Int64
        /// End in milliseconds.
        public var endMs: Int64
        /// Highest probability of its windows, 0…1.
        public var confidence: Double

        /// Creates an event.
        public init(label: String, startMs: Int64, endMs: Int64, confidence: Double) {
            self.label = label
            self.startMs = startMs
            self.endMs = endMs
            self.confidence = confidence
        }
    }

    /// Model that listened.
    public var model: String
    /// Events in order of their start, then by label.
    public var events: [Event]
    /// Length of the audio heard, in milliseconds.
    public var durationMs: Int64

    /// Creates a document.
    public init(model: String, events: [Event], durationMs: Int64) {
        self.model = model
        self.events = events
        self.durationMs = durationMs
    }
}
