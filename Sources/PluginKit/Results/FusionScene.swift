extension Fusion {
    /// Who or what is in a scene, and for how long.
    public struct SceneMember: Sendable, Codable, Hashable {
        /// Name as the source gives it.
        public var label: String
        /// The entity; nil where there is none for it, or entities were not asked for.
        public var entityId: String?
        /// Time inside the scene in milliseconds; overlapping events count once, instants not at all.
        public var timeMs: Int64
        /// Events inside the scene.
        public var events: Int

        /// Creates a member.
        public init(label: String, entityId: String?, timeMs: Int64, events: Int) {
            self.label = label
            self.entityId = entityId
            self.timeMs = timeMs
            self.events = events
        }
    }

    /// The facts of one scene. Members are in order of their time in it, longest first, then by label.
    public struct SceneSummary: Sendable, Codable, Hashable {
        /// The scene's event.
        public var eventId: String
        /// Number of the scene, from 0.
        public var sceneIndex: Int
        /// Start in milliseconds.
        public var startMs: Int64
        /// End in milliseconds.
        public var endMs: Int64
        /// Speakers and faces.
        public var who: [SceneMember]
        /// Classes of objects.
        public var what: [SceneMember]
        /// Kinds of places; the key is `where`.
        public var places: [SceneMember]
        /// What was said; a segment that no word times divide belongs to the scene with most of it.
        public var words: String
        /// Events of the speech in `words`.
        public var wordEventIds: [String]
        /// Lines of text in the picture, each once, in order of time.
        public var onScreenText: [String]
        /// Recognised sounds.
        public var sounds: [SceneMember]
        /// Sharpest picture of the scene, as a path in the output folder; nil where no keyframes were at hand.
        public var keyframe: String?

        private enum CodingKeys: String, CodingKey {
            case eventId, sceneIndex, startMs, endMs, who, what, words, wordEventIds, onScreenText, sounds, keyframe
            case places = "where"
        }

        /// Creates a summary without members.
        public init(eventId: String, sceneIndex: Int, startMs: Int64, endMs: Int64) {
            self.eventId = eventId
            self.sceneIndex = sceneIndex
            self.startMs = startMs
            self.endMs = endMs
            who = []
            what = []
            places = []
            words = ""
            wordEventIds = []
            onScreenText = []
            sounds = []
        }
    }
}
