import Foundation
import MediaValues
import PluginKit

/// The description of a cached result, kept beside its files as `entry.json`.
struct CacheEntry: Codable, Sendable {
    struct File: Codable, Sendable {
        var path: String
        var size: Int64
        var blake3: ContentHash
        /// What the file system knew of the file when its digest was taken.
        var stamp: FileStamp
    }

    /// How closely the files are looked at.
    enum Check {
        /// They exist in their sizes.
        case sizes
        /// Those that may have been touched since their digest was taken are hashed again.
        case stamps
        /// All are hashed again.
        case digests
    }

    static let fileName = "entry.json"
    static let currentFormat = 2

    var format = CacheEntry.currentFormat
    var key: ContentHash
    var plugin: String
    var pluginVersion: String
    var cacheVersion: Int
    var createdAt: String
    var documentPath: String
    var files: [File]
    var emptyReason: String?
    var counts: [String: Int]

    var totalSize: Int64 { files.reduce(0) { $0 + $1.size } }

    func output(in directory: String) -> StageOutput {
        StageOutput(
            directory: directory, documentPath: documentPath, files: files.map(\.path),
            outcome: emptyReason.map { .empty(reason: $0) } ?? .done, counts: counts)
    }

    /// Reads the description in `directory` and checks every file.
    ///
    /// - Returns: nil where anything is missing or differs.
    static func load(from directory: String, key: ContentHash?, check: Check) -> CacheEntry? {
        guard let data = FileManager.default.contents(atPath: directory + "/" + fileName),
            let entry = try? ResultEncoding.decoder.decode(CacheEntry.self, from: data),
            entry.format == currentFormat, key == nil || entry.key == key
        else { return nil }
        for file in entry.files {
            let path = directory + "/" + file.path
            var status = stat()
            guard stat(path, &status) == 0, Int64(status.st_size) == file.size else { return nil }
            if check == .sizes || (check == .stamps && FileStamp(status) == file.stamp) { continue }
            guard let digest = try? FileHashing.hash(fileAt: path, isCancelled: { false }).hash, digest == file.blake3
            else { return nil }
        }
        return entry
    }
}
