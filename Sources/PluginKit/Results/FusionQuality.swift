extension Fusion {
    /// Scores 0…1 of how much there is to rely on; each is nil where it has no meaning. docs/fusion.md defines them.
    public struct Quality: Sendable, Codable, Hashable {
        /// Scores of one kind of result.
        public struct ModalityScore: Sendable, Codable, Hashable {
            /// Operation that makes it.
            public var operation: String
            /// Share of the duration that its events cover.
            public var coverage: Double?
            /// Mean confidence of its events that have one.
            public var meanConfidence: Double?

            /// Creates scores.
            public init(operation: String, coverage: Double?, meanConfidence: Double?) {
                self.operation = operation
                self.coverage = coverage
                self.meanConfidence = meanConfidence
            }
        }

        /// Each kind of result that ran.
        public var modalities: [ModalityScore]
        /// Share of the duration that any event other than scenes and markers covers.
        public var coverage: Double?
        /// Mean of the modalities' mean confidences.
        public var meanConfidence: Double?
        /// Words a minute of transcribed time, where 150 and more is 1.
        public var transcriptDensity: Double?
        /// Share of transcribed time in which a speaker is known.
        public var speechWithSpeaker: Double?
        /// Share of the pictures looked at that show a face.
        public var picturesWithFaces: Double?
        /// Share of the speech that names something seen in the video which names it while it is seen.
        public var agreement: Double?
        /// Share of the scenes with somebody, something, a place or words in them.
        public var describedScenes: Double?

        /// No scores.
        public init() { modalities = [] }
    }
}
