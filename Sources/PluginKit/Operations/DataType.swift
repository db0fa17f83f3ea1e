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
}
