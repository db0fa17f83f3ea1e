/// Status and headers of one answer.
struct HTTPResponseHead {
    private(set) var status = 0
    private(set) var fields: [(name: String, value: String)] = []

    /// Takes one header line as libcurl delivers it; a status line begins a new head (after a redirect or 1xx).
    mutating func append(line: String) {
        if line.hasPrefix("HTTP/") {
            fields.removeAll()
            let parts = line.split(whereSeparator: \.isWhitespace)
            status = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        } else if let colon = line.firstIndex(of: ":") {
            let name = line[..<colon].lowercased()
            fields.append((name, Self.trim(line[line.index(after: colon)...])))
        }
    }

    /// The first value of the field; `name` in lower case.
    func field(_ name: String) -> String? {
        fields.first { $0.name == name }?.value
    }

    var contentLength: Int64? {
        field("content-length").flatMap { Int64($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }

    /// `bytes FIRST-LAST/TOTAL` or `bytes */TOTAL` (RFC 9110, 14.4).
    var contentRange: (first: Int64?, last: Int64?, total: Int64?)? {
        guard let value = field("content-range"), value.lowercased().hasPrefix("bytes ") else { return nil }
        let parts = value.dropFirst(6).split(separator: "/", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let total = Int64(Self.trim(parts[1]))
        let bounds = parts[0].split(separator: "-", maxSplits: 1).map { Int64(Self.trim($0)) }
        return bounds.count == 2 ? (bounds[0], bounds[1], total) : (nil, nil, total)
    }

    /// A validator that `If-Range` accepts: a strong ETag, else the modification date.
    var validator: String? {
        if let tag = field("etag"), !tag.hasPrefix("W/") { return tag }
        return field("last-modified")
    }

    private static func trim(_ text: some StringProtocol) -> String {
        var part = Substring(text)
        while let first = part.first, first.isWhitespace { part.removeFirst() }
        while let last = part.last, last.isWhitespace { part.removeLast() }
        return String(part)
    }
}
