/// The unit that a stream's timestamps count in: one tick lasts `numerator / denominator` seconds.
///
/// Both parts are positive; 1/90000 is MPEG's, 1/16000 that of 16 kHz samples.
public struct TimeBase: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Seconds per tick, upper part; at least 1.
    public let numerator: Int32
    /// Seconds per tick, lower part; at least 1.
    public let denominator: Int32

    /// Creates a time base, or nil where a part is not positive (containers do declare 0/0).
    public init?(numerator: Int32, denominator: Int32) {
        guard numerator > 0, denominator > 0 else { return nil }
        self.numerator = numerator
        self.denominator = denominator
    }

    private init(positive numerator: Int32, _ denominator: Int32) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// One tick a millisecond.
    public static let milliseconds = TimeBase(positive: 1, 1000)

    /// One tick a microsecond (FFmpeg's AV_TIME_BASE).
    public static let microseconds = TimeBase(positive: 1, 1_000_000)

    /// One tick a sample at `sampleRate` hertz (clamped to at least 1).
    public static func samples(perSecond sampleRate: Int) -> TimeBase {
        TimeBase(positive: 1, Int32(clamping: max(1, sampleRate)))
    }

    /// `1/90000`.
    public var description: String { "\(numerator)/\(denominator)" }

    /// Reads the form `1/90000`; throws `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int32($0) }
        guard parts.count == 2, let numerator = parts[0], let denominator = parts[1],
            let value = TimeBase(numerator: numerator, denominator: denominator)
        else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a time base: \(text)")
        }
        self = value
    }

    /// Writes the form `1/90000`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
