extension Fusion {
    /// What an event is.
    public enum EventType: String, Sendable, Codable, Hashable, CaseIterable {
        /// A segment of the transcript.
        case transcriptSegment = "transcript_segment"
        /// A cue of a text track of the file.
        case subtitle
        /// A turn of one speaker.
        case speakerTurn = "speaker_turn"
        /// A recognised sound.
        case audioEvent = "audio_event"
        /// A scene.
        case scene
        /// A kind of place, for as long as consecutive pictures show the same one.
        case place
        /// An object followed through a shot, or a class of objects in one picture.
        case object
        /// A face followed through a shot, a person's face, or faces in one picture.
        case face
        /// A line of text in the picture.
        case onScreenText = "on_screen_text"
        /// A temporal marker.
        case marker
    }

    /// Which record of which result an event stands for.
    public struct Source: Sendable, Codable, Hashable {
        /// Operation, for example `objects`.
        public var operation: String
        /// List of its document, for example `tracks`.
        public var list: String
        /// Position in that list, from 0; of the first record where the event stands for several.
        public var index: Int

        /// Creates a reference.
        public init(operation: String, list: String, index: Int) {
            self.operation = operation
            self.list = list
            self.index = index
        }
    }

    /// Something that happens, with its true span.
    public struct Event: Sendable, Codable, Hashable {
        /// Unique in the document: type and number.
        public var id: String
        /// What it is.
        public var type: EventType
        /// Start in milliseconds.
        public var startMs: Int64
        /// End in milliseconds; equal to the start for instants.
        public var endMs: Int64
        /// Class, speaker, place, sound or kind of marker.
        public var label: String?
        /// What was said or written.
        public var text: String?
        /// 0…1, where the source tells.
        public var confidence: Double?
        /// Detections that it stands for, for objects, faces and places.
        public var count: Int?
        /// Where it comes from.
        public var source: Source
        /// Who and what appears in it, in alphabetical order.
        public var entityIds: [String]

        /// Creates an event.
        public init(
            id: String, type: EventType, startMs: Int64, endMs: Int64, label: String? = nil, text: String? = nil,
            confidence: Double? = nil, count: Int? = nil, source: Source, entityIds: [String] = []
        ) {
            self.id = id
            self.type = type
            self.startMs = startMs
            self.endMs = endMs
            self.label = label
            self.text = text
            self.confidence = confidence
            self.count = count
            self.source = source
            self.entityIds = entityIds
        }
    }
}
