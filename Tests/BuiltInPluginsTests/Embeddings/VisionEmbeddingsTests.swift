import Foundation
import MediaValues
import PluginKit
import Testing

@testable import BuiltInPlugins

struct VisionEmbeddingsTests {
    private let mean = [0.48145466, 0.4578275, 0.40821073]
    private let deviation = [0.26862954, 0.26130258, 0.27577711]

    private func plugin(_ bench: MadeModels) -> VisionEmbeddingsPlugin {
        VisionEmbeddingsPlugin(
            manifest: .named("vision-embeddings", output: .visionEmbeddings), models: bench.models)
    }

    private func bench(_ network: [UInt8]) throws -> MadeModels {
        try MadeModels(installed: [
            .init(id: "clip", task: "vision-embeddings", files: [("vision_model.onnx", network)])
        ])
    }

    private func parameters(deduplicate: Bool = false) -> [String: ParameterValue] {
        ["model": .text("clip"), "sample": .text("keyframes"), "deduplicate": .boolean(deduplicate)]
    }

    /// What the made network gives for a picture of one colour, divided by its length.
    private func expected(_ color: [Double], columns: Int) -> [Double] {
        let channels = (0..<3).map { (color[$0] / 255 - mean[$0]) / deviation[$0] }
        let raw = (0..<columns).map { channels[$0 % 3] + Double($0) / Double(columns) }
        let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return raw.map { $0 / length }
    }

    @Test(arguments: [512, 768])
    func everyPictureHasARowOfLengthOne(columns: Int) async throws {
        let bench = try bench(MadeNetworks.clip(columns: columns))
        let colors: [(UInt8, UInt8, UInt8)] = [(255, 0, 0), (0, 128, 255), (7, 7, 7)]
        let frames = colors.enumerated().map { PatternPictures.plain($0.element, index: $0.offset) }
        let outcome = try await PluginRun.run(plugin(bench), parameters: parameters(), frames: frames)
        let index = try outcome.output.document(as: EmbeddingIndex.self)
        #expect(index.dimensions == columns)
        #expect(index.isNormalized)
        #expect(index.rows.map(\.row) == [0, 1, 2])
        #expect(index.rows.map(\.startMs) == [0, 1000, 2000])
        #expect(index.rows.map(\.endMs) == [1000, 2000, 3000])
        #expect(index.rows.compactMap(\.frame).map(\.pts) == [0, 25, 50])
        #expect(index.sampling?.picturesAnalyzed == 3)
        #expect(outcome.partials.count == 3)
        #expect(try outcome.problems(bySchema: "vision_embeddings") == [])
        let rows = try outcome.output.matrix("embeddings/vision.npy", columns: columns)
        #expect(rows.count == 3)
        for (row, color) in zip(rows, colors) {
            let wanted = expected([Double(color.0), Double(color.1), Double(color.2)], columns: columns)
            #expect(zip(row, wanted).allSatisfy { abs(Double($0) - $1) < 1e-5 })
        }
    }

    @Test func picturesThatLookAlikeHaveOneRow() async throws {
        let bench = try bench(MadeNetworks.clip())
        let frames = (0..<4).map { PatternPictures.plain((9, 9, 9), index: $0) }
        let outcome = try await PluginRun.run(plugin(bench), parameters: parameters(deduplicate: true), frames: frames)
        let index = try outcome.output.document(as: EmbeddingIndex.self)
        #expect(index.rows.count == 1)
        #expect(index.sampling?.duplicatesSkipped == 3)
    }

    @Test func noPicturesAreEmptyWithTheRightColumns() async throws {
        let bench = try bench(MadeNetworks.clip(columns: 768))
        let outcome = try await PluginRun.run(plugin(bench), parameters: parameters(), frames: [])
        #expect(outcome.output.outcome == .empty(reason: "the video has no pictures"))
        #expect(try outcome.output.document(as: EmbeddingIndex.self).dimensions == 768)
        #expect(outcome.output.files.contains("embeddings/vision.npy"))
        #expect(try outcome.problems(bySchema: "vision_embeddings") == [])
    }

    @Test(arguments: [
        (
            MadeNetworks.clip(side: 336),
            ["input #0 \"pixel_values\" is f32 [?,3,336,336]", "expected f32 [1,3,224,224]"]
        ),
        (MadeNetworks.clip(input: "images"), ["there is no input pixel_values", "[1,3,224,224]"]),
        (MadeNetworks.clip(output: "last_hidden_state"), ["there is no output image_embeds", "[1,≥1]"]),
        (MadeNetworks.sentences(), ["pixel_values", "[1,3,224,224]"]),
    ])
    func anotherSignatureIsRefusedInWords(network: [UInt8], words: [String]) async throws {
        let bench = try bench(network)
        // Also without a picture to look at.
        let error = await #expect(throws: PluginError.self) {
            try await PluginRun.run(plugin(bench), parameters: parameters(), frames: [])
        }
        #expect(error?.code == .invalidModel)
        for word in words { #expect(error?.message.contains(word) == true, "\(error?.message ?? "")") }
    }

    @Test func unknownModelsAreNamed() throws {
        let bench = try bench(MadeNetworks.clip())
        let error = #expect(throws: PluginError.self) {
            try plugin(bench).requiredModels(for: .init("vision-embeddings", parameters: ["model": .text("clop")]))
        }
        #expect(error?.message.contains("clip") == true)
    }
}
