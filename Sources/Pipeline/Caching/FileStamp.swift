import Foundation

/// What changes whenever anybody touches a file: size, modification and change time, inode.
///
/// The change time is set by the kernel alone, so an equal stamp means the same bytes (short of a damaged disk).
struct FileStamp: Hashable, Codable, Sendable {
    private let text: String

    /// The stamp of a file that was examined.
    init(_ status: stat) {
        let times = [status.st_mtim, status.st_ctim].map { "\($0.tv_sec).\($0.tv_nsec)" }
        text = "\(status.st_size) \(times.joined(separator: " ")) \(status.st_ino)"
    }

    /// The stamp of a file, not following links; nil where it does not exist.
    init?(fileAt path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Reads the text.
    init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    /// Writes the text.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension FileStamp: CustomStringConvertible {
    var description: String { text }
}
