/// Points and spans worth jumping to: the document `markers.json`.
public struct TemporalMarkers: Sendable, Codable, Hashable {
    /// What a marker says.
    public enum Kind: String, Sendable, Codable, Hashable, CaseIterable {
        /// A cut or fade.
        case shotBoundary = "shot_boundary"
        /// The content changes: a cut or fade between pictures that have little in common.
        case sceneChange = "scene_change"
        /// An object is seen for the first time, or again after it was gone.
        case objectAppearance = "object_appearance"
        /// Another voice begins.
        case speakerChange = "speaker_change"
        /// Black, frozen picture, silence, colour bars.
        case technicalCue = "technical_cue"
    }

    /// One marker.
    public struct Marker: Sendable, Codable, Hashable {
        /// What it says.
        public var kind: Kind
        /// More exactly: `black`, `freeze`, `silence`, `color_bars`, an object's class, a speaker.
        public var label: String?
        /// Start in milliseconds.
        public var startMs: Int64
        /// End in milliseconds; equal to the start for instants.
        public var endMs: Int64
        /// 0…1.
        public var confidence: Double
        /// Who found it.
        public var provider: String
        /// Version of the detector.
        public var version: String

        /// Creates a marker.
        public init(
            kind: Kind, label: String?, startMs: Int64, endMs: Int64, confidence: Double, provider: String,
            version: String
        ) {
            self.kind = kind
            self.label = label
            self.startMs = startMs
            self.endMs = endMs
            self.confidence = confidence
            self.provider = provider
            self.version = version
        }
    }

    /// Markers in order of time.
    public var markers: [Marker]
    /// Which kinds could be looked for, given the tracks of the file and the results at hand.
    public var kinds: [Kind]

    /// Creates a document.
    public init(markers: [Marker], kinds: [Kind]) {
        self.markers = markers
        self.kinds = kinds
    }
}
