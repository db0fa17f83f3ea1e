import FoundationEssentials
import Inference
import Testing

/// Small networks of the shapes that sherpa-onnx expects; what they compute is known. A wrong one that got as far as the library
/// would end the test process.
enum SherpaNetworks {
    static let segmentationMetadata = [
        "sample_rate": "16000", "window_size": "16000", "receptive_field_size": "400", "receptive_field_shift": "160",
        "num_speakers": "3", "powerset_max_classes": "2", "num_classes": "7",
    ]

    /// Windows of one second in frames of 10 ms: the first speaker where the mean square is above 0.001, else nobody.
    static func segmentation(_ metadata: [String: String] = segmentationMetadata, classes: Int = 7) -> ONNXGraph {
        var graph = ONNXGraph(name: "segmentation")
        let x = graph.input("x", .float32, ["N", 1, "T"])
        let frames = graph.node("Reshape", [x, graph.constant("frames", integers: [0, -1, 160], shape: [3])])
        let power = graph.node(
            "ReduceMean", [graph.node("Mul", [frames, frames])], ["axes": .integers([2]), "keepdims": .integer(1)])
        let zero = graph.node("Mul", [power, graph.constant("nothing", floats: [0], shape: [])])
        let threshold = graph.node("Add", [zero, graph.constant("threshold", floats: [0.001], shape: [])])
        let never = graph.node("Sub", [zero, graph.constant("one", floats: [1], shape: [])])
        let parts = [threshold, power] + [String](repeating: never, count: classes - 2)
        graph.output(
            graph.node("Concat", parts, ["axis": .integer(2)]), as: "y", .float32, ["N", "F", .fixed(classes)])
        graph.metadata = metadata.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return graph
    }

    static let embeddingMetadata = [
        "framework": "wespeaker", "output_dim": "2", "sample_rate": "16000", "normalize_samples": "1", "language": "en",
    ]

    /// [1,0] for sounds with more low than high frequencies, [0,1] for the others.
    static func embedding(_ metadata: [String: String] = embeddingMetadata, inputs: Int = 1) -> ONNXGraph {
        var graph = ONNXGraph(name: "embedding")
        let x = graph.input("x", .float32, [1, "T", 80])
        for extra in 1..<max(1, inputs) { graph.input("extra\(extra)", .int64, [1]) }
        let mean = graph.node("ReduceMean", [x], ["axes": .integers([1]), "keepdims": .integer(0)])
        let axis = graph.constant("axis", integers: [1], shape: [1])
        let bounds = [0, 40, 80].map { graph.constant("at\($0)", integers: [Int64($0)], shape: [1]) }
        let low = graph.node("Slice", [mean, bounds[0], bounds[1], axis])
        let high = graph.node("Slice", [mean, bounds[1], bounds[2], axis])
        let more = graph.node(
            "ReduceMean", [graph.node("Sub", [low, high])], ["axes": .integers([1]), "keepdims": .integer(1)])
        let both = graph.node("Concat", [more, graph.node("Neg", [more])], ["axis": .integer(1)])
        graph.output(graph.node("Relu", [both]), as: "y", .float32, [1, 2])
        graph.metadata = metadata.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return graph
    }

    /// Probabilities 0.2, 0.7 and 0.1 for whatever is heard.
    static func tagging(inputs: Int = 1, classes: [Float] = [0.2, 0.7, 0.1]) -> ONNXGraph {
        var graph = ONNXGraph(name: "tagging")
        let x = graph.input("x", .float32, [1, "A", "B"])
        if inputs > 1 { graph.input("x_lens", .int64, [1]) }
        let mean = graph.node("ReduceMean", [x], ["axes": .integers([1, 2]), "keepdims": .integer(0)])
        let zero = graph.node(
            "Unsqueeze",
            [
                graph.node("Mul", [mean, graph.constant("nothing", floats: [0], shape: [])]),
                graph.constant("axis", integers: [1], shape: [1]),
            ])
        let known = graph.constant("known", floats: classes, shape: [1, classes.count])
        graph.output(graph.node("Add", [zero, known]), as: "y", .float32, [1, .fixed(classes.count)])
        return graph
    }

    static let labels = "index,mid,display_name\n0,/m/1,\"Speech\"\n1,/m/2,\"Music\"\n2,/m/3,\"Bark, dog\"\n"

    static func model(_ family: String, in folder: TemporaryFolder, files: [String: [UInt8]]) throws -> InstalledModel {
        for (name, bytes) in files { try folder.write(bytes, to: name) }
        let list = files.keys.sorted().map { "{name: \($0), sources: [{path: \(folder.path)/\($0)}]}" }
        let text = """
            version: 1
            models:
              - {id: small, task: test, runtime: sherpa-onnx, family: \(family), files: [\(list.joined(separator: ", "))]}
            """
        let entry = try ModelCatalogue.parse(text: text, fileName: "models.yaml").entry("small")
        return InstalledModel(entry: entry, folder: folder.path, digest: "")
    }

