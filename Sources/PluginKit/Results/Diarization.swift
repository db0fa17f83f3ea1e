/// Who spoke when: the document `diarization.json`.
public struct Diarization: Sendable, Codable, Hashable {
    /// One voice.
    public struct Speaker: Sendable, Codable, Hashable {
        /// `SPEAKER_00`, `SPEAKER_01`, … in order of appearance.
        public var speaker: String
        /// Time spoken in milliseconds.
        public var speechMs: Int64
        /// Number of turns.
        public var segments: Int

        /// Creates a speaker.
        public init(speaker: String, speechMs: Int64, segments: Int) {
            self.speaker = speaker
            self.speechMs = speechMs
            self.segments = segments
        }
    }

    /// One turn.
    public struct Segment: Sendable, Codable, Hashable {
        /// Start in milliseconds.
        public var startMs: Int64
        /// End in milliseconds.
        public var endMs: Int64
        /// Who speaks.
        public var speaker: String
        /// How clearly the voice is this speaker's rather than another's, 0…1; nil where the method does not tell.
        public var confidence: Double?

        /// Creates a turn.
        public init(startMs: Int64, endMs: Int64, speaker: String, confidence: Double? = nil) {
            self.startMs = startMs
            self.endMs = endMs
            self.speaker = speaker
            self.confidence = confidence
        }
    }

    /// A segment of the transcript with its speaker; present where transcription ran too.
    public struct SpokenSegment: Sendable, Codable, Hashable {
        /// Position in the transcript.
        public var segmentIndex: Int
        /// Start in milliseconds.
        public var startMs: Int64
        /// End in milliseconds.
        public var endMs: Int64
        /// Who speaks for most of it; nil where nobody was found to speak.
        public var speaker: String?
        /// What was said.
        public var text: String

        /// Creates a segment.
        public init(segmentIndex: Int, startMs: Int64, endMs: Int64, speaker: String?, text: String) {
            self.segmentIndex = segmentIndex
            self.startMs = startMs
            self.endMs = endMs
            self.speaker = speaker
            self.text = text
        }
    }

    /// Model that told the voices apart.
    public var model: String
    /// How voices were grouped, for example `average-linkage`.
    public var method: String
    /// True: the number of speakers was estimated rather than given.
    public var isSpeakerCountEstimated: Bool
    /// Voices in order of appearance.
    public var speakers: [Speaker]
    /// Turns in order of time.
    public var segments: [Segment]
    /// The transcript by speaker, where transcription ran too.
    public var transcript: [SpokenSegment]?
    /// Length of the audio heard, in milliseconds.
    public var durationMs: Int64

    /// Creates a document; the speakers' sums are derived from the turns.
    public init(
        model: String, method: String, isSpeakerCountEstimated: Bool, segments: [Segment],
        transcript: [SpokenSegment]? = nil, durationMs: Int64
    ) {
        self.model = model
        self.method = method
        self.isSpeakerCountEstimated = isSpeakerCountEstimated
        self.segments = segments
        self.transcript = transcript
        self.durationMs = durationMs
        var order: [String] = []
        var sums: [String: Speaker] = [:]
        for segment in segments {
            if sums[segment.speaker] == nil { order.append(segment.speaker) }
            var sum = sums[segment.speaker] ?? Speaker(speaker: segment.speaker, speechMs: 0, segments: 0)
            sum.speechMs += segment.endMs - segment.startMs
            sum.segments += 1
            sums[segment.speaker] = sum
        }
        speakers = order.compactMap { sums[$0] }
    }
}
