/// Breaks text into lines of a given width.
enum TextWrap {
    /// `text` in lines of at most `width` characters; longer words stand alone. Paragraphs (separated by an empty
    /// line) stay apart; lines that begin with a space are kept as they are.
    static func lines(_ text: String, width: Int) -> [String] {
        var result: [String] = []
        var words: [Substring] = []
        func flush() {
            var line = ""
            for word in words {
                if !line.isEmpty, line.count + 1 + word.count > width {
                    result.append(line)
                    line = ""
                }
                line += line.isEmpty ? String(word) : " \(word)"
            }
            if !line.isEmpty { result.append(line) }
            words = []
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.first == " " || line.isEmpty {
                flush()
                result.append(String(line))
            } else {
                words += line.split(separator: " ")
            }
        }
        flush()
        return result
    }

    /// Two columns: `left` and, from `column` on, `right` wrapped. A wide `left` gets a line of its own.
    static func entry(_ left: String, _ right: String, column: Int, width: Int) -> [String] {
        let head = "  " + left
        let body = lines(right, width: max(width - column, 20))
        guard let first = body.first else { return [head] }
        let indent = String(repeating: " ", count: column)
        let rest = body.dropFirst().map { indent + $0 }
        guard head.count + 2 <= column else { return [head, indent + first] + rest }
        return [head + String(repeating: " ", count: column - head.count) + first] + rest
    }
}
