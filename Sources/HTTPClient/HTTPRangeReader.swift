import Synchronization

/// Random access to the bytes of an http or https resource, for a blocking reader such as a demuxer.
///
/// Opening makes one ranged GET, which tells size and whether ranges work. With ranges, reading fetches blocks of 1 MiB
/// (four at once when read in sequence) and keeps the 16 used last. Without, the body is spooled to a nameless temporary
/// file as far as reading demands.
///
/// Calls block; they may come from any thread and run one after the other. Unchecked because it owns libcurl handles, which
/// are only touched with the lock held.
public final class HTTPRangeReader: @unchecked Sendable {
    /// Where the resource really is, after redirects.
    public let finalURL: String
    /// Size in bytes; nil when the server does not tell (it is known once everything has been read).
    public let size: Int64?
    /// Whether the server serves ranges.
    public let servesRanges: Bool
    /// The server's `Content-Type`, if any.
    public let contentType: String?
    /// The server's `ETag`, if any.
    public let entityTag: String?
    /// The server's `Last-Modified`, as sent.
    public let lastModified: String?

    private let lock = Mutex(())
    private var state: RangeReaderState

    /// Opens the resource.
    ///
    /// - Parameters:
    ///   - url: http or https address.
    ///   - policy: limits and permissions.
    ///   - isCancelled: asked at least every 50 ms while waiting; true makes the call throw `cancelled`.
    /// - Throws: ``HTTPError``.
    public init(
        url: String, policy: HTTPPolicy = HTTPPolicy(), isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws {
        let opened = try RangeReaderState.open(url: url, policy: policy, isCancelled: isCancelled)
        finalURL = opened.finalURL
        size = opened.size
        servesRanges = opened.servesRanges
        contentType = opened.head.field("content-type")
        entityTag = opened.head.field("etag")
        lastModified = opened.head.field("last-modified")
        state = opened.takeState()
    }

    /// Reads up to `buffer.count` bytes that start at `offset`.
    ///
    /// - Returns: the number of bytes read, at least 1 unless `offset` is at or past the end (0) or the buffer is empty.
    /// - Throws: ``HTTPError``.
    public func read(offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard offset >= 0, !buffer.isEmpty else { return 0 }
        return try lock.withLock { _ in try state.read(offset: offset, into: buffer) }
    }

    /// Size in bytes; where the server did not tell it, reads everything (blocking) to find out.
    ///
    /// - Throws: ``HTTPError``.
    public func resolvedSize() throws -> Int64 {
        if let size { return size }
        return try lock.withLock { _ in try state.spoolEverything() }
    }
}