    static func tone(_ frequency: Double, seconds: Double) -> [Float] {
        (0..<Int(16_000 * seconds)).map { Float(0.3 * _sin(2 * .pi * frequency * Double($0) / 16_000)) }
    }

    private static func _sin(_ x: Double) -> Double {
        // Bhaskara's rational approximation is good enough for a tone.
        let turn = x / (2 * .pi)
        let phase = (turn - turn.rounded(.down)) * 360
        let half = phase < 180 ? phase : phase - 180
        let value = 4 * half * (180 - half) / (40_500 - half * (180 - half))
        return phase < 180 ? value : -value
    }
}

struct SpeakerDiarizerTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func diarizer(
        segmentation: [UInt8] = SherpaNetworks.segmentation().serialized(),
        embedding: [UInt8] = SherpaNetworks.embedding().serialized(), family: String = "sherpa-diarization"
    ) throws -> SpeakerDiarizer {
        try SpeakerDiarizer(
            model: SherpaNetworks.model(
                family, in: folder, files: ["segmentation.onnx": segmentation, "embedding.onnx": embedding]))
    }

    private func turns(
        _ diarizer: SpeakerDiarizer, _ samples: [Float], speakers: SpeakerDiarizer.Speakers = .atDistance(0.5)
    ) throws -> [SpeakerTurn] {
        try samples.withUnsafeBufferPointer { try diarizer.diarize($0, speakers: speakers) }
    }

    private static let silence = [Float](repeating: 0, count: 16_000)

    @Test func twoVoicesAreToldApart() throws {
        let low = SherpaNetworks.tone(300, seconds: 2)
        let high = SherpaNetworks.tone(5000, seconds: 2)
        let found = try turns(try diarizer(), low + Self.silence + high + Self.silence + low)
        try #require(found.count == 3, "\(found)")
        #expect(found[0].speaker == found[2].speaker && found[0].speaker != found[1].speaker)
        for (turn, start) in zip(found, [0.0, 3, 6]) {
            #expect(abs(turn.start - start) < 0.15 && abs(turn.end - start - 2) < 0.15, "\(turn)")
        }
    }

    @Test func numberOfSpeakersMayBeGivenForEachCall() throws {
        let diarizer = try diarizer()
        let audio = SherpaNetworks.tone(300, seconds: 2) + Self.silence + SherpaNetworks.tone(5000, seconds: 2)
        #expect(Set(try turns(diarizer, audio, speakers: .exactly(1)).map(\.speaker)).count == 1)
        #expect(Set(try turns(diarizer, audio, speakers: .exactly(2)).map(\.speaker)).count == 2)
        #expect(Set(try turns(diarizer, audio).map(\.speaker)).count == 2)
    }

    @Test func silenceNothingAndShortSoundsAreNoFailure() throws {
        let diarizer = try diarizer()
        #expect(try turns(diarizer, []).isEmpty)
        #expect(try turns(diarizer, [0.5]).isEmpty)
        #expect(try turns(diarizer, Self.silence + Self.silence).isEmpty)
        #expect(try turns(diarizer, [Float](repeating: .nan, count: 20_000)).isEmpty)
        _ = try turns(diarizer, SherpaNetworks.tone(300, seconds: 0.1))
        _ = try turns(diarizer, SherpaNetworks.tone(300, seconds: 1.01))
    }

    @Test func wrongSegmentationNetworksAreRefusedBeforeTheLibrarySeesThem() throws {
        var wrong = SherpaNetworks.segmentationMetadata.keys.map { key in
            SherpaNetworks.segmentation(SherpaNetworks.segmentationMetadata.filter { $0.key != key })
        }
        for (key, value) in [
            ("sample_rate", "8000"), ("num_classes", "6"), ("powerset_max_classes", "3"), ("window_size", "0"),
            ("receptive_field_shift", "-1"), ("num_speakers", "many"),
        ] {
            wrong.append(SherpaNetworks.segmentation(SherpaNetworks.segmentationMetadata.merging([key: value]) { $1 }))
        }
        wrong.append(SherpaNetworks.segmentation(classes: 5))
        wrong.append(SherpaNetworks.tagging())
        for graph in wrong {
            let error = #expect(throws: InferenceError.self, "\(graph.metadata)") {
                try diarizer(segmentation: graph.serialized())
            }
            #expect(error?.code == .unsupportedModel)
            #expect(error?.message.contains("segmentation.onnx") == true)
        }
    }

    @Test func wrongEmbeddingNetworksAreRefusedBeforeTheLibrarySeesThem() throws {
        var wrong = SherpaNetworks.embeddingMetadata.keys.map { key in
            SherpaNetworks.embedding(SherpaNetworks.embeddingMetadata.filter { $0.key != key })
        }
        for (key, value) in [
            ("framework", "other"), ("framework", "nemo"), ("output_dim", "3"), ("feature_normalize_type", "odd"),
        ] {
            wrong.append(SherpaNetworks.embedding(SherpaNetworks.embeddingMetadata.merging([key: value]) { $1 }))
        }
        wrong.append(SherpaNetworks.embedding(inputs: 2))
        for graph in wrong {
            let error = #expect(throws: InferenceError.self, "\(graph.metadata)") {
                try diarizer(embedding: graph.serialized())
            }
            #expect(error?.code == .unsupportedModel)
        }
    }

    @Test func networkThatTheRuntimeCannotLoadIsRefusedBeforeTheLibrarySeesIt() throws {
        // Whole files of the right outer form, with an operator that does not exist or shapes that do not fit.
        var unknown = SherpaNetworks.embedding()
        unknown.node("NoSuchOperator", ["x"], outputs: ["z"])
        var clashing = SherpaNetworks.embedding()
        let pair = clashing.constant("pair", floats: [1, 2], shape: [2])
        let triple = clashing.constant("triple", floats: [1, 2, 3], shape: [3])
        clashing.node("Add", [pair, triple], outputs: ["z"])
        for graph in [unknown, clashing] {
            let error = #expect(throws: InferenceError.self) { try diarizer(embedding: graph.serialized()) }
            #expect(error?.code == .loadFailed)
            #expect(error?.underlying?.isEmpty == false)
        }
    }

    @Test func damagedFilesAndOtherFamiliesAreRefused() throws {
        let good = SherpaNetworks.embedding().serialized()
        for bytes in [[], Array("<html>404</html>".utf8), Array(good[..<(good.count / 2)])] as [[UInt8]] {
            let error = #expect(throws: InferenceError.self) { try diarizer(embedding: bytes) }
            #expect(error?.code == .corruptModel)
        }
        #expect(throws: InferenceError.self) { try diarizer(family: "ge2e") }
    }

    @Test func loadedDiarizersAreShared() async throws {
        let model = try SherpaNetworks.model(
            "sherpa-diarization", in: folder,
            files: [
                "segmentation.onnx": SherpaNetworks.segmentation().serialized(),
                "embedding.onnx": SherpaNetworks.embedding().serialized(),
            ])
        let diarizers = SpeakerDiarizers()
        let first = try await diarizers.diarizer(model)
        #expect(try await diarizers.diarizer(model) === first)
        #expect(try await diarizers.diarizer(model, options: .init(threads: 2)) !== first)
    }
}

