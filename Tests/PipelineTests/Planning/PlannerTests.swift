import MediaValues
import Pipeline
import PluginKit
import Testing
import VideoExtractTesting

struct PlannerTests {
    private func plan(
        _ operations: String, extra: [FakePlugin] = [], requirements: Requirements = Requirements(),
        materializesStreams: Bool = false
    ) throws -> [String] {
        try plan(
            OperationListParser.parse(operations).map { OutputSpec($0) }, extra: extra, requirements: requirements,
            materializesStreams: materializesStreams)
    }

    /// Each stage as `name(parameters)<inputs>`, with `+` before those that were inserted.
    private func plan(
        _ specs: [OutputSpec], extra: [FakePlugin] = [], requirements: Requirements = Requirements(),
        materializesStreams: Bool = false
    ) throws -> [String] {
        let planner = Planner(
            registry: try Registry(EngineFixture.plugins() + extra), requirements: requirements,
            materializesStreams: materializesStreams)
        return try planner.plan(specs).stages.map { stage in
            "\(stage.isRequested ? "" : "+")\(stage.operation)<\(stage.inputs.map(String.init).joined(separator: ","))>"
        }
    }

    private func refusal(_ body: () throws -> Void) throws -> PluginError {
        try #require(throws: PluginError.self, performing: body)
    }

    @Test func whatIsNeededIsInserted() throws {
        #expect(try plan("objects") == ["+keyframes(max_frames=100)<>", "objects<0>"])
    }

    @Test func streamsNeedNoStage() throws {
        #expect(try plan("transcription") == ["transcription<>"])
        #expect(try plan("transcription", materializesStreams: true) == ["+audio<>", "transcription<>"])
        let planner = Planner(registry: try Registry(EngineFixture.plugins()), materializesStreams: true)
        let stages = try planner.plan([OutputSpec(Operation("transcription"))]).stages
        #expect(stages.allSatisfy { $0.isWritten }, "also what nobody asked for by name")
        #expect(try plan("transcription,audio", materializesStreams: true) == ["transcription<>", "audio<>"])
    }

