import HTTPClient
import Synchronization
import Testing

struct HTTPRangeReaderTests {
    private let content = sampleBytes(7 << 20 | 123)

    @Test func readsAnywhereByRanges() throws {
        let server = try LoopbackServer(ranged(content))
        let reader = try HTTPRangeReader(url: server.url("/a.mp4"), policy: .loopback)
        #expect(reader.size == Int64(content.count))
        #expect(reader.servesRanges)
        #expect(reader.contentType == "video/mp4")
        #expect(reader.entityTag == "\"one\"")
        for (offset, count) in [(0, 100), (content.count - 50, 50), (1 << 20 - 7, 20), (3 << 20, 2 << 20)] {
            #expect(try reader.bytes(Int64(offset), count) == Array(content[offset..<(offset + count)]))
        }
        #expect(try reader.bytes(Int64(content.count), 10).isEmpty)
        #expect(try reader.bytes(Int64(content.count) - 3, 10).count == 3)
    }

    @Test func readsInSequenceWithFewRequests() throws {
        let server = try LoopbackServer(ranged(content))
        let reader = try HTTPRangeReader(url: server.url("/"), policy: .loopback)
        #expect(try reader.bytes(0, content.count) == content)
        // 8 blocks: the first alone, then four and three at once.
        #expect(server.requests.count == 3)
        #expect(try reader.bytes(5 << 20, 10) == Array(content[(5 << 20)..<(5 << 20 + 10)]))
        #expect(server.requests.count == 3, "a block that was just read is kept")
    }

    @Test func spoolsWhereRangesAreNotServed() throws {
        let content = content
        let server = try LoopbackServer { _, _ in .plain(status: "200 OK", fields: [], body: content) }
        let reader = try HTTPRangeReader(url: server.url("/"), policy: .loopback)
        #expect(!reader.servesRanges)
        #expect(reader.size == Int64(content.count))
        #expect(try reader.bytes(Int64(content.count) - 9, 9) == content.suffix(9))
        #expect(try reader.bytes(5, 1000) == Array(content[5..<1005]))
        #expect(server.requests.count == 1)
    }

    @Test func emptyFileHasSizeZero() throws {
        let server = try LoopbackServer(ranged([]))
        let reader = try HTTPRangeReader(url: server.url("/"), policy: .loopback)
        #expect(reader.size == 0)
        #expect(try reader.bytes(0, 1).isEmpty)
    }

    @Test func missingFileIsNotFound() throws {
        let server = try LoopbackServer { _, _ in .plain(status: "404 Not Found", fields: [], body: [1, 2, 3]) }
        let error = httpError { _ = try HTTPRangeReader(url: server.url("/x?token=secret"), policy: .loopback) }
        #expect(error?.code == .notFound)
        #expect(error?.description.contains("secret") == false)
    }

    @Test(arguments: [403, 500, 503]) func otherStatusIsReported(status: Int) throws {
        let server = try LoopbackServer { _, _ in .plain(status: "\(status) No", fields: [], body: []) }
        let error = httpError { _ = try HTTPRangeReader(url: server.url("/"), policy: .loopback) }
        #expect(error?.code == .status(status))
    }

    @Test func followsARedirectAndStopsAtALoop() throws {
        let content = content
        let server = try LoopbackServer { request, port in
            switch request.path {
            case "/moved": .plain(status: "302 Found", fields: ["Location: /target"], body: [9])
            case "/loop": .plain(status: "302 Found", fields: ["Location: /loop"], body: [])
            default: ranged(content)(request, port)
            }
        }
        let reader = try HTTPRangeReader(url: server.url("/moved"), policy: .loopback)
        #expect(reader.finalURL == server.url("/target"))
        #expect(try reader.bytes(0, 3) == Array(content[..<3]))
        let error = httpError { _ = try HTTPRangeReader(url: server.url("/loop"), policy: .loopback) }
        #expect(error?.code == .tooManyRedirects)
    }

    @Test func silentServerIsSlow() throws {
        let server = try LoopbackServer { _, _ in .silent(length: 1000, body: [1, 2, 3]) }
        var policy = HTTPPolicy.loopback
        policy.stallTimeout = .milliseconds(150)
        let error = httpError {
            let reader = try HTTPRangeReader(url: server.url("/"), policy: policy)
            _ = try reader.bytes(0, 10)
        }
        #expect(error?.code == .slow)
    }

    @Test func truncatedBodyIsAnError() throws {
        let server = try LoopbackServer { _, _ in .truncated(length: 1000, body: [1, 2, 3]) }
        let error = httpError {
            let reader = try HTTPRangeReader(url: server.url("/"), policy: .loopback)
            _ = try reader.bytes(0, 10)
        }
        #expect(error?.code == .network)
    }

    @Test func changedFileIsNoticed() throws {
        let content = content
        let other = sampleBytes(content.count + 5)
        let asked = Mutex(0)
        let server = try LoopbackServer { request, port in
            let first = asked.withLock { count in
                count += 1
                return count == 1
            }
            return first ? ranged(content)(request, port) : ranged(other, tag: "\"two\"")(request, port)
        }
        let reader = try HTTPRangeReader(url: server.url("/"), policy: .loopback)
        let error = httpError { _ = try reader.bytes(4 << 20, 10) }
        #expect(error?.code == .changed)
    }

    @Test func largerThanAllowedIsRefused() throws {
        let server = try LoopbackServer(ranged(content))
        var policy = HTTPPolicy.loopback
        policy.maximumBytes = 1000
        let error = httpError { _ = try HTTPRangeReader(url: server.url("/"), policy: policy) }
        #expect(error?.code == .tooLarge)
    }

    @Test func cancellationStopsAWaitingRead() throws {
        let server = try LoopbackServer { _, _ in .silent(length: 1000, body: []) }
        let asked = Mutex(0)
        let start = ContinuousClock.now
        let error = httpError {
            let reader = try HTTPRangeReader(url: server.url("/"), policy: .loopback) {
                asked.withLock { count in
                    count += 1
                    return count > 4
                }
            }
            _ = try reader.bytes(0, 10)
        }
        #expect(error?.code == .cancelled)
        #expect(ContinuousClock.now - start < .seconds(5), "the stall timeout is 20 s")
    }
}
