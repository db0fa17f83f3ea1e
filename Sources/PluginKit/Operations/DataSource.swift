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

    /// What to call the source in messages.
    public var displayName: String {
        switch self {
        case .file(let path, _): path
        case .url(let address, _): address
        case .bytes: "bytes"
        case .standardInput: "standard input"
        }
    }

    /// The name that output folders carry: the file's name without its extension.
    public var stem: String {
        let raw: String =
            switch self {
            case .file(let path, _): path
            case .url(let address, _):
                String(address.split(separator: "?", maxSplits: 1)[0].split(separator: "#", maxSplits: 1)[0])
            case .bytes: "bytes"
            case .standardInput: "stdin"
            }
        let name = raw.split(separator: "/").last.map(String.init) ?? "media"
        let base = name.lastIndex(of: ".").flatMap { $0 > name.startIndex ? String(name[..<$0]) : nil } ?? name
        let safe = String(base.map { $0.isNewline || $0 == "\0" || $0 == "/" ? "_" : $0 })
        return safe.isEmpty || safe == "." || safe == ".." ? "media" : safe
    }
}
