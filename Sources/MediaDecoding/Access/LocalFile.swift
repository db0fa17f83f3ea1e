import Foundation
import PluginKit

/// A regular file that was opened for reading, with what identifies its version.
struct LocalFile: Sendable {
    let path: String
    let source: FileByteSource
    let device: UInt64
    let inode: UInt64
    let modified: (seconds: Int64, nanoseconds: Int64)

    /// Opens `path`; every way it can fail says what to do.
    ///
    /// - Throws: `PluginError` (`sourceNotFound`, `sourceUnreadable`, `sourceEmpty`).
    static func open(_ path: String) throws -> LocalFile {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw PluginError(.sourceNotFound, "the path of the source is empty or not valid; name a file")
        }
        // Non-blocking, so that a named pipe without a writer does not hang here.
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw openFailure(errno, path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let number = errno
            close(descriptor)
            throw openFailure(number, path)
        }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG, status.st_size > 0 else {
            close(descriptor)
            if kind == S_IFDIR {
                throw PluginError(
                    .sourceNotFound, "\(path) is a folder, not a file; name a media file in it, or use bulk for folders"
                )
            }
            if kind != S_IFREG {
                throw PluginError(
                    .sourceUnreadable,
                    "\(path) is not a regular file (a pipe, socket or device); use '-' and standard input for streams")
            }
            throw PluginError(.sourceEmpty, "\(path) is empty (0 bytes); check that it was copied completely")
        }
        return LocalFile(
            path: path, source: FileByteSource(descriptor: descriptor, size: Int64(status.st_size)),
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
            modified: (Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec)))
    }

    private static func openFailure(_ number: Int32, _ path: String) -> PluginError {
        let reason = String(cString: strerror(number))
        switch number {
        case ENOENT, ENOTDIR:
            let advice = path.contains("://") ? "addresses must begin with http:// or https://" : "check the path"
            return PluginError(.sourceNotFound, "\(path) does not exist; \(advice)")
        case EACCES, EPERM:
            return PluginError(
                .sourceUnreadable, "\(path) cannot be read: \(reason); change its permissions or run as its owner")
        default:
            return PluginError(.sourceUnreadable, "\(path) cannot be opened: \(reason); check the path and its disk")
        }
    }
}
