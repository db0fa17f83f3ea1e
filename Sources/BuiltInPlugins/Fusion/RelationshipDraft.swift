import PluginKit

/// A relationship before it gets its number.
struct RelationshipDraft {
    /// Members by their place in the timeline, or as entities.
    enum Members {
        case events(Int, Int)
        case entities(EntityKey, EntityKey)
    }

    var members: Members
    var span: TimeSpan
    var gap: Int64 = 0
    var score: Double?
    var support: Int64?
    var words: [String]?

    /// Two events with the time that they share; the pause between them where they share none.
    init(events first: Int, _ second: Int, of timeline: [TimelineEvent], words: [String]? = nil, score: Double? = nil) {
        let (a, b) = (timeline[first].span, timeline[second].span)
        let start = max(a.start, b.start)
        let end = min(a.end, b.end)
        members = .events(first, second)
        span = TimeSpan(start: min(start, end), end: max(start, end))
        gap = max(0, start - end)
        self.words = words
        self.score = score
    }

    init(speaker: EntityKey, face: EntityKey, span: TimeSpan, score: Double, support: Int64) {
        members = .entities(speaker, face)
        self.span = span
        self.score = score
        self.support = support
    }

    /// The document's record; `ids` are those of the timeline's events.
    func record(_ type: Fusion.RelationshipType, number: Int, ids: [String]) -> Fusion.Relationship {
        let (from, to) =
            switch members {
            case .events(let first, let second): (ids[first], ids[second])
            case .entities(let first, let second): (first.id, second.id)
            }
        return Fusion.Relationship(
            id: type.rawValue + "-" + String(number), type: type, from: from, to: to, startMs: span.start,
            endMs: span.end, gapMs: gap, score: score, supportMs: support, words: words)
    }

    /// What decides between relationships of one type at one time: the members, or the position in a set that is in
    /// order.
    func order(at position: Int) -> (Int, Int) {
        if case .events(let first, let second) = members { (first, second) } else { (position, 0) }
    }
}

/// The relationships of one type.
struct RelationshipSet {
    var type: Fusion.RelationshipType
    var drafts: [RelationshipDraft] = []
    var omitted = 0
}
