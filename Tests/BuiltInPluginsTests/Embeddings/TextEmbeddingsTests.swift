import Foundation
import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct TextEmbeddingsTests {
    private let vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nman\nis\n##s\n.\n"

    private func bench(_ network: [UInt8] = MadeNetworks.sentences()) throws -> MadeModels {
        try MadeModels(installed: [
            .init(
                id: "minilm", task: "text-embeddings",
                files: [("minilm.onnx", network), ("vocab.txt", Array(vocabulary.utf8))])
        ])
    }

    private func run(_ bench: MadeModels, _ texts: [String]) async throws -> PluginRun {
        let segments = texts.enumerated().map {
            Transcript.Segment(
                index: $0.offset, startMs: Int64($0.offset * 1000), endMs: Int64($0.offset * 1000 + 900),
                text: $0.element)
        }
        let plugin = TextEmbeddingsPlugin(
            manifest: .named("text-embeddings", output: .textEmbeddings), models: bench.models)
        let transcript = Transcript(model: "m", language: "en", segments: segments, durationMs: 10_000)
        let folder = try TemporaryDirectory()
        let heard = try StageFiles(directory: folder.path).finish(document: transcript, at: "transcription.json")
        defer { withExtendedLifetime((bench, folder)) {} }
        return try await PluginRun.run(
            plugin, parameters: ["model": .text("minilm")], feed: MediaFeed(), results: [.transcription: heard])
    }

    @Test func everySegmentHasARowInOrder() async throws {
        let outcome = try await run(bench(), ["a man is.", "mans", "a", "  ", "Man Is A"])
        let index = try outcome.output.document(as: EmbeddingIndex.self)
        #expect(index.rows.map(\.segmentIndex) == [0, 1, 2, 4])
        #expect(index.rows.map(\.row) == [0, 1, 2, 3])
        #expect(index.rows.map(\.startMs) == [0, 1000, 2000, 4000])
        #expect(index.rows.map(\.text) == ["a man is.", "mans", "a", "Man Is A"])
        #expect(outcome.partials.count == 4)
        #expect(outcome.warnings.isEmpty)
        #expect(try outcome.problems(bySchema: "text_embeddings") == [])
        // The made network marks the number of tokens.
        let rows = try outcome.output.matrix("embeddings/text.npy", columns: 384)
        #expect(rows.map { $0.firstIndex(of: 1) } == [6, 4, 3, 5])
    }

    @Test func longSegmentsAreCutWithAWarning() async throws {
        let outcome = try await run(bench(), [String(repeating: "man ", count: 400), "a"])
        let rows = try outcome.output.matrix("embeddings/text.npy", columns: 384)
        #expect(rows.map { $0.firstIndex(of: 1) } == [256, 3])
        #expect(outcome.warnings.count == 1)
        #expect(outcome.warnings.first?.hasPrefix("1 segment is longer than the 256 tokens") == true)
    }

    @Test func nothingSaidIsEmpty() async throws {
        let outcome = try await run(bench(), [])
        #expect(outcome.output.outcome == .empty(reason: "nothing was said"))
        #expect(try outcome.output.document(as: EmbeddingIndex.self).dimensions == 384)
        #expect(try outcome.problems(bySchema: "text_embeddings") == [])
    }

    @Test(arguments: [
        (
            MadeNetworks.sentences(columns: 300),
            ["output #0 \"sentence_embedding\" is f32 [?,300]", "expected f32 [1,384]"]
        ),
        (MadeNetworks.clip(), ["there is no input input_ids", "expected i64 [1,?]"]),
    ])
    func anotherSignatureIsRefusedInWords(network: [UInt8], words: [String]) async throws {
        let bench = try bench(network)
        let error = await #expect(throws: PluginError.self) { try await run(bench, ["a man"]) }
        #expect(error?.code == .invalidModel)
        for word in words { #expect(error?.message.contains(word) == true, "\(error?.message ?? "")") }
    }
}
