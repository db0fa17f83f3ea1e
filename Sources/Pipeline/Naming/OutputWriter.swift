import Foundation
import PluginKit

/// Puts results into the output folder: temporary names first, then one rename each.
struct OutputWriter: Sendable {
    /// Absolute or relative path of `{output_dir}/{stem}`.
    let directory: String

    /// Copies a stage's files. A folder that holds the stage's own document is replaced as a whole, so that no file
    /// of an earlier run with other parameters stays behind. Blocking.
    ///
    /// - Parameter key: identifies the result; one that lies there untouched is not written again.
    /// - Returns: the paths of the files, relative to the folder.
    /// - Throws: `PluginError` with `outputFailed`.
    func write(_ output: StageOutput, operation: String, key: CacheKey?) throws -> [String] {
        let stamp = key.map { OutputStamp(directory: directory, operation: operation, key: $0) }
        if let stamp, stamp.matches(output.files) { return output.files }
        let stale = Set(stamp?.earlierFiles ?? []).subtracting(output.files)
        try write(output)
        for file in stale { unlink(directory + "/" + file) }
        stamp?.record(output.files)
        return output.files
    }

    private func write(_ output: StageOutput) throws {
        let documentFolder = (output.documentPath as NSString).deletingLastPathComponent
        if !documentFolder.isEmpty, output.files.allSatisfy({ $0.hasPrefix(documentFolder + "/") }) {
            try replaceFolder(documentFolder, with: output)
        } else {
            try copyEach(output)
        }
    }

    /// Where one file cannot be written (a full disk), the ones before it go too: no document without its files.
    private func copyEach(_ output: StageOutput) throws {
        var copied: [String] = []
        do {
            for path in output.files {
                let folder = (path as NSString).deletingLastPathComponent
                if !folder.isEmpty { try DurableFiles.makeFolder(directory + "/" + folder) }
                try DurableFiles.copy(output.directory + "/" + path, to: directory + "/" + path)
                copied.append(path)
            }
        } catch {
            for path in copied { unlink(directory + "/" + path) }
            throw error
        }
    }

    /// Writes one file by a temporary name.
    func write(_ bytes: [UInt8], to path: String) throws {
        let target = directory + "/" + path
        let temporary = DurableFiles.temporaryName(for: target)
        do {
            try bytes.withUnsafeBytes { try FileWriting.write($0, to: temporary) }
            try FileWriting.rename(temporary, to: target)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private func replaceFolder(_ folder: String, with output: StageOutput) throws {
        let target = directory + "/" + folder
        let temporary = DurableFiles.temporaryName(for: target)
        let old = DurableFiles.temporaryName(for: target)
        let manager = FileManager.default
        defer {
            try? manager.removeItem(atPath: temporary)
            try? manager.removeItem(atPath: old)
        }
        try DurableFiles.makeFolder(temporary)
        for path in output.files {
            let inner = String(path.dropFirst(folder.count + 1))
            let innerFolder = (inner as NSString).deletingLastPathComponent
            if !innerFolder.isEmpty { try DurableFiles.makeFolder(temporary + "/" + innerFolder) }
            try DurableFiles.copy(output.directory + "/" + path, to: temporary + "/" + inner)
        }
        if access(target, F_OK) == 0 { try FileWriting.rename(target, to: old) }
        try FileWriting.rename(temporary, to: target)
    }
}
