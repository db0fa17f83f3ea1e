import MediaValues
import Pipeline
import PluginKit
import Testing
import VideoExtractTesting

@Suite struct LateInputTests {
    private static let tracks = DataType("Tracks")

    /// Takes every frame, and then the scenes, which need every frame too.
    private static func tracker(inputs: [DataType] = [.scenes], optional: [DataType] = []) -> FakePlugin {
        var manifest = PluginManifest(
            name: "tracker", version: "1", inputs: inputs, outputs: [tracks], operation: .init(name: "tracker"),
            implementation: .builtIn(factory: "tracker"))
        manifest.optionalInputs = optional
        return FakePlugin(manifest: manifest, demand: EngineFixture.everyFrame)
    }

    /// Relates what others found; by itself it has the scenes made.
    private static func fusion() -> FakePlugin {
        var manifest = PluginManifest(
            name: "fusion", version: "1", inputs: [.metadata], outputs: [.fusion], operation: .init(name: "fusion"),
            implementation: .builtIn(factory: "fusion"))
        manifest.optionalInputs = [.scenes, .transcription, .keyframes]
        manifest.defaultInputs = [.scenes, .transcription]
        return FakePlugin(manifest: manifest)
    }

    private func inputs(_ fixture: EngineFixture, _ operations: String) async throws -> [String] {
        let documents = Recorder<[String]>()
        let request = ExtractionRequest(
            source: .file(path: "talk.mp4"), outputs: try OperationListParser.parse(operations).map { OutputSpec($0) })
        _ = try await withDeadline {
            try await fixture.engine.run(request, policy: .performance(threads: 2)) { event in
                guard case .ended(let report, let document?) = event, report.operation == "fusion" else { return }
                let counted = try? PartialResult(json: document).decode(as: FakePlugin.Counted.self)
                documents.append(counted?.inputs ?? [])
            }
        }
        return documents.all.first ?? []
    }

    @Test func stagesThatReadMediaAndWaitForEachOtherShareOnePass() async throws {
        let fixture = try EngineFixture(replacing: [Self.tracker()])
        let report = try await fixture.run("tracker,keyframes")
        #expect(report.operations.map(\.status) == [.done, .done, .done])
        #expect(try report.report("tracker").counts == ["frames": 50])
        #expect(fixture.media.counters.passes == 1)
        #expect(report.decoding?.framesDecoded == 50)
        let second = try await fixture.run("tracker,scenes")
        #expect(second.operations.map(\.status) == [.cached, .cached])
    }

    @Test func askingBeforeTheFeedIsReadIsAnErrorRatherThanADeadlock() async throws {
        let hasty = FakePlugin(
            "hasty", inputs: [.scenes], outputs: [Self.tracks], demand: EngineFixture.everyFrame
        ) { input, context in
            _ = try await input.results()
            return try context.files.finish(document: [1], at: "hasty.json")
        }
        let fixture = try EngineFixture(replacing: [hasty])
        let report = try await fixture.run("hasty,scenes")
        #expect(try report.report("hasty").error?.code == .pluginFault)
        #expect(report.status("scenes") == .done)
    }

    @Test func aNeededStageThatFailsEndsTheOneThatReadsMediaToo() async throws {
        let broken = FakePlugin("scenes", outputs: [.scenes], demand: EngineFixture.everyFrame) { _, _ in
            throw PluginError(.native, "no")
        }
        let careless = FakePlugin(
            "careless", inputs: [.scenes], outputs: [Self.tracks], demand: EngineFixture.everyFrame
        ) { _, context in
            try context.files.finish(document: [1], at: "careless.json")
        }
        let fixture = try EngineFixture(replacing: [broken, careless, Self.tracker(inputs: [.scenes])])
        let report = try await fixture.run("careless,tracker")
        #expect(try report.report("careless").error?.code == .dependencyFailed)
        #expect(try report.report("tracker").error?.message == "it needs scenes, which failed: no")
        #expect(fixture.leftovers.isEmpty)
    }

    @Test func optionalInputsAreThoseThatWereAskedFor() async throws {
        let fixture = try EngineFixture(replacing: [Self.fusion()])
        #expect(try await inputs(fixture, "fusion,keyframes") == ["Keyframes", "Metadata"])
        #expect(try await inputs(fixture, "keyframes,scenes,fusion") == ["Keyframes", "Metadata", "Scenes"])
        #expect(try await inputs(fixture, "audio,fusion") == ["Metadata", "Scenes", "Transcription"])
    }

    @Test func anOptionalInputThatIsSkippedIsDoneWithout() async throws {
        let fixture = try EngineFixture(replacing: [Self.fusion()], models: [:])
        let first = try await fixture.run("fusion,transcription,scenes")
        #expect(first.status("transcription") == .skipped)
        #expect(first.status("fusion") == .done)
        // What was left out is known beforehand, so the result is kept.
        let second = try await fixture.run("fusion,transcription,scenes")
        #expect(second.status("fusion") == .cached)
        #expect(fixture.executions("fusion") == 1)
        // With the model there is more to relate.
        let equipped = try EngineFixture(replacing: [Self.fusion()])
        #expect(try await inputs(equipped, "fusion,transcription") == ["Metadata", "Transcription"])
    }

    @Test func anOptionalInputThatFailsKeepsTheResultOutOfTheCache() async throws {
        let broken = FakePlugin("scenes", outputs: [.scenes], demand: EngineFixture.everyFrame) { _, _ in
            throw PluginError(.native, "no")
        }
        let fixture = try EngineFixture(replacing: [broken, Self.fusion()])
        for _ in 0..<2 {
            let report = try await fixture.run("fusion,scenes")
            #expect(report.status("fusion") == .done)
            #expect(report.status("scenes") == .failed)
        }
        #expect(fixture.executions("fusion") == 2)
    }

    @Test func aStageThatTakesAnyTrackRunsWhereOneIsThere() async throws {
        let markers = FakePlugin(
            "markers", outputs: [.temporalMarkers],
            demand: MediaDemand(video: VideoDemand(.everyFrame), audio: .speech, acceptsAnyTrack: true))
        let strict = FakePlugin(
            "strict", outputs: [Self.tracks], demand: MediaDemand(video: VideoDemand(.everyFrame), audio: .speech))
        let subtitles = FakePlugin("subtitles", outputs: [.subtitles], demand: MediaDemand(subtitles: true))
        let fixture = try EngineFixture(
            content: .init(frames: MadeMedia.frames(50)), replacing: [markers, strict, subtitles])
        let report = try await fixture.run("markers,strict,subtitles")
        #expect(try report.report("markers").counts == ["frames": 50])
        #expect(try report.report("strict").reason == "the file has no audio track")
        #expect(try report.report("subtitles").reason == "the file has no subtitle track")
        let nothing = try EngineFixture(content: .init(), replacing: [markers, strict, subtitles])
        #expect(try await nothing.run("markers").report("markers").reason == "the file has no video and no audio track")
    }
}
