import Foundation
import PluginKit
import MediaValues

/// Folders of running stages. Their names begin with the process that owns them, so that any later process can tell
/// which were left behind by one that was killed.
///
/// Processes that share a cache must see each other's process identifiers (one machine, one container).
enum StagingFolders {
    private static let counter = Guarded(0)
    /// Parents in which nothing new may begin, because the process is about to end.
    private static let closed = Guarded<Set<String>>([])
    private static let swept = Guarded<Set<String>>([])

    /// A path that nothing else in this process uses, whichever cache it opened.
    static func nextPath(in parent: String) -> String {
        let number = counter.withLock { value in
            value += 1
            return value
        }
        return parent + "/\(getpid())-\(number)"
    }

    static func make(in parent: String) throws -> String {
        let path = nextPath(in: parent)
        try closed.withLock { closed in
            guard !closed.contains(parent) else { throw CancellationError() }
            guard mkdir(path, 0o755) == 0 else { throw FileWriting.failure("create", path) }
        }
        return path
    }

    static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

    /// Removes the folders of this process and of those that are no more, and lets no new one begin.
    static func close(_ parent: String) {
        closed.withLock { _ = $0.insert(parent) }
        let own = "\(getpid())-"
        // Stages may still be writing: under another name nothing new can join, and what slipped in goes with the next
        // round.
        for _ in 0..<4 {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
            let mine = names.filter { $0.hasPrefix(own) }
            if mine.isEmpty { break }
            for name in mine {
                let trash = nextPath(in: parent)
                remove(rename(parent + "/" + name, trash) == 0 ? trash : parent + "/" + name)
            }
        }
        sweep(parent)
    }

    /// Removes the folders of processes that no longer exist. The first sweep of a process takes those with its own
    /// number too: an earlier process that had it left them behind.
    static func sweep(_ parent: String) {
        let isFirst = swept.withLock { $0.insert(realPath(parent)).inserted }
        let own = "\(getpid())-"
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? [] {
            guard let owner = name.split(separator: "-").first.flatMap({ Int32($0) }) else { continue }
            if name.hasPrefix(own) {
                if isFirst { remove(parent + "/" + name) }
                continue
            }
            if kill(owner, 0) != 0, errno == ESRCH { remove(parent + "/" + name) }
        }
    }

    private static func realPath(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
