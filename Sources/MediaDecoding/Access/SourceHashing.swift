import Foundation
import MediaValues
import PluginKit

/// Content hashes of open files, by position, so that the descriptor's own position does not matter.
enum SourceHashing {
    /// One read; also how often cancellation is looked at.
    static let blockBytes = 1 << 20

    /// - Throws: `PluginError` (`sourceUnreadable`, `cancelled`).
    static func hash(_ source: FileByteSource, name: String, isCancelled: () -> Bool) throws -> ContentHash {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: blockBytes, alignment: 4096)
        defer { buffer.deallocate() }
        var hasher = BLAKE3Hasher()
        var offset: Int64 = 0
        while true {
            if isCancelled() { throw PluginError(.cancelled, "reading \(name) was cancelled") }
            let count: Int
            do {
                count = try source.read(at: offset, into: buffer)
            } catch {
                throw PluginError(
                    .sourceUnreadable, "\(name) cannot be read at byte \(offset): input/output error; check its disk")
            }
            guard count > 0 else { return hasher.finalize() }
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            offset += Int64(count)
        }
    }
}

/// Copies a stream that cannot seek into a nameless file, hashing on the way.
enum InputSpool {
    /// - Throws: `PluginError` (`sourceEmpty`, `sourceUnreadable`, `outputFailed`, `cancelled`).
    static func spool(
        descriptor: Int32, directory: String, isCancelled: () -> Bool
    ) throws -> (source: FileByteSource, hash: ContentHash) {
        let spool = try namelessFile(in: directory)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: SourceHashing.blockBytes, alignment: 4096)
        defer { buffer.deallocate() }
        var hasher = BLAKE3Hasher()
        var total: Int64 = 0
        do {
            while true {
                if isCancelled() { throw PluginError(.cancelled, "reading standard input was cancelled") }
                guard try waitForInput(descriptor) else { continue }
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                if count < 0 {
                    if errno == EINTR || errno == EAGAIN { continue }
                    throw PluginError(
                        .sourceUnreadable, "standard input cannot be read: \(String(cString: strerror(errno)))")
                }
                if count == 0 { break }
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                hasher.update(bytes)
                try FileWriting.writeAll(bytes, to: spool, path: directory)
                total += Int64(count)
            }
            guard total > 0 else {
                throw PluginError(.sourceEmpty, "standard input is empty; pipe a media file into it")
            }
        } catch {
            close(spool)
            throw error
        }
        return (FileByteSource(descriptor: spool, size: total), hasher.finalize())
    }

    /// Waits at most 50 ms, so that cancellation is seen while nothing arrives.
    private static func waitForInput(_ descriptor: Int32) throws -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 50) != 0
    }

    private static func namelessFile(in directory: String) throws -> Int32 {
        var template = Array((directory + "/video-extract-XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw FileWriting.failure("create a temporary file in", directory) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(template)
        return descriptor
    }
}
