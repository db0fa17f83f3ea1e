import HTTPClient
import Testing

struct HTTPDownloaderTests {
    private let content = sampleBytes(300_000)

    @Test func downloadsAndReportsProgress() throws {
        let server = try LoopbackServer(ranged(content))
        let file = TemporaryPath()
        var last: HTTPDownloader.Progress?
        let result = try HTTPDownloader.download(
            url: server.url("/"), to: file.path, policy: .loopback, progress: { last = $0 })
        #expect(file.bytes == content)
        #expect(result.bytes == 300_000)
        #expect(result.resumedFrom == 0)
        #expect(result.validator == "\"one\"")
        #expect(last?.bytes == 300_000)
        #expect(last?.total == 300_000)
    }

    @Test func resumesWhereItStopped() throws {
        let server = try LoopbackServer(ranged(content))
        let file = TemporaryPath()
        file.bytes = Array(content[..<100_000])
        let result = try HTTPDownloader.download(
            url: server.url("/"), to: file.path, resumeFrom: 100_000, validator: "\"one\"", policy: .loopback)
        #expect(file.bytes == content)
        #expect(result.resumedFrom == 100_000)
        #expect(server.requests.first?.fields["range"] == "bytes=100000-")
    }

    @Test func startsAnewWhenTheFileChanged() throws {
        let server = try LoopbackServer(ranged(content))
        let file = TemporaryPath()
        file.bytes = sampleBytes(400_000).suffix(100_000)
        let result = try HTTPDownloader.download(
            url: server.url("/"), to: file.path, resumeFrom: 100_000, validator: "\"old\"", policy: .loopback)
        #expect(file.bytes == content)
        #expect(result.resumedFrom == 0)
    }

    @Test func completeFileNeedsNothing() throws {
        let server = try LoopbackServer(ranged(content))
        let file = TemporaryPath()
        file.bytes = content
        let result = try HTTPDownloader.download(
            url: server.url("/"), to: file.path, resumeFrom: 300_000, policy: .loopback)
        #expect(file.bytes == content)
        #expect(result.resumedFrom == 300_000)
    }

    @Test func truncatedBodyFailsAndKeepsWhatCame() throws {
        let content = content
        let server = try LoopbackServer { _, _ in .truncated(length: content.count, body: Array(content[..<50_000])) }
        let file = TemporaryPath()
        let error = httpError {
            _ = try HTTPDownloader.download(url: server.url("/"), to: file.path, policy: .loopback)
        }
        #expect(error?.code == .network)
        #expect(file.bytes == Array(content[..<50_000]))
    }

    @Test func missingFileLeavesTheLocalOneAlone() throws {
        let server = try LoopbackServer { _, _ in .plain(status: "404 Not Found", fields: [], body: [1]) }
        let file = TemporaryPath()
        file.bytes = [1, 2, 3]
        let error = httpError {
            _ = try HTTPDownloader.download(url: server.url("/"), to: file.path, resumeFrom: 3, policy: .loopback)
        }
        #expect(error?.code == .notFound)
        #expect(file.bytes == [1, 2, 3])
    }

    @Test func unwritablePlaceIsALocalError() throws {
        let server = try LoopbackServer(ranged(content))
        let error = httpError {
            _ = try HTTPDownloader.download(
                url: server.url("/"), to: "/nonexistent-folder/file", policy: .loopback)
        }
        #expect(error?.code == .localFile)
        #expect(server.requests.isEmpty)
    }
}
