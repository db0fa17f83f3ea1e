public import Foundation
import MediaValues

/// Records spans of work as a Chrome trace, which Perfetto and chrome://tracing open.
public final class TraceRecorder: Sendable {
    private struct Span: Encodable {
        var name: String
        var cat: String
        var ph = "X"
        var ts: Double
        var dur: Double
        var pid: Int
        var tid: Int
        var args: [String: String]
    }

    private struct Document: Encodable {
        var displayTimeUnit = "ms"
        var traceEvents: [Span]
    }

    private let clock = ContinuousClock()
    private let origin: ContinuousClock.Instant
    private let spans = Guarded<[Span]>([])

    /// Starts the trace's clock.
    public init() { origin = clock.now }

    /// Records a span that began at `start` and ends now.
    ///
    /// - Parameters:
    ///   - lane: row of the diagram; stages use their position in the pipeline plus one.
    ///   - arguments: shown when the span is selected.
    public func record(
        _ name: String, category: String, lane: Int, since start: ContinuousClock.Instant,
        arguments: [String: String] = [:]
    ) {
        let now = clock.now
        let span = Span(
            name: name, cat: category, ts: (start - origin).microseconds, dur: (now - start).microseconds,
            pid: Int(getpid()), tid: lane, args: arguments)
        spans.withLock { $0.append(span) }
    }

    /// The trace as JSON, spans in the order of their start.
    ///
    /// - Throws: `EncodingError`.
    public func json() throws -> Data {
        let events = spans.withLock { $0 }.sorted { ($0.ts, $0.tid) < ($1.ts, $1.tid) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(Document(traceEvents: events))
    }
}
