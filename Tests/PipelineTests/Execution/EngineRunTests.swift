import Foundation
import MediaValues
import Pipeline
import PluginKit
import Synchronization
import Testing
import VideoExtractTesting

/// How a run goes on: events, cancellation, back-pressure, files.
struct EngineRunTests {
    @Test func eventsComeInOrder() async throws {
        let streaming = FakePlugin("scenes", outputs: [.scenes], demand: EngineFixture.everyFrame) { input, context in
            for number in 0..<3 { await context.emit(try PartialResult(["n": number])) }
            return try await FakePlugin.countFeed(input, context)
        }
        let fixture = try EngineFixture(replacing: [streaming])
        let expected: [Happening] = [
            .started("scenes"), .partial("scenes", #"{"n":0}"#), .partial("scenes", #"{"n":1}"#),
            .partial("scenes", #"{"n":2}"#), .ended("scenes", .done, document: true), .finished,
        ]
        try await fixture.run("scenes")
        #expect(fixture.events.all == expected)
        try await fixture.run("scenes")
        #expect(fixture.events.all.dropFirst(expected.count) == [.ended("scenes", .cached, document: true), .finished])
    }

    @Test func insertedStagesAreSilent() async throws {
        let fixture = try EngineFixture()
        let report = try await fixture.run("objects")
        #expect(fixture.events.all == [.started("objects"), .ended("objects", .done, document: true), .finished])
        #expect(report.requestedOperations.map(\.operation) == ["objects"])
        #expect(report.operations.map(\.operation) == ["keyframes", "objects"])
    }

    @Test func aPluginThatFailsEarlyDoesNotHoldTheOthersUp() async throws {
        let hasty = FakePlugin("keyframes", outputs: [.keyframes], demand: EngineFixture.everyFrame) { _, _ in
            throw PluginError(.native, "no")
        }
        let lazy = FakePlugin("metadata", outputs: [.metadata], demand: EngineFixture.everyFrame) { input, context in
            if let video = input.feed.video { for try await _ in video { break } }
            return try context.files.finish(document: [1], at: "metadata.json")
        }
        let fixture = try EngineFixture(replacing: [hasty, lazy])
        let report = try await fixture.run("keyframes,metadata,scenes")
        #expect(report.operations.map(\.status) == [.failed, .done, .done])
        #expect(try report.report("scenes").counts == ["frames": 50])
    }

    @Test func aSlowReaderSlowsTheStageDown() async throws {
        let emitted = Guarded(0)
        let streaming = FakePlugin("metadata", outputs: [.metadata]) { _, context in
            for number in 0..<100 {
                await context.emit(try PartialResult([number]))
                emitted.withLock { $0 += 1 }
            }
            return try context.files.finish(document: [1], at: "metadata.json")
        }
        let fixture = try EngineFixture(replacing: [streaming])
        let received = Guarded(0)
        let request = ExtractionRequest(source: .file(path: "a.mp4"), outputs: [OutputSpec(Operation("metadata"))])
        _ = try await withDeadline {
            try await fixture.engine.run(request, policy: .performance(threads: 1)) { event in
                guard case .partial = event else { return }
                for _ in 0..<20 { await Task.yield() }
                let count = received.withLock {
                    $0 += 1
                    return $0
                }
                #expect(emitted.withLock { $0 } < count)
            }
        }
        #expect(received.withLock { $0 } == 100)
    }

    /// Cancels a run once its decoding has begun, and returns how long the end took.
    private func timeToCancel(_ fixture: EngineFixture, hasBegun: Gate) async throws -> Duration {
        let running = Task { try await fixture.run("scenes,keyframes,objects", output: true) }
        await hasBegun.wait()
        let start = ContinuousClock().now
        running.cancel()
        let result = try await withDeadline { await running.result }
        let duration = ContinuousClock().now - start
        #expect(throws: CancellationError.self) { try result.get() }
        return duration
    }

    @Test func cancellationEndsARunAtOnceAndLeavesNothing() async throws {
        var durations: [Duration] = []
        for hasCache in [true, false, true] {
            let hasBegun = Gate()
            let watcher = FakePlugin("scenes", outputs: [.scenes], demand: EngineFixture.everyFrame) { input, context in
                try context.files.write(Data("half".utf8), to: "half.bin")
                if let video = input.feed.video { for try await _ in video { hasBegun.open() } }
                return try context.files.finish(document: [1], at: "scenes.json")
            }
            var content = EngineFixture.content()
            content.isEndless = true
            let fixture = try EngineFixture(content: content, replacing: [watcher], hasCache: hasCache)
            durations.append(try await timeToCancel(fixture, hasBegun: hasBegun))
            #expect(fixture.leftovers.isEmpty)
            #expect(!fixture.folder.files(below: "out").contains { $0.hasSuffix(".tmp") })
            #expect(!fixture.events.all.contains(.finished))
        }
        // A machine under load may be late once; a run that waits for something is late every time.
        #expect(durations.contains { $0 < .milliseconds(200) }, "\(durations)")
    }

    @Test func cancellationReachesTheHashingOfTheSource() async throws {
        let hasBegun = Gate()
        let fixture = try EngineFixture(onResolve: { isCancelled in
            // A thread that does not belong to the task, as hashing does.
            try await BlockingPool.shared.run {
                hasBegun.open()
                while !isCancelled() { sched_yield() }
            }
            throw CancellationError()
        })
        let running = Task { try await fixture.run("scenes") }
        await hasBegun.wait()
        running.cancel()
        let result = try await withDeadline { await running.result }
        #expect(throws: CancellationError.self) { try result.get() }
    }

    @Test func theTraceIsAChromeTrace() async throws {
        struct Trace: Decodable {
            struct Event: Decodable {
                var name: String
                var cat: String
                var ph: String
                var ts: Double
                var dur: Double
                var pid: Int
                var tid: Int
            }
            var displayTimeUnit: String
            var traceEvents: [Event]
        }
        let fixture = try EngineFixture()
        let recorder = TraceRecorder()
        try await fixture.run("scenes,objects", trace: recorder)
        let trace = try JSONDecoder().decode(Trace.self, from: recorder.json())
        #expect(trace.displayTimeUnit == "ms")
        #expect(trace.traceEvents.allSatisfy { $0.ph == "X" && $0.ts >= 0 && $0.dur >= 0 })
        #expect(
            Set(trace.traceEvents.map(\.name))
                == [
                    "resolve and hash", "cache lookup", "probe", "open decoders", "decode", "scenes", "keyframes",
                    "objects",
                ])
        #expect(trace.traceEvents.map(\.ts) == trace.traceEvents.map(\.ts).sorted())
        let stages = trace.traceEvents.filter { $0.cat == "stage" }
        #expect(Set(stages.map(\.tid)).count == 3, "each stage has its own row")
    }

    @Test func filesAreWrittenAndTheReportToo() async throws {
        let fixture = try EngineFixture()
        let report = try await fixture.run("scenes,objects", output: true)
        #expect(
            fixture.folder.files(below: "out").filter { !$0.hasPrefix("talk/.state/") }
                == ["talk/.source", "talk/metadata.json", "talk/objects.json", "talk/run.json", "talk/scenes.json"])
        #expect(report.outputDirectory == fixture.folder.file("out/talk"))
        #expect(try report.report("scenes").files == ["scenes.json"])
        #expect(try report.report("keyframes").files.isEmpty, "inserted stages write nothing")
        let written = try #require(fixture.folder.text("out/talk/run.json"))
        let read = try ResultEncoding.decoder.decode(RunReport.self, from: Data(written.utf8))
        #expect(read.operations.map(\.status) == report.operations.map(\.status))
        #expect(read.source.contentHash == .blake3(of: "fake"))
        // A cached run writes the same bytes.
        let before = fixture.folder.text("out/talk/scenes.json")
        try FileManager.default.removeItem(atPath: fixture.folder.file("out"))
        try await fixture.run("scenes,objects", output: true)
        #expect(fixture.folder.text("out/talk/scenes.json") == before)
    }

