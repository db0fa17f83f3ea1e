extension Fusion {
    /// What an entity is.
    public enum EntityType: String, Sendable, Codable, Hashable, CaseIterable {
        /// A voice.
        case speaker
        /// A face: followed within one shot, or one person's across the file (see `Entity.faceKind`).
        case face
        /// A class of objects.
        case object
        /// A kind of place.
        case place
        /// A line of text in the picture that is written like a name or title.
        case onScreenName = "on_screen_name"
    }

    /// One time that an entity appears.
    public struct Appearance: Sendable, Codable, Hashable {
        /// The event.
        public var eventId: String
        /// Start in milliseconds.
        public var startMs: Int64
        /// End in milliseconds.
        public var endMs: Int64

        /// Creates an appearance.
        public init(eventId: String, startMs: Int64, endMs: Int64) {
            self.eventId = eventId
            self.startMs = startMs
            self.endMs = endMs
        }
    }

    /// Somebody or something that events are about.
    public struct Entity: Sendable, Codable, Hashable {
        /// Unique in the document: type and name.
        public var id: String
        /// What it is.
        public var type: EntityType
        /// Name as the source gives it.
        public var label: String
        /// What makes the faces one; faces only. `track` says nothing about who it is.
        public var faceKind: FaceDetections.ClusterKind?
        /// Start of the first appearance in milliseconds.
        public var firstMs: Int64
        /// End of the last one in milliseconds.
        public var lastMs: Int64
        /// Time covered by all appearances in milliseconds; overlapping ones count once.
        public var totalMs: Int64
        /// Highest confidence of its events, 0…1, where they tell.
        public var confidence: Double?
        /// In order of time.
        public var appearances: [Appearance]

        /// Creates an entity.
        public init(
            id: String, type: EntityType, label: String, faceKind: FaceDetections.ClusterKind? = nil, firstMs: Int64,
            lastMs: Int64, totalMs: Int64, confidence: Double?, appearances: [Appearance]
        ) {
            self.id = id
            self.type = type
            self.label = label
            self.faceKind = faceKind
            self.firstMs = firstMs
            self.lastMs = lastMs
            self.totalMs = totalMs
            self.confidence = confidence
            self.appearances = appearances
        }
    }
}
