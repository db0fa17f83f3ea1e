/// Text tracks that the file carries: the document `subtitles.json`.
public struct SubtitleTracks: Sendable, Codable, Hashable {
    /// One subtitle.
    public struct Cue: Sendable, Codable, Hashable {
        /// Start in milliseconds.
        public var startMs: Int64
        /// End in milliseconds.
        public var endMs: Int64
        /// Plain text; lines separated by a line feed.
        public var text: String

        /// Creates a cue.
        public init(startMs: Int64, endMs: Int64, text: String) {
            self.startMs = startMs
            self.endMs = endMs
            self.text = text
        }
    }

    /// One track.
    public struct Track: Sendable, Codable, Hashable {
        /// Index of the stream in the file.
        public var streamIndex: Int
        /// Codec name, for example `subrip`.
        public var codec: String
        /// Language code, where the file tells.
        public var language: String?
        /// Title, where the file tells.
        public var title: String?
        /// Files beside the document; empty for pictures.
        public var files: [String]
        /// Cues in order of time; empty for tracks of pictures, which are not read.
        public var cues: [Cue]
        /// True where the track holds pictures rather than text.
        public var isBitmap: Bool

        /// Creates a track.
        public init(
            streamIndex: Int, codec: String, language: String?, title: String?, files: [String], cues: [Cue],
            isBitmap: Bool
        ) {
            self.streamIndex = streamIndex
            self.codec = codec
            self.language = language
            self.title = title
            self.files = files
            self.cues = cues
            self.isBitmap = isBitmap
        }
    }

    /// Tracks in order of their stream index.
    public var tracks: [Track]

    /// Creates a document.
    public init(tracks: [Track]) { self.tracks = tracks }
}
