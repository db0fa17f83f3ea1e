import Foundation
import PluginKit
import Synchronization

/// Temporary folders of this process, known by name so that even an abrupt end can remove them.
package enum TemporaryFolders {
    private static let known = Mutex<Set<String>>([])

    /// Creates a folder that only this user can read.
    package static func make(in parent: String) throws -> String {
        let base = parent.hasSuffix("/") ? String(parent.dropLast()) : parent
        var template = Array((base + "/video-extract-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw FileWriting.failure("create a folder in", base) }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        known.withLock { _ = $0.insert(path) }
        return path
    }

    /// Removes a folder.
    package static func remove(_ path: String) {
        known.withLock { _ = $0.remove(path) }
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Removes all that are left; for the moment before the process ends itself.
    package static func removeAll() {
        for path in known.withLock({ $0 }) { remove(path) }
    }
}

/// Folders that live as long as a run: results that are not in the cache.
final class OwnedFolders: Sendable {
    private let folders = Mutex<[String]>([])

    func add(_ path: String) { folders.withLock { $0.append(path) } }

    func removeAll() {
        for path in folders.withLock({ folders in
            defer { folders = [] }
            return folders
        }) {
            TemporaryFolders.remove(path)
        }
    }
}
