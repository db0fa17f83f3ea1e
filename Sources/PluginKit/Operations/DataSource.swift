import Foundation
import MediaValues

/// Where the bytes of a media file come from.
public enum DataSource: Hashable, Sendable, Codable {
    /// A file on this machine.
    case file(path: String, formatHint: String? = nil)
    /// An `http` or `https` address, read by ranges.
    case url(String, formatHint: String? = nil)
    /// Bytes in memory with the container's name (`mp4`, `wav`, …).
    case bytes([UInt8], formatHint: String)
    /// The process's standard input.
    case standardInput(formatHint: String? = nil)

    /// Reads what a user typed: `-`, an address, or a path.
    public init(argument: String) {
        let lowered = argument.lowercased()
        if argument == "-" {
            self = .standardInput()
        } else if lowered.hasPrefix("http://") || lowered.hasPrefix("https://") {
            self = .url(argument)
        } else {
            self = .file(path: argument)
        }
    }

    /// What to call the source in messages and reports. Credentials and queries of addresses, which often hold
    /// signatures, are replaced by a short hash that still tells two addresses apart.
    public var displayName: String {
        switch self {
        case .file(let path, _): path
        case .url(let address, _): Self.redacted(address)
        case .bytes: "bytes"
        case .standardInput: "standard input"
        }
    }

    private static func redacted(_ address: String) -> String {
        let end = address.firstIndex { $0 == "?" || $0 == "#" } ?? address.endIndex
        var visible = String(address[..<end])
        var hidesSomething = end != address.endIndex
        if let scheme = visible.range(of: "://") {
            let host = visible[scheme.upperBound...]
            let authority = host.prefix { $0 != "/" }
            if let at = authority.lastIndex(of: "@") {
                visible.removeSubrange(scheme.upperBound...at)
                hidesSomething = true
            }
        }
        guard hidesSomething else { return address }
        return "\(visible)?[\(ContentHash.blake3(of: address).description.prefix(8))]"
    }

    /// The container's usual extension as far as the user or the name tells: lower case, at most 10 letters or digits.
    public var formatHint: String? {
        switch self {
        case .file(let path, let hint): hint.flatMap(Self.normalizedHint) ?? Self.hint(fromPath: path)
        case .url(let address, let hint):
            hint.flatMap(Self.normalizedHint)
                ?? Self.hint(fromPath: String(address.prefix { $0 != "?" && $0 != "#" }))
        case .bytes(_, let hint): Self.normalizedHint(hint)
        case .standardInput(let hint): hint.flatMap(Self.normalizedHint)
        }
    }

    /// The extension of a path as a hint; nil where there is none that could be one.
    package static func hint(fromPath path: String) -> String? {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return nil }
        return normalizedHint(String(name[name.index(after: dot)...]))
    }

    private static func normalizedHint(_ hint: String) -> String? {
        let text = hint.lowercased().drop { $0 == "." }
        guard !text.isEmpty, text.count <= 10, text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
            return nil
        }
        return String(text)
    }

    /// The name that output folders carry: the file's name without its extension.
    public var stem: String {
        let raw: String =
            switch self {
            case .file(let path, _): path
            case .url(let address, _):
                String(address.prefix { $0 != "?" && $0 != "#" })
            case .bytes: "bytes"
            case .standardInput: "stdin"
            }
        let name = raw.split(separator: "/").last.map(String.init) ?? "media"
        let base = name.lastIndex(of: ".").flatMap { $0 > name.startIndex ? String(name[..<$0]) : nil } ?? name
        let safe = String(base.map { $0.isNewline || $0 == "\0" || $0 == "/" ? "_" : $0 })
        return safe.isEmpty || safe == "." || safe == ".." ? "media" : safe
    }
}
