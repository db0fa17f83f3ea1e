import Inference
import MediaDecoding
import MediaValues
import PluginKit
import Testing

@testable import BuiltInPlugins

struct FacesPluginTests {
    private func plugin(_ models: MadeModels) -> FacesPlugin {
        FacesPlugin(manifest: .named("faces", output: .faces), models: models.models)
    }

    private func run(
        _ models: MadeModels, _ parameters: [String: ParameterValue], _ frames: [VideoFrame]
    ) async throws -> PluginRun {
        defer { withExtendedLifetime(models) {} }
        return try await PluginRun.run(plugin(models), parameters: parameters, frames: frames)
    }

    private static let rfb = MadeModels.Model(
        id: "rfb-made", task: "face-detection", family: "rfb", network: FaceHeadTests.rfb.bytes)

    private func frames(_ count: Int) -> [VideoFrame] {
        (0..<count).map { MadePicture.plain(width: 320, height: 240, milliseconds: Int64($0) * 200) }
    }

    private static let sampled: [String: ParameterValue] = ["sample": .text("frames"), "fps": .number(5)]

    @Test func facesAreFollowedWithoutAnyClaimOfIdentity() async throws {
        let models = try MadeModels(installed: [Self.rfb])
        let run = try await run(models, Self.sampled, frames(3))
        let document = try run.output.document(as: FaceDetections.self)
        #expect(document.model == "rfb-made" && document.identityModel == nil && document.threshold == 0.8)
        #expect(document.clusters.map(\.kind) == [.track, .track])
        #expect(document.clusters.map(\.detections) == [3, 3])
        #expect(document.pictures.allSatisfy { $0.faces.map(\.clusterId) == [0, 1] })
        let partials = try run.partials.map { try $0.decode(as: FaceDetections.Picture.self) }
        #expect(partials.map { $0.faces.map(\.clusterId) } == [[nil, nil], [0, 1], [0, 1]])
        #expect(run.output.counts == ["faces": 6, "pictures": 3, "clusters": 2])
    }

