import Foundation
import PluginKit

/// Folders of running stages. Their names begin with the process that owns them, so that any later process can tell
/// which were left behind by one that was killed.
enum StagingFolders {
    static func make(in parent: String, number: Int) throws -> String {
        let path = parent + "/\(getpid())-\(number)"
        remove(path)
        guard mkdir(path, 0o755) == 0 else { throw FileWriting.failure("create", path) }
        return path
    }

    static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

    /// Removes the folders of this process.
    static func removeOwn(in parent: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        where name.hasPrefix("\(getpid())-") {
            remove(parent + "/" + name)
        }
    }

    /// Removes the folders of processes that no longer exist, and those that an earlier process of the same number
    /// left behind (older than this process).
    static func sweep(_ parent: String) {
        let own = "\(getpid())-"
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? [] {
            guard let owner = name.split(separator: "-").first.flatMap({ Int32($0) }) else { continue }
            if name.hasPrefix(own) { continue }
            if kill(owner, 0) != 0, errno == ESRCH { remove(parent + "/" + name) }
        }
    }
}