    @Test func debugModeCanWriteStreamsOutWithoutChangingKeys() async throws {
        let fixture = try EngineFixture()
        try await fixture.run("transcription")
        var policy = ExecutionPolicy.debug(threads: 2)
        policy.materializesStreams = true
        let report = try await fixture.run("transcription", output: true, policy: policy)
        #expect(report.status("transcription") == .cached)
        #expect(report.status("audio") == .done)
        #expect(fixture.folder.text("out/talk/audio.json") != nil)
    }

    @Test func aReadOnlyOutputFolderFailsTheOperations() async throws {
        let fixture = try EngineFixture()
        try fixture.folder.write("a file stands where the folder should be", to: "out")
        let report = try await fixture.run("scenes", output: true)
        #expect(report.operations.allSatisfy { $0.status == .failed && $0.error?.code == .outputFailed })
        #expect(report.operations.allSatisfy { $0.error?.message.contains("out") == true })
        #expect(report.outputDirectory == nil)
    }

    @Test func aTamperedEntryIsComputedAgain() async throws {
        let fixture = try EngineFixture()
        try await fixture.run("scenes")
        let path = try #require(fixture.folder.files(below: "cache/entries").first { $0.hasSuffix("scenes.json") })
        try fixture.folder.write("[]", to: "cache/entries/" + path)
        #expect(try await fixture.run("scenes").status("scenes") == .done)
        #expect(try await fixture.run("scenes").status("scenes") == .cached)
    }
}
