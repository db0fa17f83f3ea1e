/// Plain text of an ASS event.
///
/// What is drawn or styled falls away: override blocks `{…}` and the vector drawings that `{\p1}` switches on. `\N`, `\n`
/// start a line, `\h` is a blank, and `\{`, `\}`, `\\` stand for themselves (specification "ASS File Format", and what
/// FFmpeg's decoders write when they turn other formats into ASS).
enum SubtitleMarkup {
    /// Text of the line that FFmpeg's decoders give: `ReadOrder,Layer,Style,Name,MarginL,MarginR,MarginV,Effect,Text`.
    static func plainText(event line: String) -> String {
        var rest = Substring(line)
        for _ in 0..<8 {
            guard let comma = rest.firstIndex(of: ",") else { return "" }
            rest = rest[rest.index(after: comma)...]
        }
        return plainText(markup: rest)
    }

    /// Text without markup, without blank lines and blanks at the ends of lines.
    static func plainText(markup: Substring) -> String {
        var text = String.UnicodeScalarView()
        var isDrawing = false
        let scalars = markup.unicodeScalars
        var position = scalars.startIndex
        while position < scalars.endIndex {
            let scalar = scalars[position]
            let following = scalars.index(after: position)
            if scalar == "{", let end = scalars[following...].firstIndex(of: "}") {
                if let drawing = drawingMode(scalars[following..<end]) { isDrawing = drawing }
                position = scalars.index(after: end)
                continue
            }
            position = following
            var written = scalar
            if scalar == "\\", following < scalars.endIndex {
                switch scalars[following] {
                case "N", "n": written = "\n"
                case "h": written = " "
                case "{", "}", "\\": written = scalars[following]
                default:
                    if !isDrawing { text.append(scalar) }
                    continue
                }
                position = scalars.index(after: following)
            }
            if !isDrawing { text.append(written) }
        }
        return tidied(text)
    }

    /// What the last `\p` of an override block switches to; nil without one. `\pos` and `\pbo` are something else.
    private static func drawingMode(_ block: Substring.UnicodeScalarView) -> Bool? {
        var mode: Bool?
        var position = block.startIndex
        while let slash = block[position...].firstIndex(of: "\\") {
            position = block.index(after: slash)
            guard position < block.endIndex, block[position] == "p" else { continue }
            let digits = block[block.index(after: position)...].prefix { $0.properties.numericType == .decimal }
            if !digits.isEmpty { mode = digits.contains { $0 != "0" } }
        }
        return mode
    }

    /// Control characters go, except for line feeds; so do blanks around lines, and empty lines.
    private static func tidied(_ scalars: String.UnicodeScalarView) -> String {
        var clean = String.UnicodeScalarView()
        for scalar in scalars {
            switch scalar.value {
            case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: clean.append("\n")
            case 0x09, 0xA0: clean.append(" ")
            case 0..<0x20, 0x7F..<0xA0: continue
            default: clean.append(scalar)
            }
        }
        return clean.split(separator: "\n").compactMap { line in
            guard let first = line.firstIndex(where: { $0 != " " }), let last = line.lastIndex(where: { $0 != " " })
            else { return nil }
            return String(line[first...last])
        }.joined(separator: "\n")
    }
}
