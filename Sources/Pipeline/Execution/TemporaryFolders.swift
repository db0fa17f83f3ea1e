import Foundation
import PluginKit
import MediaValues

/// Temporary folders of this process, known by name so that even an abrupt end can remove them.
package enum TemporaryFolders {
    private struct State {
        var known: Set<String> = []
        /// True once the process is about to end: nothing new may begin then.
        var isClosed = false
    }

    private static let state = Guarded(State())

    /// Creates a folder that only this user can read.
    package static func make(in parent: String) throws -> String {
        let base = parent.hasSuffix("/") ? String(parent.dropLast()) : parent
        var template = Array((base + "/video-extract-XXXXXX").utf8CString)
        return try state.withLock { state in
            guard !state.isClosed else { throw CancellationError() }
            guard mkdtemp(&template) != nil else { throw FileWriting.failure("create a folder in", base) }
            let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            state.known.insert(path)
            return path
        }
    }

    /// Removes a folder.
    package static func remove(_ path: String) {
        state.withLock { _ = $0.known.remove(path) }
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Removes all that are left and lets no new one begin; for the moment before the process ends itself.
    package static func removeAll() {
        let paths = state.withLock { state in
            state.isClosed = true
            return state.known
        }
        for path in paths {
            // Stages may still be writing: under another name nothing new can join.
            let trash = path + "-ended"
            let target = rename(path, trash) == 0 ? trash : path
            for _ in 0..<4 where access(target, F_OK) == 0 { remove(target) }
            remove(path)
        }
    }
}

/// Folders that live as long as a run: results that are not in the cache.
final class OwnedFolders: Sendable {
    private let folders = Guarded<[String]>([])

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
