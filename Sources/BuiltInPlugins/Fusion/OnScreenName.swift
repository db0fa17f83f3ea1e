/// A line of text in the picture that is written like a name or title: `Jane Doe`, `J. R. Smith`, `Ludwig van
/// Beethoven`.
///
/// Conservative on purpose; it says how a line is written, never that somebody of that name exists:
/// - read with a confidence of at least 0.8;
/// - two to five words, at most 40 characters, letters only (with `'`, `’`, `-` inside and `.` after an initial);
/// - each word begins with a capital, except particles of names (`van`, `de`, …) between others;
/// - at least one word of two letters and more beside another one, and none of them an everyday word of headings
///   (`The`, `News`, `Live`, …).
/// Scripts without capitals have no such lines.
struct OnScreenName: Hashable {
    /// The words in lower case, separated by single spaces.
    var key: String
    /// As read, with single spaces.
    var label: String

    static let leastConfidence = 0.8
    private static let particles: Set<String> = [
        "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "el", "al", "bin", "ibn",
        "ter", "ten", "zu", "y",
    ]
    private static let headingWords: Set<String> = [
        "the", "a", "an", "and", "or", "of", "in", "on", "at", "for", "to", "with", "by", "from", "is", "are", "this",
        "that", "your", "our", "my", "news", "live", "breaking", "today", "tonight", "now", "watch", "subscribe", "end",
        "chapter", "part", "episode", "season", "introduction", "contents", "overview", "summary", "conclusion",
        "thank",
        "thanks", "you", "questions", "click", "here", "next", "previous", "menu", "home", "file", "edit", "view",
        "help",
        "start", "stop", "new", "open", "save", "exit", "no", "yes", "not", "what", "how", "why", "when", "where",
        "who",
        "all", "rights", "reserved", "copyright",
    ]

    init?(_ text: String, confidence: Double) {
        guard confidence >= Self.leastConfidence, text.count <= 40 else { return nil }
        let words = text.split(whereSeparator: \.isWhitespace)
        guard (2...5).contains(words.count), let first = words.first, let last = words.last else { return nil }
        var longWords = 0
        for word in words {
            let lower = word.lowercased()
            if Self.headingWords.contains(lower) { return nil }
            if Self.particles.contains(String(word)), word.startIndex != first.startIndex,
                word.startIndex != last.startIndex
            {
                continue
            }
            guard let initial = word.first, initial.isUppercase else { return nil }
            var letters = word.dropFirst()
            if letters == "." { continue }
            while let mark = letters.firstIndex(where: { "'’-".contains($0) }) {
                // A mark stands between letters.
                guard mark != letters.index(before: letters.endIndex) else { return nil }
                letters.remove(at: mark)
            }
            guard letters.allSatisfy(\.isLetter) else { return nil }
            if !letters.isEmpty { longWords += 1 }
        }
        guard longWords >= 1, words.count - longWords <= 3 else { return nil }
        label = words.joined(separator: " ")
        key = label.lowercased()
    }
}
