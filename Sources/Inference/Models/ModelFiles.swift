import FoundationEssentials
import Glibc

/// The few file operations the model store needs, with errors that say what to do.
enum ModelFiles {
    static func failure(_ action: String, _ path: String, _ code: Int32 = errno) -> InferenceError {
        let hint = code == ENOSPC ? "; the disk is full" : "; check permissions, or set VIDEO_EXTRACT_MODEL_DIR"
        return InferenceError(.storage, "\(action) \(path) failed\(hint)", underlying: String(cString: strerror(code)))
    }

    static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw InferenceError(
                .storage, "the folder \(path) cannot be made; check permissions, or set VIDEO_EXTRACT_MODEL_DIR",
                underlying: "\(error)")
        }
    }

    static func remove(_ path: String) throws {
        guard exists(path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw InferenceError(.storage, "\(path) cannot be removed; check permissions", underlying: "\(error)")
        }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    static func rename(_ from: String, _ to: String) throws {
        guard Glibc.rename(from, to) == 0 else { throw failure("renaming to", to) }
    }

    /// Size in bytes and modification time in nanoseconds of a regular file; nil when there is none.
    static func stamp(_ path: String) -> (size: Int64, modified: Int64)? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return (Int64(status.st_size), Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec))
    }

    static func read(_ path: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(stamp(path)?.size ?? 0))
        try stream(path, isCancelled: { false }) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// Lends the file's bytes as a mapping: of a large file only what is looked at is read.
    static func withMapping<R>(_ path: String, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("reading", path) }
        defer { close(descriptor) }
        let size = Int(stamp(path)?.size ?? 0)
        guard size > 0 else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        guard let memory = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), memory != MAP_FAILED else {
            throw failure("reading", path)
        }
        defer { munmap(memory, size) }
        return try body(UnsafeRawBufferPointer(start: memory, count: size))
    }

    /// Writes, flushes to the disk and closes.
    static func write(_ bytes: [UInt8], to path: String) throws {
        try withWritable(path) { sink in try bytes.withUnsafeBytes { try sink($0) } }
    }

    static func copy(_ from: String, to path: String, isCancelled: () -> Bool, progress: (Int64) -> Void) throws {
        var done: Int64 = 0
        try withWritable(path) { sink in
            try stream(from, isCancelled: isCancelled) { part in
                try sink(part)
                done += Int64(part.count)
                progress(done)
            }
        }
    }

    static func sha256(_ path: String, isCancelled: () -> Bool = { false }) throws -> String {
        var hash = SHA256()
        try stream(path, isCancelled: isCancelled) { hash.update($0) }
        return hash.hexDigest()
    }

    /// Hands the file's bytes to `body` in pieces of at most 1 MiB.
    static func stream(
        _ path: String, isCancelled: () -> Bool, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("reading", path) }
        defer { close(descriptor) }
        try withUnsafeTemporaryAllocation(byteCount: 1 << 20, alignment: 64) { buffer in
            while true {
                if isCancelled() { throw InferenceError(.cancelled, "reading \(path) was cancelled") }
                let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                if got < 0 {
                    if errno == EINTR { continue }
                    throw failure("reading", path)
                }
                if got == 0 { return }
                try body(UnsafeRawBufferPointer(rebasing: buffer[..<got]))
            }
        }
    }

    private static func withWritable(_ path: String, _ body: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void)
        throws
    {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure("writing", path) }
        defer { close(descriptor) }
        try body { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if written < 0 {
                    if errno == EINTR { continue }
                    throw failure("writing", path)
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
        }
        guard fsync(descriptor) == 0 else { throw failure("writing", path) }
    }
}

/// An advisory lock on a file, held across processes until it is released (or the process dies).
final class FileLock {
    private let descriptor: Int32

    init(path: String, isCancelled: () -> Bool) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw ModelFiles.failure("locking", path) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                let error = ModelFiles.failure("locking", path)
                close(descriptor)
                throw error
            }
            if isCancelled() {
                close(descriptor)
                throw InferenceError(.cancelled, "waiting for another installation was cancelled")
            }
            usleep(50_000)
        }
    }

    deinit { close(descriptor) }
}
