/// Whether two readings are likely the same text, one of them with a slip.
enum TextSimilarity {
    /// Letters and digits alone count, in lower case. At most one character in five may differ, and no digit: a clock
    /// that moves on is another text.
    static func isSame(_ first: String, _ second: String) -> Bool {
        if first == second { return true }
        let (a, b) = (essence(first), essence(second))
        if a == b { return !a.isEmpty }
        guard a.filter(\.isNumber) == b.filter(\.isNumber) else { return false }
        let allowed = max(a.count, b.count) / 5
        return allowed > 0 && abs(a.count - b.count) <= allowed && distance(a, b) <= allowed
    }

    /// Least number of insertions, deletions and replacements that turn one into the other (Levenshtein).
    static func distance(_ first: [Character], _ second: [Character]) -> Int {
        var row = Array(0...second.count)
        for (i, left) in first.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, right) in second.enumerated() {
                let replaced = diagonal + (left == right ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[second.count]
    }

    private static func essence(_ text: String) -> [Character] {
        text.lowercased().filter { $0.isLetter || $0.isNumber }
    }
}
