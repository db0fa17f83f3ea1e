/// What flows between stages: a container format on the way in (`mp4`, `wav`, …) or a kind of result.
///
/// The set is open: a manifest may name a type of its own.
public struct DataType: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible, Comparable {
    /// The name used in manifests, for example `Transcription`.
    public let rawValue: String

    /// Creates a type by name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Creates a type by name.
    public init(_ name: String) { self.init(rawValue: name) }

    /// The name.
    public var description: String { rawValue }

    /// Alphabetical order, for stable listings.
    public static func < (left: DataType, right: DataType) -> Bool { left.rawValue < right.rawValue }

    /// Any media file that FFmpeg can open; every container format is one.
    public static let media = DataType("Media")
    /// Container, streams, tags.
    public static let metadata = DataType("Metadata")
    /// PCM audio.
    public static let audio = DataType("Audio")
    /// Pictures sampled at a rate.
    public static let frames = DataType("Frames")
    /// Distinct pictures from the stream's random access points.
    public static let keyframes = DataType("Keyframes")
    /// Scenes between cuts and fades.
    public static let scenes = DataType("Scenes")
    /// Spans that contain speech.
    public static let voiceActivity = DataType("VoiceActivity")
    /// Time-aligned text of speech.
    public static let transcription = DataType("Transcription")
    /// Who spoke when.
    public static let diarization = DataType("Diarization")
    /// Objects in pictures.
    public static let objects = DataType("Objects")
    /// Faces in pictures.
    public static let faces = DataType("Faces")
    /// Text in pictures.
    public static let ocr = DataType("OCR")
    /// Kinds of places that pictures show.
    public static let places = DataType("Places")
    /// A vector for each picture.
    public static let visionEmbeddings = DataType("VisionEmbeddings")
    /// A vector for each segment of the transcript.
    public static let textEmbeddings = DataType("TextEmbeddings")
    /// A vector for each window of the sound track.
    public static let audioEmbeddings = DataType("AudioEmbeddings")
    /// Recognised sounds.
    public static let audioEvents = DataType("AudioEvents")
    /// Points worth jumping to.
    public static let temporalMarkers = DataType("TemporalMarkers")
    /// Text tracks that the file carries.
    public static let subtitles = DataType("Subtitles")
    /// The picture that stands for the file.
    public static let thumbnail = DataType("Thumbnail")
    /// What identifies copies.
    public static let fingerprint = DataType("Fingerprint")
    /// One timeline of everything.
    public static let fusion = DataType("Fusion")
}
