/// What `HTTPRangeReader` protects by its lock.
struct RangeReaderState: ~Copyable {
    private enum Body {
        case ranged(BlockCache, size: Int64, validator: String?)
        case spooled(SpoolFile, CurlTransfer)
    }

    static let blockSize = 1 << 20
    private static let cachedBlocks = 16
    private static let sequentialBlocks: Int64 = 4

    private let url: String
    private let session: CurlSession
    private var body: Body
    private var lastBlock: Int64 = 0

    private init(url: String, session: CurlSession, body: Body) {
        self.url = url
        self.session = session
        self.body = body
    }

    struct Opened: ~Copyable {
        let finalURL: String
        let size: Int64?
        let servesRanges: Bool
        let head: HTTPResponseHead
        fileprivate let state: RangeReaderState

        consuming func takeState() -> RangeReaderState { state }
    }

    static func open(url: String, policy: HTTPPolicy, isCancelled: @escaping @Sendable () -> Bool) throws -> Opened {
        let session = try CurlSession(policy: policy, isCancelled: isCancelled)
        let sink = Sink()
        let transfer = try CurlTransfer(
            session: session, url: url, range: "0-\(blockSize - 1)", ifRange: nil
        ) { bytes, head in
            try sink.take(bytes, head: head, url: url, limit: policy.maximumBytes)
        }
        try transfer.pump(until: { transfer.hasHead })
        let head = transfer.head
        switch head.status {
        case 206:
            guard let range = head.contentRange, range.first == 0, let total = range.total else {
                throw HTTPError(.network, url: url, "the server answered a range request without saying the size")
            }
            guard total <= policy.maximumBytes else { throw HTTPError.tooLarge(policy.maximumBytes, url: url) }
            try transfer.pump()
            guard Int64(sink.bytes.count) == min(total, Int64(blockSize)) else {
                throw HTTPError(.network, url: url, "the answer ended early; try again")
            }
            var cache = BlockCache(blockSize: blockSize, capacity: cachedBlocks)
            cache.insert(sink.bytes, at: 0)
            let finalURL = transfer.finalURL
            return Opened(
                finalURL: finalURL, size: total, servesRanges: true, head: head,
                state: RangeReaderState(
                    url: finalURL, session: session, body: .ranged(cache, size: total, validator: head.validator)))
        case 416 where head.contentRange?.total == 0:
            // No byte of an empty file can be asked for.
            let cache = BlockCache(blockSize: blockSize, capacity: 1)
            return Opened(
                finalURL: transfer.finalURL, size: 0, servesRanges: true, head: head,
                state: RangeReaderState(url: url, session: session, body: .ranged(cache, size: 0, validator: nil)))
        case 200...203:
            if let length = head.contentLength, length > policy.maximumBytes {
                throw HTTPError.tooLarge(policy.maximumBytes, url: url)
            }
            return Opened(
                finalURL: transfer.finalURL, size: head.contentLength, servesRanges: false, head: head,
                state: RangeReaderState(
                    url: url, session: session, body: .spooled(try sink.spoolFile(url: url), transfer)))
        default:
            throw HTTPError.status(head.status, url: url)
        }
    }

    /// Collects the first block, or spools when the server sends everything.
    private final class Sink {
        var bytes: [UInt8] = []
        private var spool: SpoolFile?

        func spoolFile(url: String) throws -> SpoolFile {
            if let spool { return spool }
            let made = try SpoolFile(url: url)
            spool = made
            return made
        }

        func take(_ part: UnsafeRawBufferPointer, head: HTTPResponseHead, url: String, limit: Int64) throws {
            if head.status == 206 {
                guard bytes.count + part.count <= blockSize else {
                    throw HTTPError(.network, url: url, "the server sent more than was asked for")
                }
                bytes.append(contentsOf: part)
            } else if head.status != 416 {
                let file = try spoolFile(url: url)
                guard file.count + Int64(part.count) <= limit else { throw HTTPError.tooLarge(limit, url: url) }
                try file.append(part, url: url)
            }
        }
    }

    mutating func spoolEverything() throws -> Int64 {
        switch body {
        case .ranged(_, let size, _):
            return size
        case .spooled(let file, let transfer):
            try transfer.pump()
            return file.count
        }
    }

    mutating func read(offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        switch body {
        case .spooled(let file, let transfer):
            let end = offset.addingReportingOverflow(Int64(buffer.count))
            try transfer.pump(until: { !end.overflow && file.count >= end.partialValue })
            return try file.read(at: offset, into: buffer, url: url)
        case .ranged(var cache, let size, let validator):
            guard offset < size else { return 0 }
            let block = offset / Int64(Self.blockSize)
            let inside = Int(offset % Int64(Self.blockSize))
            // Let go of the stored copy first, or every insertion would copy the cache.
            body = .ranged(BlockCache(blockSize: 0, capacity: 0), size: size, validator: validator)
            defer { body = .ranged(cache, size: size, validator: validator) }
            if !cache.contains(block) { try fetch(from: block, size: size, validator: validator, into: &cache) }
            lastBlock = block
            return cache.copy(block, from: inside, into: buffer) ?? 0
        }
    }

    private func fetch(from block: Int64, size: Int64, validator: String?, into cache: inout BlockCache) throws {
        let lastOfFile = (size - 1) / Int64(Self.blockSize)
        var last = block
        if block == lastBlock + 1 {
            while last < min(lastOfFile, block + Self.sequentialBlocks - 1), !cache.contains(last + 1) { last += 1 }
        }
        let first = block * Int64(Self.blockSize)
        let end = min(size, (last + 1) * Int64(Self.blockSize))
        let bytes: [UInt8]
        do {
            bytes = try fetchBytes(first..<end, size: size, validator: validator)
        } catch let error as HTTPError where error.code == .network {
            // Servers close idle connections; once more on a fresh one.
            bytes = try fetchBytes(first..<end, size: size, validator: validator)
        }
        var start = 0
        for index in block...last {
            let next = min(bytes.count, start + Self.blockSize)
            cache.insert(Array(bytes[start..<next]), at: index)
            start = next
        }
    }

    private func fetchBytes(_ range: Range<Int64>, size: Int64, validator: String?) throws -> [UInt8] {
        let wanted = Int(range.upperBound - range.lowerBound)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(wanted)
        let url = url
        let transfer = try CurlTransfer(
            session: session, url: url, range: "\(range.lowerBound)-\(range.upperBound - 1)", ifRange: validator
        ) { part, head in
            guard head.status == 206, let answered = head.contentRange, answered.first == range.lowerBound,
                answered.total == nil || answered.total == size
            else {
                throw HTTPError(.changed, url: url, "the file changed on the server while it was read; start again")
            }
            guard bytes.count + part.count <= wanted else {
                throw HTTPError(.network, url: url, "the server sent more than was asked for")
            }
            bytes.append(contentsOf: part)
        }
        try transfer.pump()
        guard bytes.count == wanted else {
            throw HTTPError(.network, url: url, "the answer ended early; try again")
        }
        return bytes
    }
}
