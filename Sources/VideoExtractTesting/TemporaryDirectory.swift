import Foundation

/// A folder of its own for a test, removed with everything in it when the object goes.
public final class TemporaryDirectory: Sendable {
    /// Absolute path, without a slash at the end.
    public let path: String

    /// Makes the folder.
    ///
    /// - Throws: the file system's error.
    public init() throws {
        let base = FileManager.default.temporaryDirectory.path
        path = base + "/video-extract-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        // A test may have taken the right to write away.
        chmod(path, 0o755)
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The absolute path of `relative`.
    public func file(_ relative: String) -> String { path + "/" + relative }

    /// Writes a file, making the folders above it.
    ///
    /// - Returns: its absolute path.
    /// - Throws: the file system's error.
    @discardableResult
    public func write(_ text: String, to relative: String) throws -> String {
        let target = file(relative)
        let folder = (target as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: target))
        return target
    }

    /// The text of a file; nil where there is none.
    public func text(_ relative: String) -> String? {
        FileManager.default.contents(atPath: file(relative)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Relative paths of all files below `relative`, hidden ones included, in alphabetical order.
    public func files(below relative: String = "") -> [String] {
        let root = relative.isEmpty ? path : file(relative)
        let all = (try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? []
        return all.filter { entry in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: root + "/" + entry, isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }

    /// Names of everything directly in `relative`, in alphabetical order; empty where there is no such folder.
    public func names(in relative: String = "") -> [String] {
        let folder = relative.isEmpty ? path : file(relative)
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }
}
