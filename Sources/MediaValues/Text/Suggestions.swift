/// Finds what a reader most likely meant when a name is not known.
public enum Suggestions {
    /// Names longer than this are not compared: the cost is the product of both lengths.
    static let maximumLength = 64

    /// The candidate nearest to `name`, or `nil` when none is close enough to be worth suggesting.
    ///
    /// Letter case and the difference between `-` and `_` are ignored. A candidate is close when at most a third of
    /// the longer name (and at least one letter) has to change, or when `name` (three letters or more) begins exactly
    /// one candidate. Among equally near candidates the first one wins, so the answer is deterministic.
    public static func nearest(to name: String, in candidates: some Sequence<String>) -> String? {
        let wanted = folded(name)
        guard !wanted.isEmpty, wanted.count <= maximumLength else { return nil }
        var best: (candidate: String, distance: Int)?
        var completions: [String] = []
        for candidate in candidates {
            let other = folded(candidate)
            guard !other.isEmpty, other.count <= maximumLength else { continue }
            if wanted.count >= 3, other.starts(with: wanted) { completions.append(candidate) }
            let distance = distance(between: wanted, and: other)
            let allowed = max(1, max(wanted.count, other.count) / 3)
            guard distance <= allowed, distance < min(wanted.count, other.count) else { continue }
            if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
        }
        if let best { return best.candidate }
        return completions.count == 1 ? completions.first : nil
    }

    /// The least number of single-character insertions, deletions, substitutions and swaps of neighbours that turn
    /// `first` into `second` (optimal string alignment distance).
    public static func editDistance(_ first: String, _ second: String) -> Int {
        distance(between: Array(first), and: Array(second))
    }

    private static func folded(_ name: String) -> [Character] {
        name.lowercased().map { $0 == "_" ? "-" : $0 }
    }

    private static func distance(between first: [Character], and second: [Character]) -> Int {
        guard !first.isEmpty else { return second.count }
        guard !second.isEmpty else { return first.count }
        var beforePrevious = [Int](repeating: 0, count: second.count + 1)
        var previous = Array(0...second.count)
        var current = previous
        for row in 1...first.count {
            current[0] = row
            for column in 1...second.count {
                let same = first[row - 1] == second[column - 1]
                var cost = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (same ? 0 : 1))
                if row > 1, column > 1, first[row - 1] == second[column - 2], first[row - 2] == second[column - 1] {
                    cost = min(cost, beforePrevious[column - 2] + 1)
                }
                current[column] = cost
            }
            (beforePrevious, previous, current) = (previous, current, beforePrevious)
        }
        return previous[second.count]
    }
}