struct AudioTaggerTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func tagger(_ graph: ONNXGraph, labels: String = SherpaNetworks.labels) throws -> AudioTagger {
        try AudioTagger(
            model: SherpaNetworks.model(
                "sherpa-audio-tagging", in: folder,
                files: ["model.onnx": graph.serialized(), "labels.csv": Array(labels.utf8)]))
    }

    @Test(arguments: [1, 2])
    func mostProbableClassesComeFirst(inputs: Int) throws {
        let tagger = try tagger(SherpaNetworks.tagging(inputs: inputs))
        #expect(tagger.labels == ["Speech", "Music", "Bark, dog"])
        for seconds in [0.001, 0.5, 3] {
            let audio = SherpaNetworks.tone(440, seconds: seconds)
            let tags = try audio.withUnsafeBufferPointer { try tagger.tag($0, top: 2) }
            #expect(tags.map(\.label) == ["Music", "Speech"])
            #expect(tags.map(\.index) == [1, 0])
            #expect(zip(tags, [0.7, 0.2]).allSatisfy { abs($0.probability - $1) < 1e-6 })
        }
        #expect(try [].withUnsafeBufferPointer { try tagger.tag($0) }.isEmpty)
        #expect(try [0.5].withUnsafeBufferPointer { try tagger.tag($0, top: 99) }.count == 3)
    }

    @Test func wrongNetworksAreRefusedBeforeTheLibrarySeesThem() throws {
        for graph in [
            SherpaNetworks.tagging(classes: [0.5, 0.5]), SherpaNetworks.segmentation(),
            SherpaNetworks.embedding(inputs: 3),
        ] {
            let error = #expect(throws: InferenceError.self) { try tagger(graph) }
            #expect(error?.code == .unsupportedModel)
        }
    }

    @Test(arguments: [
        "", "index,mid,display_name\n", "a,b,c\n0,/m/1,Speech\n1,/m/2,\"Music\"\n2,/m/3,\"Bark\"\n",
        "a,b,c\n0,/m/1,\"Speech\"\n2,/m/2,\"Music\"\n", "a,b,c\n0,/m/1,\"Speech\"\n\n1,/m/2,\"Music\"\n",
        "a,b,c\nx,/m/1,\"Speech\"\n", "a,b,c\r\n0,/m/1,\"Speech\"\r\n1,/m/2,\"Music\"\r\n2,/m/3,\"Bark\"\r\n",
    ])
    func wrongLabelsAreRefusedBeforeTheLibrarySeesThem(labels: String) {
        let error = #expect(throws: InferenceError.self) { try tagger(SherpaNetworks.tagging(), labels: labels) }
        #expect(error?.code == .corruptModel)
    }
}