    @Test func smallFacesAreLeftOut() async throws {
        let models = try MadeModels(installed: [Self.rfb])
        // Both are 64 pixels wide.
        for (size, count) in [(63, 2), (66, 0)] {
            let run = try await run(models, ["min_size": .integer(size)], frames(1))
            #expect(try run.output.document(as: FaceDetections.self).pictures.flatMap(\.faces).count == count)
            if count == 0 {
                #expect(
                    run.output.outcome == .empty(reason: "no faces were found; 1 picture was looked at (keyframes)"))
            }
        }
    }

    /// A detector with landmarks, one face.
    private static let yuNet: MadeModels.Model = {
        var outputs: [ConstantNetwork.Output] = []
        for (stride, cells) in [(8, 16), (16, 4), (32, 1)] {
            for (name, width) in [("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)] {
                var values = [Float](repeating: 0, count: cells * width)
                if stride == 32 {
                    values =
                        ["cls": [1], "obj": [1], "bbox": [0.5, 0.5, -0.5, -0.5]][name] ?? [
                            0.3, 0.4, 0.7, 0.4, 0.5, 0.55, 0.35, 0.7, 0.65, 0.7,
                        ]
                }
                outputs.append(.init(name: "\(name)_\(stride)", shape: [1, cells, width], values: values))
            }
        }
        return MadeModels.Model(
            id: "yunet-made", task: "face-detection", family: "yunet",
            network: ConstantNetwork(input: "input", shape: [1, 3, 32, 32], outputs: outputs).bytes)
    }()

    /// Tells light faces from dark ones.
    private static let identity: MadeModels.Model = {
        var graph = ONNXGraph(name: "identity")
        let picture = graph.input("data", .float32, [1, 3, 112, 112])
        let mean = graph.node("ReduceMean", [picture], ["axes": .integers([1, 2, 3]), "keepdims": .integer(0)])
        let flat = graph.node("Reshape", [mean, graph.constant("one", integers: [1, 1], shape: [2])])
        let light = graph.node("Sub", [flat, graph.constant("middle", floats: [60], shape: [])])
        let vector = graph.node(
            "Concat", [light, graph.constant("rest", floats: [1], shape: [1, 1])], ["axis": .integer(1)])
        graph.output(vector, as: "fc1", .float32, [1, 2])
        return MadeModels.Model(id: "sface-made", task: "face-identity", family: "sface", network: graph.serialized())
    }()

    @Test func identityModelGroupsAcrossTheFile() async throws {
        let models = try MadeModels(installed: [Self.yuNet, Self.identity])
        let lumas: [UInt8] = [200, 40, 200, 200, 40]
        let frames = lumas.enumerated().map { index, luma in
            MadePicture.plain(width: 320, height: 320, luma: luma, milliseconds: Int64(index) * 1000)
        }
        let grouped = try await run(models, [:], frames)
        let document = try grouped.output.document(as: FaceDetections.self)
        #expect(document.identityModel == "sface-made")
        #expect(try grouped.problems(bySchema: "faces") == [])
        #expect(document.pictures.map { $0.faces.map(\.clusterId) } == [[0], [1], [0], [0], [1]])
        #expect(document.clusters.map(\.kind) == [.identity, .identity])
        #expect(document.clusters.map(\.detections) == [3, 2])
        #expect(document.clusters[0].startMs == 0 && document.clusters[0].endMs == 3040)
        let face = try #require(document.pictures.first?.faces.first)
        #expect(face.landmarks?.map(\.name) == ["right_eye", "left_eye", "nose", "mouth_right", "mouth_left"])
        #expect(abs((face.landmarks?.first?.point.x ?? 0) - 0.3) < 1e-4)
        let without = try await run(models, ["identity_model": .text("none")], frames)
        let plain = try without.output.document(as: FaceDetections.self)
        #expect(plain.identityModel == nil && plain.clusters.isEmpty)
        #expect(plain.pictures.flatMap(\.faces).allSatisfy { $0.clusterId == nil })
    }

    @Test func identityWithoutLandmarksWarnsAndFollows() async throws {
        let models = try MadeModels(installed: [Self.rfb, Self.identity])
        let run = try await run(models, Self.sampled, frames(2))
        let document = try run.output.document(as: FaceDetections.self)
        #expect(document.identityModel == nil && document.clusters.map(\.kind) == [.track, .track])
        #expect(run.warnings.count == 1 && run.warnings[0].contains("sface-made"))
    }

    @Test func choiceOfModelsFollowsWhatIsInstalled() throws {
        let known: [(id: String, task: String, family: String)] = [
            ("rfb-640", "face-detection", "rfb"), ("sface", "face-identity", "sface"),
        ]
        let operation = Operation("faces", parameters: ["model": .text("auto"), "identity_model": .text("auto")])
        func required(_ models: MadeModels, for operation: Operation) throws -> [String] {
            defer { withExtendedLifetime(models) {} }
            return try plugin(models).requiredModels(for: operation)
        }
        let one = try MadeModels(installed: [Self.rfb], known: known)
        #expect(try required(one, for: operation) == ["rfb-made"])
        var preferred = Self.rfb
        preferred.id = "rfb-640"
        let both = try MadeModels(installed: [Self.rfb, preferred, Self.identity])
        #expect(try required(both, for: operation) == ["rfb-640", "sface-made"])
        #expect(try required(MadeModels(installed: [], known: known), for: operation) == ["rfb-640"])
        let named = Operation("faces", parameters: ["model": .text("rfb-640"), "identity_model": .text("sface")])
        #expect(try required(one, for: named) == ["rfb-640", "sface"])
        let wrong = Operation("faces", parameters: ["model": .text("sface")])
        #expect(throws: PluginError.self) { try required(one, for: wrong) }
    }
}

