import Foundation
import PluginKit

/// Remembers which result lies in an output folder, so that an unchanged one is not written again.
///
/// For each operation a hidden file holds the cache key and the stamp of every file. Anything that differs means "write
/// again".
struct OutputStamp {
    private static let folder = ".state"

    private let directory: String
    private let path: String
    private let key: CacheKey

    init(directory: String, operation: String, key: CacheKey) {
        self.directory = directory
        path = "\(directory)/\(Self.folder)/\(operation)"
        self.key = key
    }

    /// Whether exactly these files of this result lie in the folder, untouched.
    func matches(_ files: [String]) -> Bool {
        guard let known = FileManager.default.contents(atPath: path), let expected = describe(files) else {
            return false
        }
        return known == expected
    }

    /// Files of the result that lay there before.
    var earlierFiles: [String] {
        guard let known = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: known, as: UTF8.self).split(separator: "\n").dropFirst()
            .compactMap { $0.split(separator: "\t").first.map(String.init) }
            .filter { !$0.hasPrefix("/") && !$0.split(separator: "/").contains("..") }
    }

    /// Remembers the files just written. Best effort: without it they are written again next time.
    func record(_ files: [String]) {
        guard let data = describe(files) else { return }
        mkdir("\(directory)/\(Self.folder)", 0o777)
        let temporary = DurableFiles.temporaryName(for: path)
        do {
            try data.withUnsafeBytes { try FileWriting.write($0, to: temporary) }
            try FileWriting.rename(temporary, to: path)
        } catch {
            unlink(temporary)
        }
    }

    private func describe(_ files: [String]) -> Data? {
        var lines = [key.description]
        for file in files {
            guard let stamp = FileStamp(fileAt: directory + "/" + file) else { return nil }
            lines.append("\(file)\t\(stamp)")
        }
        return Data((lines.joined(separator: "\n") + "\n").utf8)
    }
}
