/// Scenes between cuts and fades: the document `scenes.json`.
public struct SceneList: Sendable, Codable, Hashable {
    /// How a scene begins.
    public enum Transition: String, Sendable, Codable {
        /// The first scene of the file.
        case start
        /// A hard cut.
        case cut
        /// Out of a black picture.
        case fade
    }

    /// One scene.
    public struct Scene: Sendable, Codable, Hashable {
        /// Position in the list, from 0.
        public var sceneIndex: Int
        /// Start in milliseconds.
        public var startMs: Int64
        /// End in milliseconds.
        public var endMs: Int64
        /// Presentation timestamp of the first frame.
        public var pts: Int64
        /// Unit of `pts`.
        public var timeBase: String
        /// Number of the first frame, where known.
        public var frameNumber: Int?
        /// How it begins.
        public var transition: Transition
        /// How different its first frame is from the one before, 0…100; 0 for the first scene.
        public var score: Double

        /// Creates a scene.
        public init(
            sceneIndex: Int, startMs: Int64, endMs: Int64, pts: Int64, timeBase: String, frameNumber: Int?,
            transition: Transition, score: Double
        ) {
            self.sceneIndex = sceneIndex
            self.startMs = startMs
            self.endMs = endMs
            self.pts = pts
            self.timeBase = timeBase
            self.frameNumber = frameNumber
            self.transition = transition
            self.score = score
        }
    }

    /// `content` (every frame) or `content-keyframes`.
    public var method: String
    /// Score from which a change counts as a cut.
    public var threshold: Double
    /// Scenes in order; together they cover the whole video.
    public var scenes: [Scene]
    /// Frames looked at.
    public var framesAnalyzed: Int

    /// Creates a list.
    public init(method: String, threshold: Double, scenes: [Scene], framesAnalyzed: Int) {
        self.method = method
        self.threshold = threshold
        self.scenes = scenes
        self.framesAnalyzed = framesAnalyzed
    }
}
