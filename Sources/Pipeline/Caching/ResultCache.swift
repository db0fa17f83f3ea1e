public import Foundation
import MediaValues
public import PluginKit

/// Results of stages on the local disk, by content.
///
/// Entries are folders that appear and vanish by one `rename`, so no reader ever sees half of one, whatever process
/// is killed when. Any number of processes may share a cache. Everything is checked against its digest when it is
/// read; what does not match is removed and computed again. Entries unused for longest are evicted when the size
/// limit is passed, but never one used in the last ten minutes: a run may still be reading it.
public final class ResultCache: Sendable {
    /// A folder for a stage that is running; removed unless it becomes an entry.
    public struct Staging: Sendable {
        /// Absolute path.
        public let directory: String
    }

    /// Folder of the cache.
    public let directory: String
    /// Most bytes kept.
    public let sizeLimit: Int64
    let entriesDirectory: String
    private let stagingDirectory: String
    private let usage: CacheUsage

    /// Most bytes kept unless told otherwise: 20 GiB.
    public static let defaultSizeLimit: Int64 = 20 << 30

    /// Opens a cache, creating its folders, and sweeps what killed processes left behind.
    ///
    /// - Throws: `PluginError` with `outputFailed` where the folder cannot be made.
    public init(directory: String, sizeLimit: Int64 = ResultCache.defaultSizeLimit) throws {
        self.directory = directory
        self.sizeLimit = sizeLimit
        entriesDirectory = directory + "/entries"
        stagingDirectory = directory + "/staging"
        usage = CacheUsage(path: directory + "/usage")
        for folder in [entriesDirectory, stagingDirectory] {
            do {
                try DurableFiles.makeFolder(folder)
            } catch let error as PluginError {
                throw PluginError(
                    error.code, "the cache: \(error.message), with --cache-dir, or run with --no-cache",
                    details: error.details)
            }
        }
        StagingFolders.sweep(stagingDirectory)
    }

    /// The entry for `key`, checked; a damaged one is removed.
    ///
    /// Blocking: call it off the cooperative pool.
    ///
    /// - Parameter isValid: the plugin's own opinion of the entry.
    public func lookup(_ key: CacheKey, isValid: (CacheEntryDescription) -> Bool) -> StageOutput? {
        let folder = path(of: key.hash)
        guard access(folder, F_OK) == 0 else { return nil }
        guard let entry = CacheEntry.load(from: folder, key: key.hash, check: .stamps) else {
            remove(folder)
            return nil
        }
        let description = CacheEntryDescription(
            cacheVersion: entry.cacheVersion, pluginVersion: entry.pluginVersion, createdAt: entry.createdAt)
        guard isValid(description) else {
            remove(folder)
            return nil
        }
        utimes(folder, nil)
        return entry.output(in: folder)
    }

    /// A new empty folder for a stage.
    ///
    /// - Throws: `PluginError` with `outputFailed`.
    public func makeStaging() throws -> Staging {
        Staging(directory: try StagingFolders.make(in: stagingDirectory))
    }

    /// Removes a stage's folder that did not become an entry.
    public func discard(_ staging: Staging) { StagingFolders.remove(staging.directory) }

    /// Turns a stage's folder into the entry for `key`; of two processes that do, one wins and both get the same.
    ///
    /// Blocking. Files and folder are on the disk before the entry appears.
    ///
    /// - Throws: `PluginError` with `outputFailed`; the staging folder is removed then.
    public func commit(
        _ staging: Staging, output: StageOutput, key: CacheKey, manifest: PluginManifest, now: Date = Date()
    ) throws -> StageOutput {
        do {
            let entry = try describe(output, key: key, manifest: manifest, now: now)
            let target = path(of: key.hash)
            try DurableFiles.makeFolder((target as NSString).deletingLastPathComponent)
            let parent = (target as NSString).deletingLastPathComponent
            while rename(staging.directory, target) != 0 {
                guard errno == ENOTEMPTY || errno == EEXIST else { throw FileWriting.failure("rename to", target) }
                if let winner = CacheEntry.load(from: target, key: key.hash, check: .stamps) {
                    StagingFolders.remove(staging.directory)
                    return winner.output(in: target)
                }
                guard remove(target) else { throw FileWriting.failure("replace the damaged entry", target) }
            }
            try DurableFiles.sync(folder: parent)
            let total = usage.add(entry.totalSize)
            if total > sizeLimit { evict(toSize: sizeLimit / 10 * 9) }
            return entry.output(in: target)
        } catch {
            StagingFolders.remove(staging.directory)
            throw PluginError(wrapping: error, code: .outputFailed, doing: "writing to the cache")
        }
    }

    /// Removes the folders of running stages, this process's and those of processes that have ended. No stage can begin
    /// in this cache afterwards: it is for the moment before the process ends itself.
    public func abandonStaging() { StagingFolders.close(stagingDirectory) }

    private func describe(
        _ output: StageOutput, key: CacheKey, manifest: PluginManifest, now: Date
    ) throws -> CacheEntry {
        var files: [CacheEntry.File] = []
        for path in output.files {
            let full = output.directory + "/" + path
            let (digest, size) = try FileHashing.hash(fileAt: full, isCancelled: { false })
            try DurableFiles.sync(file: full)
            guard let stamp = FileStamp(fileAt: full) else { throw FileWriting.failure("examine", full) }
            files.append(CacheEntry.File(path: path, size: size, blake3: digest, stamp: stamp))
        }
        var emptyReason: String?
        if case .empty(let reason) = output.outcome { emptyReason = reason }
        let entry = CacheEntry(
            key: key.hash, plugin: manifest.name, pluginVersion: manifest.version,
            cacheVersion: manifest.cache.version, createdAt: Timestamps.iso8601(now),
            documentPath: output.documentPath, files: files, emptyReason: emptyReason, counts: output.counts)
        let descriptionPath = output.directory + "/" + CacheEntry.fileName
        try ResultEncoding.pretty(entry).withUnsafeBytes { try FileWriting.write($0, to: descriptionPath) }
        try DurableFiles.sync(file: descriptionPath)
        try DurableFiles.sync(folder: output.directory)
        return entry
    }

    func path(of hash: ContentHash) -> String {
        let hex = hash.description
        return entriesDirectory + "/" + hex.prefix(2) + "/" + hex
    }

    /// Takes an entry away by one rename, then deletes it.
    ///
    /// - Returns: false where it is still there.
    @discardableResult
    func remove(_ folder: String) -> Bool {
        let trash = StagingFolders.nextPath(in: stagingDirectory)
        guard rename(folder, trash) == 0 else { return errno == ENOENT }
        StagingFolders.remove(trash)
        return true
    }

    /// Forgets what is known of the total size and writes `total` instead.
    func setUsage(_ total: Int64) { usage.set(total) }
}
