import Foundation
import MediaValues
import Pipeline
import Testing
import VideoExtract
import VideoExtractTesting

/// The library as a program uses it, on real media.
struct ClientTests {
    private let folder: TemporaryDirectory
    private let client: Client

    init() throws {
        folder = try TemporaryDirectory()
        client = try Client.builder().cacheDirectory(folder.file("cache")).workers(2).build()
    }

    private func cuts() async throws -> DataSource { .file(path: try await MediaGenerator.shared.file(.cuts())) }

    private func request(_ source: DataSource, _ operations: String, output: String? = nil) throws -> ExtractionRequest
    {
        ExtractionRequest(
            source: source, outputs: try OperationListParser.parse(operations).map { OutputSpec($0) },
            outputDirectory: output)
    }

    private var staging: [String] { folder.names(in: "cache/results/staging") }

    @Test func executeGivesTypedDocuments() async throws {
        let result = try await client.execute(try await cuts(), operations: "scenes,metadata")
        let scenes = try result.document("scenes", as: SceneList.self)
        #expect(scenes.scenes.map(\.startMs) == [0, 1000, 2000, 3000])
        #expect(scenes.scenes.first?.timeBase.hasPrefix("1/") == true)
        let media = try result.document("metadata", as: MediaDescription.self)
        #expect(media.primaryVideo?.video?.width == 320)
        #expect(result.report.operations.map(\.status) == [.done, .done])
        #expect(result.report.outputDirectory == nil)
        #expect(staging == [])
    }

    @Test func documentThatIsNotThereSaysWhy() async throws {
        let result = try await client.execute(try await cuts(), operations: "audio")
        let skipped = #expect(throws: PluginError.self) { try result.document("audio", as: AudioTrack.self) }
        #expect(skipped?.message.contains("no audio track") == true)
        let unasked = #expect(throws: PluginError.self) { try result.document("scenes", as: SceneList.self) }
        #expect(unasked?.message.contains("not asked for") == true)
    }

