import Foundation
import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct AudioEmbeddingsPluginTests {
    private func run(_ samples: [Float], small: SmallAudioModels) async throws -> StageOutput {
        let plugin = AudioEmbeddingsPlugin(
            manifest: .named("audio-embeddings", output: .audioEmbeddings), models: small.models)
        let operation = PluginKit.Operation(
            "audio-embeddings", parameters: ["model": .text("clap-htsat"), "hop_sec": .number(10)])
        #expect(try plugin.requiredModels(for: operation) == ["clap-htsat"])
        return try await plugin.execute(
            SmallAudioModels.input(operation, samples: samples, sampleRate: 48_000), context: small.context)
    }

    private func matrix(_ output: StageOutput) throws -> [Float] {
        let bytes = try Array(Data(contentsOf: URL(filePath: output.directory + "/embeddings/audio.npy")))
        let begin = 10 + Int(bytes[8]) + 256 * Int(bytes[9])
        return stride(from: begin, to: bytes.count, by: 4).map { at in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << (8 * UInt32($1)) })
        }
    }

    /// The front end, the network, the length and the file together, against the reference implementation.
    @Test func shortSoundEqualsTheReference() async throws {
        let small = try SmallAudioModels()
        let golden = try AudioGoldens.load()
        let samples = AudioGoldens.signal(31_000)
        var frontEnd = AudioFrontEnd()
        let features = frontEnd.features(samples)
        #expect(features.count == golden.clapRepeated.frames * 64)
        #expect(golden.clapRepeated.difference(from: features, bands: 64, isRelative: false) < 1e-4)
        let output = try await run(samples, small: small)
        let index = try output.document(as: EmbeddingIndex.self)
        #expect(try Repository.problems(output, schema: "audio_embeddings") == [])
        #expect(index.rows.map(\.startMs) == [0])
        #expect(index.rows.map(\.endMs) == [646])
        #expect(index.dimensions == 512 && index.isNormalized && index.file == "audio.npy")
        let values = try matrix(output)
        #expect(values.count == golden.clapRepeatedMeans.count)
        for (value, wanted) in zip(values, golden.clapRepeatedMeans) { #expect(abs(Double(value) - wanted) < 1e-6) }
        #expect(small.emitted == 1)
    }

    @Test func noSoundIsEmpty() async throws {
        let small = try SmallAudioModels()
        let output = try await run([], small: small)
        #expect(try output.document(as: EmbeddingIndex.self).rows.isEmpty)
        #expect(try matrix(output).isEmpty)
        if case .done = output.outcome { Issue.record("nothing must be empty") }
        #expect(small.emitted == 0)
    }

    @Test func anotherNetworkIsRefusedWithItsShapes() async throws {
        let small = try SmallAudioModels(clapOutputs: 100)
        let error = await #expect(throws: PluginError.self) {
            _ = try await run([0.5], small: small)
        }
        #expect(error?.code == .invalidModel)
        #expect(error?.message.contains("output #0 \"audio_embeds\" is f32 [?,100]; expected f32 [1,512]") == true)
    }

    @Test func shortSoundIsRepeatedWholeTimes() {
        #expect(AudioFrontEnd.repeated([]).isEmpty)
        let window = AudioFrontEnd.repeated([Float](repeating: 1, count: 200_000))
        #expect(window.count == 480_000)
        #expect(window.prefix(400_000).allSatisfy { $0 == 1 } && window.dropFirst(400_000).allSatisfy { $0 == 0 })
        #expect(AudioFrontEnd.repeated([Float](repeating: 1, count: 480_001)).count == 480_000)
    }
}
