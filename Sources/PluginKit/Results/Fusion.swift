/// One timeline of everything that was found in a file, and what belongs together in it: the document `fusion.json`,
/// the video's "memory".
///
/// It holds facts of other results only: each event names the record that it stands for, each entity the events that it
/// appears in. Identifiers and order depend on the results alone, so equal results give equal bytes.
public struct Fusion: Sendable, Codable, Hashable {
    /// What was asked of the fusion.
    public struct Settings: Sendable, Codable, Hashable {
        /// Whether events stand in one order of time and scenes are summarised.
        public var alignModalities: Bool
        /// Whether entities were drawn from the events.
        public var extractEntities: Bool
        /// Whether relationships were looked for.
        public var buildRelationships: Bool
        /// Milliseconds by which an instant may miss another event, or one span follow another, and still be related.
        public var toleranceMs: Int64
        /// Most relationships of one kind for one event.
        public var relationshipsPerEvent: Int

        /// Creates settings.
        public init(
            alignModalities: Bool = true, extractEntities: Bool = true, buildRelationships: Bool = true,
            toleranceMs: Int64 = 500, relationshipsPerEvent: Int = 8
        ) {
            self.alignModalities = alignModalities
            self.extractEntities = extractEntities
            self.buildRelationships = buildRelationships
            self.toleranceMs = toleranceMs
            self.relationshipsPerEvent = relationshipsPerEvent
        }
    }

    /// What became of a kind of result that fusion can use.
    public enum ModalityStatus: String, Sendable, Codable {
        /// It is part of the document.
        case used
        /// It ran and found nothing.
        case empty
        /// It was part of the run and was not delivered; the reason says why.
        case missing
        /// It was not part of the run.
        case absent
    }

    /// One kind of result that fusion can use.
    public struct Modality: Sendable, Codable, Hashable {
        /// Operation that makes it, for example `transcription`.
        public var operation: String
        /// Whether it is in the document.
        public var status: ModalityStatus
        /// Why it is missing, for `missing`.
        public var reason: String?
        /// Version of the plugin that made it, where known.
        public var version: String?
        /// Model that made it, where there is one.
        public var model: String?
        /// Events that it gave.
        public var events: Int
        /// Counts of its result, for example `segments`.
        public var counts: [String: Int]

        /// Creates a record.
        public init(
            operation: String, status: ModalityStatus, reason: String? = nil, version: String? = nil,
            model: String? = nil, events: Int = 0,
            counts: [String: Int] = [:]
        ) {
            self.operation = operation
            self.status = status
            self.reason = reason
            self.version = version
            self.model = model
            self.events = events
            self.counts = counts
        }
    }

    /// Length of the file in milliseconds; where the container does not tell, the end of the last event.
    public var durationMs: Int64
    /// What was asked for.
    public var settings: Settings
    /// Every kind of result that fusion can use, in a fixed order.
    public var modalities: [Modality]
    /// In order of start, end, type and source; not aligned: type by type, each in order of time.
    public var events: [Event]
    /// By type, then in order of first appearance; empty where entities were not asked for.
    public var entities: [Entity]
    /// In order of start, end, type and members; empty where relationships were not asked for.
    public var relationships: [Relationship]
    /// How many relationships of each kind were made and left out; empty as above.
    public var relationshipCounts: [RelationshipCount]
    /// Summaries in order of time; empty where there are no scenes, or modalities were not aligned.
    public var scenes: [SceneSummary]
    /// How much there is to rely on.
    public var quality: Quality

    /// Creates a document.
    public init(
        durationMs: Int64, settings: Settings, modalities: [Modality], events: [Event], entities: [Entity],
        relationships: [Relationship], relationshipCounts: [RelationshipCount], scenes: [SceneSummary],
        quality: Quality
    ) {
        self.durationMs = durationMs
        self.settings = settings
        self.modalities = modalities
        self.events = events
        self.entities = entities
        self.relationships = relationships
        self.relationshipCounts = relationshipCounts
        self.scenes = scenes
        self.quality = quality
    }
}
