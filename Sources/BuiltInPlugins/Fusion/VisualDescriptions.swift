import PluginKit

/// Speech that names an object or place which is seen meanwhile.
struct VisualDescriptions {
    private(set) var relationships = RelationshipSet(type: .describesVisual)
    /// Speech events that name something seen anywhere in the video.
    private(set) var naming = 0
    /// Those that name something seen at the time.
    private(set) var agreeing = 0
    private var degrees: [Int] = []

    init(_ timeline: [TimelineEvent], tolerance: Int64, limit: Int) {
        var labels: [String: Int] = [:]
        var seen: [[Int]] = []
        for (index, event) in timeline.enumerated() where event.type == .object || event.type == .place {
            guard let label = event.label else { continue }
            let position = labels[label] ?? seen.count
            if position == seen.count {
                labels[label] = position
                seen.append([])
            }
            seen[position].append(index)
        }
        guard !seen.isEmpty else { return }
        let vocabulary = VisualWords(labels: labels.sorted { $0.value < $1.value }.map(\.key))
        var mentions: [[(event: Int, phrase: String)]] = Array(repeating: [], count: seen.count)
        for (index, event) in timeline.enumerated()
        where event.type == .transcriptSegment || event.type == .subtitle {
            let found = vocabulary.mentions(in: VisualWords.words(of: event.text ?? ""))
            for mention in found { mentions[mention.label].append((index, mention.phrase)) }
            if !found.isEmpty { naming += 1 }
        }
        var agreed: Set<Int> = []
        degrees = Array(repeating: 0, count: timeline.count)
        for (sights, mentions) in zip(seen, mentions) where !mentions.isEmpty {
            relate(mentions, to: sights, timeline, tolerance: tolerance, limit: limit, agreed: &agreed)
        }
        agreeing = agreed.count
    }

    private mutating func relate(
        _ mentions: [(event: Int, phrase: String)], to sights: [Int], _ timeline: [TimelineEvent], tolerance: Int64,
        limit: Int, agreed: inout Set<Int>
    ) {
        let phrases = Dictionary(mentions.map { ($0.event, $0.phrase) }) { first, _ in first }
        let items = (mentions.map { ($0.event, 0) } + sights.map { ($0, 1) }).sorted { $0.0 < $1.0 }
            .map { OverlapSweep.Item(event: $0.0, span: timeline[$0.0].span, group: $0.1) }
        var sweep = OverlapSweep(tolerance: tolerance, limit: limit, partners: [[1], [0]])
        sweep.run(items, degrees: &degrees)
        relationships.omitted += sweep.omitted
        for pair in sweep.pairs {
            let (first, second) = (items[pair.first], items[pair.second])
            let (speech, sight) = first.group == 0 ? (first.event, second.event) : (second.event, first.event)
            agreed.insert(speech)
            relationships.drafts.append(
                RelationshipDraft(
                    events: speech, sight, of: timeline, words: phrases[speech].map { [$0] },
                    score: timeline[sight].confidence))
        }
    }
}
