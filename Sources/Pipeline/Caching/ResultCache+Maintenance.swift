public import Foundation
import MediaValues
import PluginKit

extension ResultCache {
    /// Counts for `cache stats`.
    public struct Statistics: Sendable, Codable, Hashable {
        /// Complete entries.
        public var entries = 0
        /// Bytes of their files.
        public var sizeBytes: Int64 = 0
        /// Most bytes kept.
        public var limitBytes: Int64 = 0
        /// Entries by plugin.
        public var entriesByPlugin: [String: Int] = [:]
        /// Bytes by plugin.
        public var sizeBytesByPlugin: [String: Int64] = [:]
    }

    /// What `cache verify` found.
    public struct Verification: Sendable, Codable, Hashable {
        /// Entries whose every file matches its digest.
        public var intact = 0
        /// Keys of the damaged ones, which were removed.
        public var removed: [String] = []
    }

    private struct Located {
        var folder: String
        var lastUse: Int
        var size: Int64
        var plugin: String
    }

    private func everyFolder() -> [String] {
        let manager = FileManager.default
        let groups = (try? manager.contentsOfDirectory(atPath: entriesDirectory)) ?? []
        return groups.sorted().flatMap { group in
            let names = (try? manager.contentsOfDirectory(atPath: entriesDirectory + "/" + group)) ?? []
            return names.sorted().map { "\(entriesDirectory)/\(group)/\($0)" }
        }
    }

    private func everyEntry() -> [Located] {
        everyFolder().compactMap { folder in
            var status = stat()
            guard stat(folder, &status) == 0, let entry = CacheEntry.load(from: folder, key: nil, check: .sizes) else {
                return nil
            }
            return Located(
                folder: folder, lastUse: status.st_mtim.tv_sec, size: entry.totalSize, plugin: entry.plugin)
        }
    }

    /// Counts entries and bytes. Blocking.
    public func statistics() -> Statistics {
        var result = Statistics()
        result.limitBytes = sizeLimit
        for entry in everyEntry() {
            result.entries += 1
            result.sizeBytes += entry.size
            result.entriesByPlugin[entry.plugin, default: 0] += 1
            result.sizeBytesByPlugin[entry.plugin, default: 0] += entry.size
        }
        setUsage(result.sizeBytes)
        return result
    }

    /// Checks every entry against its digests and removes the damaged ones. Blocking.
    public func verify() -> Verification {
        var result = Verification()
        for folder in everyFolder() {
            let name = (folder as NSString).lastPathComponent
            if let key = ContentHash(hex: name), CacheEntry.load(from: folder, key: key, check: .digests) != nil {
                result.intact += 1
            } else {
                result.removed.append(name)
                remove(folder)
            }
        }
        return result
    }

    /// Removes every entry, or those of one plugin. Blocking.
    ///
    /// - Returns: how many entries and bytes went.
    public func clear(plugin: String? = nil) -> (entries: Int, bytes: Int64) {
        var entries = 0
        var bytes: Int64 = 0
        for entry in everyEntry() where plugin == nil || entry.plugin == plugin {
            remove(entry.folder)
            entries += 1
            bytes += entry.size
        }
        if plugin == nil { for folder in everyFolder() { remove(folder) } }
        _ = statistics()
        return (entries, bytes)
    }

    /// Removes the entries unused for longest until at most `target` bytes are left; spares those used in the last
    /// `graceSeconds`. Blocking.
    public func evict(toSize target: Int64, graceSeconds: Int = 600, now: Date = Date()) {
        let entries = everyEntry().sorted { ($0.lastUse, $0.folder) < ($1.lastUse, $1.folder) }
        var total = entries.reduce(0) { $0 + $1.size }
        let newest = Int(now.timeIntervalSince1970) - graceSeconds
        for entry in entries where total > target && entry.lastUse <= newest {
            remove(entry.folder)
            total -= entry.size
        }
        setUsage(total)
    }
}
