import Glibc

/// Reads whole small files.
enum FileBytes {
    /// At most `limit` bytes from the start of the file.
    ///
    /// Throws ``ConfigurationError`` (`unreadableFile`) with the system's reason.
    static func read(path: String, limit: Int) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, errno) }
        defer { _ = close(descriptor) }
        var bytes: [UInt8] = []
        let chunk = 1 << 16
        while bytes.count < limit {
            let wanted = min(chunk, limit - bytes.count)
            var readError: CInt = 0
            let part = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
                repeat { count = Glibc.read(descriptor, buffer.baseAddress, wanted) } while count < 0 && errno == EINTR
                if count < 0 {
                    readError = errno
                    count = 0
                }
            }
            guard readError == 0 else { throw failure(path, readError) }
            if part.isEmpty { break }
            bytes += part
        }
        return bytes
    }

    private static func failure(_ path: String, _ number: CInt) -> ConfigurationError {
        ConfigurationError(
            code: .unreadableFile, file: path, location: nil,
            message: "the file cannot be read: \(String(cString: strerror(number)))")
    }
}
