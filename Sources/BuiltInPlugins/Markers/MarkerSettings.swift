import MediaValues
import PluginKit

/// What to look for, and from when on it counts.
struct MarkerSettings: Sendable {
    /// Kinds asked for.
    var kinds: Set<TemporalMarkers.Kind>
    var version: String
    /// Share of the luma range up to which a sample is black.
    var blackPixel = 0.10
    /// Share of black samples from which a picture is black.
    var blackPicture = 0.98
    /// Mean difference, as a share of the range, up to which a picture is the same as the first of a freeze.
    var freezeNoise = 0.001
    /// dBFS below which a window is silent.
    var silenceLevel = -60.0
    var blackMs: Int64 = 500
    var freezeMs: Int64 = 2000
    var silenceMs: Int64 = 1000
    var barsMs: Int64 = 1000
    /// Time without an object of a class after which the next one is a new appearance.
    var absencePictures = 2

    init(kinds: Set<TemporalMarkers.Kind> = Set(TemporalMarkers.Kind.allCases), version: String) {
        self.kinds = kinds
        self.version = version
    }

    /// Reads the parameters; the manifest gives the defaults.
    init(_ operation: Operation, version: String) {
        let names = operation.list("kinds")
        self.init(
            kinds: names.isEmpty
                ? Set(TemporalMarkers.Kind.allCases) : Set(names.compactMap(TemporalMarkers.Kind.init(rawValue:))),
            version: version)
        blackPixel = operation.number("black_pixel") ?? blackPixel
        blackPicture = operation.number("black_picture") ?? blackPicture
        freezeNoise = operation.number("freeze_noise") ?? freezeNoise
        silenceLevel = operation.number("silence_db") ?? silenceLevel
        func set(_ length: inout Int64, from name: String) {
            if let seconds = operation.number(name) { length = milliseconds(seconds) }
        }
        set(&blackMs, from: "black_min_sec")
        set(&freezeMs, from: "freeze_min_sec")
        set(&silenceMs, from: "silence_min_sec")
        set(&barsMs, from: "bars_min_sec")
        absencePictures = operation.integer("absence_pictures") ?? absencePictures
    }

    func marker(
        _ kind: TemporalMarkers.Kind, label: String?, start: Int64, end: Int64, confidence: Double
    ) -> TemporalMarkers.Marker {
        TemporalMarkers.Marker(
            kind: kind, label: label, startMs: start, endMs: max(start, end),
            confidence: min(1, max(0, confidence)).rounded(decimals: 3), provider: "local", version: version)
    }
}

/// A condition that has to hold for some time: turns moments with a margin into spans.
struct HeldCondition: Sendable {
    /// A span in which it held.
    struct Span: Sendable, Equatable {
        var start: Int64
        var end: Int64
        /// Mean of the margins, 0…1.
        var margin: Double
    }

    private let leastMs: Int64
    private var start: Int64?
    private var end: Int64 = 0
    private var margins = 0.0
    /// Moments in the span that is open.
    private(set) var moments = 0

    /// - Parameter leastMs: shortest span that counts, in milliseconds.
    init(leastMs: Int64) { self.leastMs = leastMs }

    /// Takes the next moment: where the condition holds, by how much (0 barely, 1 fully); nil where it does not.
    ///
    /// - Returns: the span that it ends.
    mutating func add(_ margin: Double?, start: Int64, end: Int64) -> Span? {
        guard let margin else { return close(at: start) }
        if self.start == nil { self.start = start }
        self.end = max(start, end)
        margins += min(1, max(0, margin))
        moments += 1
        return nil
    }

    /// Ends the stream where the last moment ends.
    mutating func finish() -> Span? { close(at: end) }

    private mutating func close(at time: Int64) -> Span? {
        guard let start else { return nil }
        defer {
            self.start = nil
            margins = 0
            moments = 0
        }
        guard time - start >= leastMs, time > start else { return nil }
        return Span(start: start, end: time, margin: margins / Double(max(1, moments)))
    }
}
