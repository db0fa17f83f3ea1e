import Foundation

/// File output with errors that people can act on.
package enum FileWriting {
    /// Writes all of `bytes` to a new or truncated file.
    package static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure("create", path) }
        defer { close(descriptor) }
        try writeAll(bytes, to: descriptor, path: path)
    }

    /// Writes all of `bytes` to an open file.
    package static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let chunk = UnsafeRawBufferPointer(rebasing: rest)
            let count = Foundation.write(descriptor, chunk.baseAddress, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("write", path)
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Renames over whatever is there.
    package static func rename(_ path: String, to target: String) throws {
        guard Foundation.rename(path, target) == 0 else { throw failure("rename \(path) to", target) }
    }

    /// The error of the last system call, in words.
    package static func failure(_ verb: String, _ path: String) -> PluginError {
        let number = errno
        let hint =
            switch number {
            case ENOSPC: "; free some space or choose another folder"
            case EROFS, EACCES, EPERM, ENOTDIR, ENOENT, EEXIST: "; choose a folder that you may write to"
            default: ""
            }
        return PluginError(.outputFailed, "cannot \(verb) \(path): \(String(cString: strerror(number)))\(hint)")
    }
}
