import PluginKit

/// What tells an entity from others.
struct EntityKey: Hashable, Comparable {
    var type: Fusion.EntityType
    var name: String

    /// Identifier in the document.
    var id: String { "\(type.rawValue):\(name)" }

    static func < (left: EntityKey, right: EntityKey) -> Bool {
        (left.type.rawValue, left.name) < (right.type.rawValue, right.name)
    }
}

/// An event before it gets its place in the document.
struct TimelineEvent {
    var type: Fusion.EventType
    /// Number among the events of its type, in the order of the source.
    var number: Int
    var start: Int64
    var end: Int64
    var label: String?
    var text: String?
    var confidence: Double?
    var count: Int?
    var source: Fusion.Source
    var entities: [EntityKey] = []

    /// An `end` before the start, as damaged files give, becomes the start.
    init(
        _ type: Fusion.EventType, number: Int, start: Int64, end: Int64, label: String? = nil, text: String? = nil,
        confidence: Double? = nil, count: Int? = nil, from source: FusionSource, list: String, index: Int
    ) {
        self.type = type
        self.number = number
        self.start = start
        self.end = max(start, end)
        self.label = label
        self.text = text
        self.confidence = confidence.flatMap { $0.isFinite ? min(1, max(0, $0)) : nil }
        self.count = count
        self.source = Fusion.Source(operation: source.operation, list: list, index: index)
    }

    var id: String { "\(type.rawValue)-\(number)" }
    var isInstant: Bool { start == end }
    var span: TimeSpan { TimeSpan(start: start, end: end) }

    func record(withEntities: Bool) -> Fusion.Event {
        Fusion.Event(
            id: id, type: type, startMs: start, endMs: end, label: label, text: text, confidence: confidence,
            count: count, source: source, entityIds: withEntities ? entities.sorted().map(\.id) : [])
    }
}

/// A span in milliseconds.
struct TimeSpan: Hashable {
    var start: Int64
    var end: Int64

    /// Time that two spans share, at least 0.
    func shared(with other: TimeSpan) -> Int64 { max(0, min(end, other.end) - max(start, other.start)) }

    /// The part inside `range`, or an empty span at its edge.
    func clipped(to range: TimeSpan) -> TimeSpan {
        let start = min(max(start, range.start), range.end)
        return TimeSpan(start: start, end: max(start, min(end, range.end)))
    }

    /// The spans joined where they touch or overlap, in order of time.
    static func union(_ spans: [TimeSpan]) -> [TimeSpan] {
        var joined: [TimeSpan] = []
        for span in spans.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
            if let last = joined.last, span.start <= last.end {
                joined[joined.count - 1].end = max(last.end, span.end)
            } else {
                joined.append(span)
            }
        }
        return joined
    }

    /// Time that the spans cover together in milliseconds; overlapping ones count once.
    static func covered(_ spans: [TimeSpan]) -> Int64 { union(spans).reduce(0) { $0 + $1.end - $1.start } }

    /// Time that two lists share; both are results of `union`.
    static func shared(_ left: [TimeSpan], _ right: [TimeSpan]) -> Int64 {
        var total: Int64 = 0
        var (i, j) = (0, 0)
        while i < left.count, j < right.count {
            total += left[i].shared(with: right[j])
            if left[i].end < right[j].end { i += 1 } else { j += 1 }
        }
        return total
    }
}