    @Test func equalStagesAreMerged() throws {
        let ocr = FakePlugin("ocr", inputs: [.keyframes], outputs: [DataType("OCR")])
        #expect(
            try plan("objects,ocr,keyframes,objects", extra: [ocr])
                == ["keyframes(max_frames=100)<>", "objects<0>", "ocr<0>"])
    }

    @Test func aRequestedOutputServesItsUsers() throws {
        let expected = ["keyframes(max_frames=7)<>", "objects<0>"]
        #expect(try plan("keyframes(max_frames=7),objects") == expected)
        #expect(try plan("objects,keyframes(max_frames=7)") == expected)
    }

    @Test func pinnedSourcesAreKept() throws {
        let pinned = OutputSpec(
            Operation("objects"), sources: [OutputSpec(Operation("keyframes", parameters: ["max_frames": .integer(3)]))]
        )
        #expect(
            try plan([OutputSpec(Operation("keyframes")), pinned])
                == ["keyframes(max_frames=100)<>", "keyframes(max_frames=3)<>", "objects<1>"])
    }

    /// An operation that takes its pictures from the decode pass and chooses them itself.
    private static func vision() -> FakePlugin {
        FakePlugin(
            "faces", outputs: [.faces],
            parameters: [
                ParameterDefinition(
                    name: "sample", kind: .text, defaultValue: .text("keyframes"), choices: ["keyframes", "frames"]),
                ParameterDefinition(name: "fps", kind: .number, defaultValue: .number(2)),
                ParameterDefinition(name: "quality", kind: .text, defaultValue: .text("good")),
            ], demand: EngineFixture.keyframes)
    }

    private static func frames() -> FakePlugin {
        FakePlugin(
            "frames", outputs: [.frames],
            parameters: [
                ParameterDefinition(name: "fps", kind: .number, defaultValue: .number(1)),
                ParameterDefinition(name: "quality", kind: .integer, defaultValue: .integer(90)),
            ], demand: EngineFixture.everyFrame)
    }

    @Test func picturesAreChosenAsTheStageThatWasAskedForChoosesThem() throws {
        let extra = [Self.vision(), Self.frames()]
        let own = "faces(fps=2.0,quality=good,sample=keyframes)<>"
        #expect(try plan("faces", extra: extra) == [own])
        // Frames were asked for as well, but faces looks at keyframes.
        #expect(try plan("faces,frames(fps=5)", extra: extra) == [own, "frames(fps=5.0,quality=90)<>"])
        let sampled = "faces(fps=5.0,quality=good,sample=frames)<>"
        #expect(
            try plan("faces(sample=frames),frames(fps=5)", extra: extra) == [sampled, "frames(fps=5.0,quality=90)<>"])
        #expect(
            try plan("faces(sample=frames,fps=3),frames(fps=5)", extra: extra)
                == ["faces(fps=3.0,quality=good,sample=frames)<>", "frames(fps=5.0,quality=90)<>"])
        let pinned = OutputSpec(
            Operation("faces"), sources: [OutputSpec(Operation("frames", parameters: ["fps": .number(5)]))])
        #expect(try plan([pinned], extra: extra) == ["frames(fps=5.0,quality=90)<>", sampled])
    }

    @Test func theSourcesNameDecidesWhatTakesFormats() throws {
        let demuxer = FakePlugin("chapters", inputs: [DataType("mkv"), .scenes], outputs: [DataType("Chapters")])
        let fixture = try EngineFixture(replacing: [demuxer])
        func stages(_ source: DataSource) throws -> [String] {
            let request = ExtractionRequest(source: source, outputs: [OutputSpec(Operation("chapters"))])
            return try fixture.engine.plan(request, policy: .performance(threads: 1)).stages.map(\.operation.name)
        }
        #expect(try stages(.file(path: "/a/film.MKV")) == ["chapters"])
        #expect(try stages(.url("https://example.org/film.mkv?token=1.mp4")) == ["chapters"])
        #expect(try stages(.bytes([0], formatHint: "mkv")) == ["chapters"])
        #expect(try stages(.file(path: "film.mkv", formatHint: "mp4")) == ["scenes", "chapters"])
        #expect(try stages(.standardInput()) == ["scenes", "chapters"])
    }

    @Test func sourcesMustFit() throws {
        let wrong = OutputSpec(Operation("objects"), sources: [OutputSpec(Operation("scenes"))])
        let error = try refusal { _ = try plan([wrong]) }
        #expect(error.code == .noPlugin)
        #expect(error.message == "objects cannot take scenes as a source: it takes Keyframes")
    }

    @Test func longChainsComeInOrder() throws {
        let chain = [
            FakePlugin("fusion", inputs: [DataType("Tracks")], outputs: [DataType("Fusion")]),
            FakePlugin("tracks", inputs: [DataType("Objects")], outputs: [DataType("Tracks")]),
        ]
        #expect(
            try plan("fusion", extra: chain)
                == ["+keyframes(max_frames=100)<>", "+objects<0>", "+tracks<1>", "fusion<2>"])
    }

    @Test func circlesAreNamed() throws {
        let circle = [
            FakePlugin("hen", inputs: [DataType("Egg")], outputs: [DataType("Hen")]),
            FakePlugin("egg", inputs: [DataType("Hen")], outputs: [DataType("Egg")]),
        ]
        let error = try refusal { _ = try plan("hen", extra: circle) }
        #expect(error.code == .noPlugin)
        #expect(error.message == "these operations need each other: hen → egg → hen")
    }

    @Test func missingProducersAreNamed() throws {
        let lonely = FakePlugin("lonely", inputs: [DataType("Moon"), DataType("Sun")], outputs: [DataType("Tide")])
        #expect(
            try refusal { _ = try plan("lonely", extra: [lonely]) }.message
                == "lonely needs Moon or Sun, and no plugin makes it")
    }

    @Test func alternativeInputsTakeTheFirstThatCanBeMade() throws {
        let either = FakePlugin("either", inputs: [DataType("Moon"), .keyframes], outputs: [DataType("Tide")])
        #expect(try plan("either", extra: [either]) == ["+keyframes(max_frames=100)<>", "either<0>"])
    }

    @Test func requirementsChooseThePluginOrSayWhyNot() throws {
        var manifest = PluginManifest(
            name: "scenes-gpu", version: "1", inputs: [.media], outputs: [.scenes],
            operation: .init(name: "scenes"), implementation: .builtIn(factory: "x"))
        manifest.limits.requiresGPU = true
        manifest.capabilities.accuracy = 0.9
        let registry = try Registry(EngineFixture.plugins() + [FakePlugin(manifest: manifest)])
        var requirements = Requirements()
        requirements.minimumAccuracy = 0.8
        let specs = [OutputSpec(Operation("scenes"))]
        let error = try refusal { _ = try Planner(registry: registry, requirements: requirements).plan(specs) }
        #expect(
            error.message
                == "no plugin can do scenes: scenes publishes no accuracy, and 0.8 is asked for; scenes-gpu needs a GPU"
        )
        requirements.hasGPU = true
        let chosen = try Planner(registry: registry, requirements: requirements).plan(specs)
        #expect(chosen.stages.map(\.plugin.manifest.name) == ["scenes-gpu"])
    }

    @Test func aPluginThatListsTheFormatTakesTheFileItself() throws {
        let reader = FakePlugin("subtitles", inputs: [DataType("mkv"), .keyframes], outputs: [DataType("Text")])
        let planner = Planner(registry: try Registry(EngineFixture.plugins() + [reader]))
        let specs = [OutputSpec(Operation("subtitles"))]
        #expect(try planner.plan(specs, formatHint: "mkv").stages.count == 1)
        #expect(try planner.plan(specs, formatHint: "mp4").stages.count == 2)
    }

    @Test func thePlanCanBePrinted() throws {
        let planner = Planner(registry: try Registry(EngineFixture.plugins()))
        let pipeline = try planner.plan([OutputSpec(Operation("objects")), OutputSpec(Operation("audio"))])
        #expect(
            pipeline.description == """
                1. keyframes(max_frames=100)  [inserted]
                     from decoder (keyframes, full size)
                     by keyframes 1.0 → Keyframes
                2. objects
                     from stage 1
                     by objects 1.0 → Objects
                3. audio
                     from decoder (PCM 16000 Hz, 1 ch)
                     by audio 1.0 → Audio
                """)
        #expect(pipeline.demands == [EngineFixture.keyframes, EngineFixture.speech])
    }

    @Test func aRandomSetOfRequestsIsAlwaysInOrderAndWithoutTwins() throws {
        let names = ["metadata", "scenes", "keyframes", "audio", "transcription", "objects", "keyframes(max_frames=2)"]
        let planner = Planner(registry: try Registry(EngineFixture.plugins()))
        try SeededGenerator.withSeeds(200) { generator in
            let wanted = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                names[Int.random(in: names.indices, using: &generator)]
            }
            let specs = try OperationListParser.parse(wanted.joined(separator: ",")).map { OutputSpec($0) }
            let stages = try planner.plan(specs).stages
            #expect(stages.map(\.id) == Array(stages.indices), "\(generator)")
            #expect(stages.allSatisfy { stage in stage.inputs.allSatisfy { $0 < stage.id } }, "\(generator)")
            #expect(Set(stages.map { "\($0.operation)\($0.inputs)" }).count == stages.count, "\(generator)")
        }
    }
}
