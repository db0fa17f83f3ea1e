import Glibc

/// A temporary file with no name: it vanishes with the process, whatever happens.
final class SpoolFile {
    private let descriptor: Int32
    private(set) var count: Int64 = 0

    init(url: String) throws {
        let folder = EnvironmentSettings.value("TMPDIR") ?? "/tmp"
        var template = Array("\(folder)/video-extract-XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else {
            throw HTTPError(
                .localFile, url: url, "no temporary file could be made in \(folder); set TMPDIR to a writable folder",
                underlying: String(cString: strerror(errno)))
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(template)
    }

    deinit { close(descriptor) }

    func append(_ bytes: UnsafeRawBufferPointer, url: String) throws {
        var rest = bytes
        while !rest.isEmpty {
            let written = pwrite(descriptor, rest.baseAddress, rest.count, off_t(count))
            if written < 0 {
                if errno == EINTR { continue }
                throw HTTPError(
                    .localFile, url: url, "the temporary file could not be written; is the disk full?",
                    underlying: String(cString: strerror(errno)))
            }
            count += Int64(written)
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    /// Reads what there is from `offset`; 0 at the end.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer, url: String) throws -> Int {
        while true {
            let got = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if got >= 0 { return got }
            if errno == EINTR { continue }
            throw HTTPError(
                .localFile, url: url, "the temporary file could not be read",
                underlying: String(cString: strerror(errno)))
        }
    }
}