    @Test func secondExecutionComesFromTheCache() async throws {
        let first = try await client.execute(try await cuts(), operations: "scenes,keyframes")
        let second = try await client.execute(try await cuts(), operations: "scenes,keyframes")
        #expect(second.report.operations.map(\.status) == [.cached, .cached])
        #expect(second.report.decoding == nil)
        #expect(second.documents == first.documents)
        let other = try Client.builder().cacheDirectory(nil).build()
        #expect(
            try await other.execute(try await cuts(), operations: "scenes").documents["scenes"]
                == first.documents["scenes"])
    }

    @Test func bytesAreASource() async throws {
        let path = try await MediaGenerator.shared.file(.cuts())
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let fromBytes = try await client.execute(.bytes(bytes, formatHint: "mp4"), operations: "scenes")
        let fromFile = try await Client.builder().cacheDirectory(nil).build()
            .execute(.file(path: path), operations: "scenes")
        #expect(fromBytes.documents["scenes"] == fromFile.documents["scenes"])
        // What is in the cache belongs to the content, wherever it came from.
        #expect(
            try await client.execute(.file(path: path), operations: "scenes").report.operations[0].status == .cached)
    }

    @Test func wrongRequestsThrow() async throws {
        let source = try await cuts()
        for (list, code) in [
            ("scens", .unknownOperation), ("scenes(threshold=0)", .invalidParameter),
            ("scenes(", .invalidConfiguration),
        ] as [(String, PluginError.Code)] {
            let error = await #expect(throws: PluginError.self) { try await client.execute(source, operations: list) }
            #expect(error?.code == code)
        }
    }

    @Test func missingFileIsReported() async throws {
        let result = try await client.execute(.file(path: folder.file("none.mp4")), operations: "scenes")
        #expect(result.report.hasFailures)
        #expect(result.report.operations.first?.error?.code == .sourceNotFound)
    }

    @Test func streamingEmitsInOrder() async throws {
        var events: [String] = []
        var pieces: [[UInt8]] = []
        var document: [UInt8]?
        for try await event in client.executeStreaming(try request(try await cuts(), "scenes")) {
            switch event {
            case .started(let operation): events.append("started \(operation)")
            case .partial(let operation, let data):
                events.append("partial \(operation)")
                pieces.append(data.json)
            case .ended(let report, let bytes):
                events.append("ended \(report.operation)")
                document = bytes
            case .finished: events.append("finished")
            }
        }
        #expect(
            events == ["started scenes"] + Array(repeating: "partial scenes", count: 4) + ["ended scenes", "finished"])
        let list = try JSONValue(parsing: Data(try #require(document)))
        #expect(try pieces.map { try JSONValue(parsing: Data($0)) } == list["scenes"]?.array)
    }

    @Test func endingTheIterationEarlyCancelsTheRun() async throws {
        let base = try await MediaGenerator.shared.file(.pattern(seconds: 4))
        let long = try await MediaGenerator.shared.file(
            MediaRecipe(name: "long.mp4", arguments: ["-stream_loop", "2000", "-i", base, "-c", "copy"]))
        let request = try request(.file(path: long), "frames,audio", output: folder.file("out"))
        try await withDeadline(seconds: 20) {
            for try await event in client.executeStreaming(request) {
                if case .partial = event { break }
            }
            // The stages' folders go when the run has ended.
            while !folder.names(in: "cache/results/staging").isEmpty { try await Task.sleep(for: .milliseconds(2)) }
        }
        #expect(staging == [])
        #expect(
            folder.names(in: "out/\((long as NSString).lastPathComponent.dropLast(4))").filter { $0 == "run.json" }
                == [])
    }

    @Test func cancelledTaskThrows() async throws {
        let base = try await MediaGenerator.shared.file(.pattern(seconds: 4))
        let long = try await MediaGenerator.shared.file(
            MediaRecipe(name: "long.mp4", arguments: ["-stream_loop", "200", "-i", base, "-c", "copy"]))
        let client = client
        let task = Task { try await client.execute(.file(path: long), operations: "scenes,audio") }
        try await withDeadline(seconds: 20) { [folder] in
            while folder.names(in: "cache/results/staging").isEmpty { try await Task.sleep(for: .milliseconds(2)) }
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await withDeadline(seconds: 10) { try await task.value } }
        #expect(staging == [])
    }

    @Test func bulkKeepsTheOrderAndIsolatesFailures() async throws {
        let good = try await cuts()
        let pattern = DataSource.file(path: try await MediaGenerator.shared.file(.pattern()))
        let missing = DataSource.file(path: folder.file("none.mp4"))
        let requests = try [good, missing, pattern].map { try request($0, "scenes", output: folder.file("out")) }
        let completed = Recorder<Int>()
        let results = try await client.executeBulk(requests) { completed.append($0.index) }
        #expect(results.map(\.index) == [0, 1, 2])
        #expect(results.map(\.source) == [good, missing, pattern])
        #expect(results.map(\.hasFailures) == [false, true, false])
        #expect(completed.all.sorted() == [0, 1, 2])
        #expect(results[0].report?.mode == .bulk)
    }

    @Test func bulkTimeLimitIsForEachFile() async throws {
        let base = try await MediaGenerator.shared.file(.pattern(seconds: 4))
        let long = try await MediaGenerator.shared.file(
            MediaRecipe(name: "long.mp4", arguments: ["-stream_loop", "200", "-i", base, "-c", "copy"]))
        let requests = try [.file(path: long), try await cuts()].map { try request($0, "scenes") }
        let results = try await client.executeBulk(requests, timeout: .seconds(15))
        #expect(results.map { $0.failure?.code } == [.timedOut, nil])
        #expect(staging == [])
    }

    @Test func builderIsAValue() throws {
        let base = Client.builder().cacheDirectory(nil)
        let one = try base.workers(0).build()
        let four = try base.workers(4).build()
        #expect(one.workers == 1)
        #expect(four.workers == 4)
        #expect(one.engine.cache == nil)
        let pipeline = try one.plan(try request(.file(path: "never-opened.mp4"), "transcription"))
        #expect(pipeline.stages.map(\.operation.name) == ["transcription"])
    }
}
