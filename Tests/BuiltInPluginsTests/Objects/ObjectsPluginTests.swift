import MediaValues
import PluginKit
import Testing

@testable import BuiltInPlugins

struct ObjectsPluginTests {
    private func plugin(_ models: MadeModels) -> ObjectsPlugin {
        ObjectsPlugin(manifest: .named("objects", output: .objects), models: models.models)
    }

    private func models(labels: String? = nil) throws -> MadeModels {
        try MadeModels(
            installed: [
                .init(
                    id: "tiny", task: "object-detection", family: "yolox", network: ObjectHeadTests.yolox().bytes,
                    labels: labels)
            ], known: [("absent", "object-detection", "yolox"), ("other", "ocr", "pp-ocr")])
    }

    private func run(
        _ models: MadeModels, _ parameters: [String: ParameterValue], _ frames: [VideoFrame]
    ) async throws -> PluginRun {
        defer { withExtendedLifetime(models) {} }
        return try await PluginRun.run(plugin(models), parameters: parameters, frames: frames)
    }

    private func parameters(_ more: [String: ParameterValue] = [:]) -> [String: ParameterValue] {
        let usual: [String: ParameterValue] = [
            "model": .text("tiny"), "confidence": .number(0.3), "deduplicate": .boolean(true),
            "similarity": .integer(2),
        ]
        return usual.merging(more) { $1 }
    }

    @Test func keyframesAreLookedAtOnceAndNotFollowed() async throws {
        let models = try models(labels: "cat\ndog\n")
        let frames = (0..<3).map { MadePicture.plain(width: 64, height: 64, milliseconds: Int64($0) * 1000) }
        let run = try await run(models, parameters(), frames)
        let document = try run.output.document(as: ObjectDetections.self)
        #expect(document.model == "tiny" && document.threshold == 0.3 && document.tracks.isEmpty)
        #expect(document.sampling.picturesAnalyzed == 1 && document.sampling.duplicatesSkipped == 2)
        let picture = try #require(document.pictures.first)
        #expect(picture.objects.map(\.label) == ["dog", "cat"])
        #expect(picture.objects.map(\.confidence) == [0.72, 0.42])
        let box = try #require(picture.objects.first).box
        #expect(abs(box.x - 0.125) < 1e-4 && abs(box.y - 0.5) < 1e-4 && abs(box.width - 0.5) < 1e-4)
        #expect(run.output.counts == ["objects": 2, "pictures": 1, "tracks": 0])
        #expect(try run.partials.map { try $0.decode(as: ObjectDetections.Picture.self) } == document.pictures)
    }

    @Test func sampledPicturesAreFollowed() async throws {
        let models = try models()
        let frames = (0..<4).map { MadePicture.plain(width: 64, height: 64, milliseconds: Int64($0) * 200) }
        let run = try await run(models, parameters(["sample": .text("frames"), "fps": .number(5)]), frames)
        let document = try run.output.document(as: ObjectDetections.self)
        #expect(document.pictures.count == 4)
        #expect(document.tracks.map(\.detections) == [4, 4])
        #expect(document.tracks.map(\.label) == ["bicycle", "person"])
        #expect(document.pictures.allSatisfy { $0.objects.map(\.trackId) == [0, 1] })
        #expect(try run.problems(bySchema: "objects") == [])
    }

    @Test func classesFilterAndNothingIsEmpty() async throws {
        let models = try models()
        let frames = [MadePicture.plain(width: 64, height: 64)]
        let one = try await run(models, parameters(["classes": .list(["person"])]), frames)
        #expect(try one.output.document(as: ObjectDetections.self).pictures.flatMap(\.objects).map(\.classId) == [0])
        let none = try await run(models, parameters(["classes": .list(["zebra"])]), frames)
        #expect(none.output.outcome == .empty(reason: "no objects were found; 1 picture was looked at (keyframes)"))
        await #expect(throws: PluginError.self) {
            _ = try await run(models, parameters(["classes": .list(["zbra"])]), frames)
        }
    }

    @Test func modelsAreChecked() throws {
        let models = try models()
        defer { withExtendedLifetime(models) {} }
        let plugin = plugin(models)
        func required(_ model: String) throws -> [String] {
            try plugin.requiredModels(for: Operation("objects", parameters: ["model": .text(model)]))
        }
        #expect(try required("absent") == ["absent"])
        let error = try #require(throws: PluginError.self) { try required("other") }
        #expect(error.code == .invalidParameter)
    }
}

/// The real network on photographs, against YOLOX's own demo in Python. The demo divides by the ratio it asked for, not by
/// that of the whole pixels it got; the columns of the tall picture are corrected for that (by 1.003).
struct ObjectGoldenTests {
    private static let goldens: [(file: String, objects: [(label: String, confidence: Double, box: [Double])])] = [
        (
            "two_people.jpg",
            [
                ("person", 0.959, [10.2, 5.8, 562.1, 656.3]), ("person", 0.9505, [574.3, 6.8, 1119.8, 649.1]),
                ("tie", 0.749, [255.1, 271.4, 324.9, 476.3]), ("tie", 0.6525, [827.3, 279.9, 893.1, 451.9]),
            ]
        ),
        (
            "obama.jpg",
            [("person", 0.9435, [56.1, 36.5, 855.2, 1111.9]), ("tie", 0.8633, [374.1, 465.7, 497.5, 875.7])]
        ),
    ]
    private static let sizes = ["two_people.jpg": (1126.0, 661.0), "obama.jpg": (910.0, 1137.0)]

    @Test(
        .enabled(
            if: Repository.media != nil && Repository.has("yolox-nano"), "needs yolox-nano and VIDEO_EXTRACT_TEST_MEDIA"
        ))
    func sameAsTheReference() async throws {
        let models = try #require(Repository.models)
        let plugin = ObjectsPlugin(manifest: .named("objects", output: .objects), models: models)
        for golden in Self.goldens {
            let run = try await PluginRun.run(
                plugin, parameters: ["model": .text("yolox-nano"), "confidence": .number(0.3)],
                file: Repository.mediaFile(golden.file))
            let objects = try run.output.document(as: ObjectDetections.self).pictures.flatMap(\.objects)
            #expect(objects.map(\.label) == golden.objects.map(\.label))
            let (width, height) = try #require(Self.sizes[golden.file])
            for (object, wanted) in zip(objects, golden.objects) {
                #expect(abs(object.confidence - wanted.confidence) <= 0.01, "\(object)")
                let box = object.box
                let sides = [box.x * width, box.y * height, (box.x + box.width) * width, (box.y + box.height) * height]
                #expect(zip(sides, wanted.box).allSatisfy { abs($0 - $1) <= 1 }, "\(golden.file) \(sides)")
            }
        }
    }
}
