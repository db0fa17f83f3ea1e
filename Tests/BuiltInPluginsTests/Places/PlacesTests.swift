import Foundation
import MediaValues
import PluginKit
import Testing

@testable import BuiltInPlugins

struct PlacesTests {
    private static let labels = (0..<365).map { "/p/place_\($0)/inside \($0)\n" }.joined()

    private func bench(classes: Int = 365, labels: String = labels) throws -> MadeModels {
        try MadeModels(installed: [
            .init(
                id: "places", task: "place-classification",
                files: [
                    ("places.onnx", MadeNetworks.places(classes: classes)),
                    ("categories_places365.txt", Array(labels.utf8)),
                ])
        ])
    }

    private func run(
        _ bench: MadeModels, _ frames: [VideoFrame], top: Int = 3, confidence: Double = 0
    ) async throws -> PluginRun {
        let plugin = PlacesPlugin(
            manifest: .named("places", output: .places), models: bench.models)
        defer { withExtendedLifetime(bench) {} }
        return try await PluginRun.run(
            plugin,
            parameters: [
                "model": .text("places"), "sample": .text("keyframes"), "deduplicate": .boolean(false),
                "top_k": .integer(top), "confidence": .number(confidence),
            ], frames: frames)
    }

    /// What the made network gives for a picture of one colour.
    private func probabilities(_ color: [Double]) -> [Double] {
        let mean = [0.485, 0.456, 0.406]
        let deviation = [0.229, 0.224, 0.225]
        let powers = (0..<365).map { $0 < 3 ? exp(10 * (color[$0] / 255 - mean[$0]) / deviation[$0]) : 1 }
        return powers.map { $0 / powers.reduce(0, +) }
    }

    @Test func placesComeWithAlternativesBestFirst() async throws {
        let frames = [PatternPictures.plain((130, 110, 0)), PatternPictures.plain((0, 0, 112), index: 1)]
        let outcome = try await run(bench(), frames)
        let list = try outcome.output.document(as: PlaceList.self)
        #expect(list.pictures.map(\.label) == ["place_0/inside", "place_2/inside"])
        #expect(list.pictures.map(\.frame.startMs) == [0, 1000])
        let wanted = probabilities([130, 110, 0])
        #expect(abs((list.pictures.first?.confidence ?? 0) - wanted[0]) <= 1e-4)
        // All classes without a colour are equally probable; equal ones come in the order of the classes.
        #expect(list.pictures.first?.alternatives.map(\.label) == ["place_3/inside", "place_4/inside"])
        #expect(abs((list.pictures.first?.alternatives.first?.confidence ?? 0) - wanted[3]) <= 1e-4)
        #expect(list.sampling.picturesAnalyzed == 2)
        #expect(outcome.partials.count == 2)
        #expect(try outcome.problems(bySchema: "places") == [])
    }

    @Test func improbablePlacesAreLeftOut() async throws {
        let outcome = try await run(bench(), [PatternPictures.plain((124, 116, 104))], confidence: 0.5)
        #expect(
            outcome.output.outcome == .empty(reason: "no picture shows a place with a confidence of at least 0.5"))
        #expect(try outcome.problems(bySchema: "places") == [])
    }

    @Test func labelsAndNetworkMustFit() async throws {
        let bench = try bench(classes: 10)
        let error = await #expect(throws: PluginError.self) { try await run(bench, [PatternPictures.plain((1, 2, 3))]) }
        #expect(error?.code == .invalidModel)
        for word in ["[1,365]", "[1,10]"] { #expect(error?.message.contains(word) == true, "\(error?.message ?? "")") }
    }

    @Test func labelsAreReadInBothForms() throws {
        let text = "/a/airfield 0\n/a/apartment_building/outdoor 1\n\n"
        #expect(throws: Never.self) { try PlaceLabels.parse(text, name: "x") }
        #expect(try PlaceLabels.parse(text, name: "x") == ["airfield", "apartment_building/outdoor"])
        #expect(try PlaceLabels.parse("kitchen\r\nliving room\r\n", name: "x") == ["kitchen", "living room"])
        for bad in ["/a/airfield 1\n", "kitchen\n\nbar\n"] {
            let error = #expect(throws: PluginError.self) { try PlaceLabels.parse(bad, name: "labels.txt") }
            #expect(error?.message.contains("labels.txt, line") == true)
        }
    }
}
