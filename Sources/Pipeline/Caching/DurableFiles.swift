package import Foundation
import PluginKit
import MediaValues

/// Getting files onto the disk and from place to place.
package enum DurableFiles {
    private struct Names {
        var count = 0
        /// The names given out last; many more than are ever in use at one time.
        var recent: [String] = []
    }

    private static let names = Guarded(Names())
    private static let keptNames = 256

    /// A name beside `target` that no other writer uses, in this process or another.
    package static func temporaryName(for target: String) -> String {
        names.withLock { names in
            names.count += 1
            let name = "\(target).\(getpid())-\(names.count).tmp"
            if names.recent.count < keptNames {
                names.recent.append(name)
            } else {
                names.recent[names.count % keptNames] = name
            }
            return name
        }
    }

    /// Removes what bears a temporary name of this process; for the moment before it ends itself. A name is never used
    /// twice, so those that have been renamed since are simply not there.
    package static func removeUnfinished() {
        for name in names.withLock({ $0.recent }) where access(name, F_OK) == 0 {
            try? FileManager.default.removeItem(atPath: name)
        }
    }

    /// Waits until a file's content is on the disk.
    package static func sync(file path: String) throws { try sync(path, flags: O_RDONLY | O_CLOEXEC) }

    /// Waits until a folder's names are on the disk.
    package static func sync(folder path: String) throws { try sync(path, flags: O_RDONLY | O_DIRECTORY | O_CLOEXEC) }

    private static func sync(_ path: String, flags: Int32) throws {
        let descriptor = open(path, flags)
        guard descriptor >= 0 else { throw FileWriting.failure("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileWriting.failure("sync", path) }
    }

    /// Creates a folder and those above it; existing ones are fine.
    package static func makeFolder(_ path: String) throws {
        if mkdir(path, 0o777) == 0 || (errno == EEXIST && isFolder(path)) { return }
        let parent = (path as NSString).deletingLastPathComponent
        guard errno == ENOENT, !parent.isEmpty, parent != path else {
            throw FileWriting.failure("create the folder", path)
        }
        try makeFolder(parent)
        guard mkdir(path, 0o777) == 0 || (errno == EEXIST && isFolder(path)) else {
            throw FileWriting.failure("create the folder", path)
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        let known = errno
        defer { errno = known }
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Copies a file; the target is replaced by one rename.
    package static func copy(_ path: String, to target: String) throws {
        let temporary = temporaryName(for: target)
        do {
            try copyBytes(path, to: temporary)
            try FileWriting.rename(temporary, to: target)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private static func copyBytes(_ path: String, to target: String) throws {
        let input = open(path, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw FileWriting.failure("open", path) }
        defer { close(input) }
        let output = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard output >= 0 else { throw FileWriting.failure("create", target) }
        defer { close(output) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let count = read(input, buffer.baseAddress, buffer.count)
            if count == 0 { return }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileWriting.failure("read while writing", target)
            }
            try FileWriting.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: output, path: target)
        }
    }
}

/// Instants as text.
package enum Timestamps {
    /// `2026-01-31T12:34:56.789Z`.
    package static func iso8601(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
