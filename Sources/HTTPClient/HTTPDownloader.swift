import Glibc

/// Downloads a resource to a local file, optionally going on where an earlier attempt stopped.
public enum HTTPDownloader {
    /// How far a download is.
    public struct Progress: Sendable, Equatable {
        /// Bytes in the file so far, including those of an earlier attempt.
        public let bytes: Int64
        /// Size of the whole resource, when the server tells it.
        public let total: Int64?
    }

    /// What a download brought.
    public struct Result: Sendable, Equatable {
        /// Size of the file.
        public let bytes: Int64
        /// Bytes kept from the earlier attempt; 0 when it started anew.
        public let resumedFrom: Int64
        /// Strong ETag or modification date, to pass as `validator` when resuming.
        public let validator: String?
    }

    /// Downloads `url` to the file at `path`, which is created or, from `resumeFrom` on, overwritten.
    ///
    /// The call blocks. When it throws, what has arrived stays in the file for a later `resumeFrom`. A server that does not
    /// serve the rest (no ranges, or another version than `validator`) sends everything, and the file starts anew.
    ///
    /// - Parameters:
    ///   - resumeFrom: number of bytes at the start of the file to keep; at most its size.
    ///   - validator: what the earlier attempt's server sent; nil resumes without asking whether the file is the same.
    ///   - progress: called after each piece, from the calling thread.
    /// - Throws: ``HTTPError``.
    public static func download(
        url: String, to path: String, resumeFrom: Int64 = 0, validator: String? = nil,
        policy: HTTPPolicy = HTTPPolicy(), isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: (Progress) -> Void = { _ in }
    ) throws -> Result {
        let file = try DownloadFile(path: path, keeping: resumeFrom, url: url)
        let session = try CurlSession(policy: policy, isCancelled: isCancelled)
        let start = file.count
        return try withoutActuallyEscaping(progress) { progress in
            var resumed: Int64 = 0
            var begun = false
            let transfer = try CurlTransfer(
                session: session, url: url, range: start > 0 ? "\(start)-" : nil, ifRange: start > 0 ? validator : nil
            ) { bytes, head in
                if head.status == 416 { return }
                if !begun {
                    begun = true
                    resumed = head.status == 206 && head.contentRange?.first == start ? start : 0
                    if resumed == 0 { try file.truncate(url: url) }
                    if head.status == 206 && resumed != start {
                        throw HTTPError(.network, url: url, "the server answered with another range")
                    }
                }
                guard file.count + Int64(bytes.count) <= policy.maximumBytes else {
                    throw HTTPError.tooLarge(policy.maximumBytes, url: url)
                }
                try file.append(bytes, url: url)
                progress(Progress(bytes: file.count, total: head.contentLength.map { $0 + resumed }))
            }
            try transfer.pump()
            let head = transfer.head
            if head.status == 416 {
                // Nothing is left to send: complete when the sizes agree.
                guard head.contentRange?.total == start else { throw HTTPError.status(416, url: url) }
                resumed = start
            } else if !begun, start > 0 {
                try file.truncate(url: url)
            }
            return Result(bytes: file.count, resumedFrom: resumed, validator: head.validator)
        }
    }
}

/// The file a download goes to.
private final class DownloadFile {
    private let descriptor: Int32
    private(set) var count: Int64

    init(path: String, keeping: Int64, url: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else {
            throw HTTPError(
                .localFile, url: url, "\(path) cannot be written", underlying: String(cString: strerror(errno)))
        }
        var status = stat()
        count = fstat(descriptor, &status) == 0 ? min(max(0, keeping), Int64(status.st_size)) : 0
        if ftruncate(descriptor, off_t(count)) != 0 { count = 0 }
    }

    deinit { close(descriptor) }

    func truncate(url: String) throws {
        guard ftruncate(descriptor, 0) == 0 else { throw failure(url) }
        count = 0
    }

    func append(_ bytes: UnsafeRawBufferPointer, url: String) throws {
        var rest = bytes
        while !rest.isEmpty {
            let written = pwrite(descriptor, rest.baseAddress, rest.count, off_t(count))
            if written < 0 {
                if errno == EINTR { continue }
                throw failure(url)
            }
            count += Int64(written)
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    private func failure(_ url: String) -> HTTPError {
        HTTPError(
            .localFile, url: url, "the downloaded file could not be written; is the disk full?",
            underlying: String(cString: strerror(errno)))
    }
}