/// The real networks on photographs and a film, against the reference implementation.
struct FaceGoldenTests {
    private struct Golden: Sendable, CustomTestStringConvertible {
        var model: String
        var file: String
        var width: Double
        var height: Double
        var faces: [(confidence: Double, box: [Double])]
        /// In pixels; of the first face.
        var firstLandmark: [Double]?
        var testDescription: String { "\(model) \(file)" }
    }

    /// The photographs have chroma at full size, which BlazeFace needs for these figures.
    private static let goldens = [
        Golden(
            model: "rfb-640", file: "two_people.jpg", width: 1126, height: 661,
            faces: [(1.0, [239.8, 24.8, 382.1, 222.2]), (0.9995, [793.7, 46.0, 935.5, 249.8])]),
        Golden(
            model: "rfb-640", file: "obama.jpg", width: 910, height: 1137, faces: [(1.0, [374.8, 79.0, 605.0, 417.5])]),
        Golden(
            model: "blazeface", file: "two_people.jpg", width: 1126, height: 661,
            faces: [(0.950, [789.9, 82.8, 962.6, 255.5]), (0.798, [243.2, 57.1, 413.5, 227.3])],
            firstLandmark: [848.5, 134.7]),
        Golden(
            model: "blazeface", file: "obama.jpg", width: 910, height: 1137,
            faces: [(0.851, [354.6, 133.6, 642.0, 421.0])], firstLandmark: [447.7, 219.8]),
    ]

    private func run(_ model: String, _ file: String, _ more: [String: ParameterValue] = [:]) async throws
        -> FaceDetections
    {
        let plugin = FacesPlugin(manifest: .named("faces", output: .faces), models: try #require(Repository.models))
        let usual: [String: ParameterValue] = [
            "model": .text(model), "min_size": .integer(16), "identity_model": .text("none"),
        ]
        let run = try await PluginRun.run(
            plugin, parameters: usual.merging(more) { $1 }, file: Repository.mediaFile(file))
        return try run.output.document(as: FaceDetections.self)
    }

    @Test(
        .enabled(
            if: Repository.media != nil && Repository.has("rfb-640") && Repository.has("blazeface"),
            "needs the models and VIDEO_EXTRACT_TEST_MEDIA"),
        arguments: goldens.indices)
    func sameAsTheReference(index: Int) async throws {
        let golden = Self.goldens[index]
        let faces = try await run(golden.model, golden.file).pictures.flatMap(\.faces)
        #expect(faces.count == golden.faces.count)
        for (face, wanted) in zip(faces, golden.faces) {
            #expect(abs(face.confidence - wanted.confidence) <= 0.01, "\(golden.testDescription) \(face)")
            let sides = [
                face.box.x * golden.width, face.box.y * golden.height, (face.box.x + face.box.width) * golden.width,
                (face.box.y + face.box.height) * golden.height,
            ]
            #expect(zip(sides, wanted.box).allSatisfy { abs($0 - $1) <= 1 }, "\(golden.testDescription) \(sides)")
        }
        if let wanted = golden.firstLandmark {
            let point = try #require(faces.first?.landmarks?.first).point
            #expect(abs(point.x * golden.width - wanted[0]) <= 1 && abs(point.y * golden.height - wanted[1]) <= 1)
        }
    }

    /// Two faces, one and four, in three shots; the first picture is at 0.844 s.
    @Test(
        .enabled(if: Repository.media != nil && Repository.has("rfb-640"), "needs rfb-640 and VIDEO_EXTRACT_TEST_MEDIA")
    )
    func sevenFacesAreFollowedThroughAFilm() async throws {
        let document = try await run("rfb-640", "hamilton.mp4", ["sample": .text("frames"), "fps": .number(5)])
        #expect(document.clusters.count == 7)
        #expect(document.clusters.allSatisfy { $0.kind == .track && $0.detections > 1 })
        func near(_ start: Int64, _ end: Int64) -> Int {
            document.clusters.count { abs($0.startMs - start) <= 40 && abs($0.endMs - end) <= 40 }
        }
        #expect(near(844, 1445) == 2)
        #expect(near(3613, 7851) == 1)
        #expect(near(8018, 9853) == 4)
    }
}
