import PluginKit

/// Text in the picture whose words are said meanwhile.
///
/// Counted are the distinct words of the line with at least three letters or digits that are not function words; at
/// least 60 % of them, and at least two (or the only one, of six letters or more), must be in one segment of speech.
struct SpokenAndShown {
    private(set) var relationships = RelationshipSet(type: .sameTextSpokenAndShown)
    /// Relationships of each speech event so far.
    private var degrees: [Int: Int] = [:]

    private static let leastShare = 0.6
    /// Speech segments looked at for one word of one line; a word that is said more often while its line stays is no
    /// evidence any more.
    private static let occurrencesPerWord = 256

    private static let functionWords: Set<String> = [
        "the", "and", "for", "with", "that", "this", "from", "you", "your", "are", "was", "were", "have", "has", "had",
        "not", "but", "our", "out", "can", "will", "all", "its", "they", "their", "them", "there", "then", "than",
        "what",
        "when", "who", "how", "why", "which", "she", "her", "his", "him", "one", "into", "about", "just", "like",
        "been",
        "would", "could", "should", "also", "some", "any", "more", "very",
    ]

    init(_ timeline: [TimelineEvent], tolerance: Int64, limit: Int) {
        let speech = timeline.indices.filter {
            timeline[$0].type == .transcriptSegment || timeline[$0].type == .subtitle
        }
        let lines = timeline.indices.filter { timeline[$0].type == .onScreenText }
        guard !speech.isEmpty, !lines.isEmpty else { return }
        var latest = Int64.min
        // Largest end so far; it never falls, so it can be searched.
        let latestEnds = speech.map { index in
            latest = max(latest, timeline[index].end)
            return latest
        }
        let starts = speech.map { timeline[$0].start }
        var said: [String: [Int]] = [:]
        for (position, index) in speech.enumerated() {
            for word in Self.contentWords(timeline[index].text ?? "") { said[word, default: []].append(position) }
        }
        for line in lines {
            let words = Self.contentWords(timeline[line].text ?? "")
            let span = timeline[line].span
            let first = latestEnds.partitionPoint { $0 >= span.start - tolerance }
            let last = starts.partitionPoint { $0 > span.end + tolerance }
            guard !words.isEmpty, first < last else { continue }
            var matches: [Int: [String]] = [:]
            for word in words.sorted() {
                guard let positions = said[word] else { continue }
                let from = positions.partitionPoint { $0 >= first }
                let to = positions.partitionPoint { $0 >= last }
                guard from < to else { continue }
                relationships.omitted += max(0, to - from - Self.occurrencesPerWord)
                for position in positions[from..<min(to, from + Self.occurrencesPerWord)] {
                    matches[position, default: []].append(word)
                }
            }
            add(matches, line: line, words: words, speech: speech, timeline, tolerance: tolerance, limit: limit)
        }
    }

    private mutating func add(
        _ matches: [Int: [String]], line: Int, words: Set<String>, speech: [Int], _ timeline: [TimelineEvent],
        tolerance: Int64, limit: Int
    ) {
        var taken = 0
        for (position, shared) in matches.sorted(by: { $0.key < $1.key }) {
            let share = Double(shared.count) / Double(words.count)
            let isTelling = shared.count >= 2 || (words.count == 1 && shared.allSatisfy { $0.count >= 6 })
            guard share >= Self.leastShare, isTelling else { continue }
            let relationship = RelationshipDraft(
                events: speech[position], line, of: timeline, words: shared, score: FusionScore.rounded(share))
            guard relationship.gap <= tolerance else { continue }
            guard taken < limit, degrees[position, default: 0] < limit else {
                relationships.omitted += 1
                continue
            }
            taken += 1
            degrees[position, default: 0] += 1
            relationships.drafts.append(relationship)
        }
    }

    private static func contentWords(_ text: String) -> Set<String> {
        Set(VisualWords.words(of: text).filter { $0.count >= 3 && !functionWords.contains($0) })
    }
}
