public import Foundation
import MediaValues

/// What a stage made: files below its folder, one of which is the JSON document that describes the rest.
public struct StageOutput: Sendable {
    /// Whether there is anything in it.
    public enum Outcome: Sendable, Hashable {
        /// Something was found.
        case done
        /// The work was done and nothing was found; why, in words.
        case empty(reason: String)
    }

    /// Folder that the paths are relative to.
    public var directory: String
    /// Relative path of the JSON document.
    public var documentPath: String
    /// Relative paths of every file, the document included, in a stable order.
    public var files: [String]
    /// Whether there is anything in it.
    public var outcome: Outcome
    /// Counts for summaries: `["segments": 3]`.
    public var counts: [String: Int]

    /// Creates an output.
    public init(
        directory: String, documentPath: String, files: [String], outcome: Outcome = .done, counts: [String: Int] = [:]
    ) {
        self.directory = directory
        self.documentPath = documentPath
        self.files = files
        self.outcome = outcome
        self.counts = counts
    }

    /// The document's bytes.
    ///
    /// - Throws: the file system's error.
    public func documentData() throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: directory + "/" + documentPath))
    }

    /// The document as a value.
    ///
    /// - Throws: the file system's error, or `DecodingError`.
    public func document<Value: Decodable>(as type: Value.Type) throws -> Value {
        try ResultEncoding.decoder.decode(type, from: documentData())
    }
}

/// The folder that a stage writes into; everything in it becomes its result or is removed.
public final class StageFiles: Sendable {
    /// Absolute path of the folder.
    public let directory: String
    private let written = Guarded<[String]>([])

    /// Uses an existing empty folder.
    public init(directory: String) { self.directory = directory }

    /// Writes a file, creating the folders on the way.
    ///
    /// - Parameter path: relative; `..` and absolute paths are refused.
    /// - Throws: `PluginError` with `outputFailed`, naming the file and the reason.
    public func write(_ bytes: some ContiguousBytes, to path: String) throws {
        let target = try prepare(path)
        try bytes.withUnsafeBytes { try FileWriting.write($0, to: target) }
    }

    /// Announces a file that the stage writes by itself, and returns its absolute path; the folders exist afterwards.
    ///
    /// - Throws: `PluginError` with `outputFailed`.
    public func prepare(_ path: String) throws -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !path.isEmpty, !parts.contains(".."), !parts.contains(""), !parts.contains(".") else {
            throw PluginError(.outputFailed, "a stage may only write below its own folder, not to '\(path)'")
        }
        let isNew = written.withLock { known in
            if known.contains(path) { return false }
            known.append(path)
            return true
        }
        let target = directory + "/" + path
        if isNew, parts.count > 1 {
            let folder = directory + "/" + parts.dropLast().joined(separator: "/")
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch {
                throw PluginError(.outputFailed, "cannot create \(folder): \(error.localizedDescription)")
            }
        }
        return target
    }

    /// Renames a written file.
    ///
    /// - Throws: `PluginError` with `outputFailed`.
    public func rename(_ path: String, to newPath: String) throws {
        let target = try prepare(newPath)
        try FileWriting.rename(directory + "/" + path, to: target)
        written.withLock { known in known.removeAll { $0 == path } }
    }

    /// Removes a written file again.
    public func remove(_ path: String) {
        written.withLock { known in known.removeAll { $0 == path } }
        try? FileManager.default.removeItem(atPath: directory + "/" + path)
    }

    /// Writes `document` as readable JSON and describes everything written so far as the stage's output.
    ///
    /// - Throws: `PluginError` with `outputFailed`, or `EncodingError`.
    public func finish(
        document: some Encodable, at path: String, outcome: StageOutput.Outcome = .done, counts: [String: Int] = [:]
    ) throws -> StageOutput {
        try write(Data(ResultEncoding.pretty(document)), to: path)
        let others = written.withLock { $0 }.filter { $0 != path }.sorted()
        return StageOutput(
            directory: directory, documentPath: path, files: [path] + others, outcome: outcome, counts: counts)
    }
}
