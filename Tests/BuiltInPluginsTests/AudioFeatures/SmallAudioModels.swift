import Foundation
import Inference
import MediaValues
import PluginKit
import Synchronization
import VideoExtractTesting

@testable import BuiltInPlugins

/// Models of a few operators with the tensors of the real ones, installed into a folder of their own; and what a plugin
/// needs to run.
final class SmallAudioModels: Sendable {
    let models: SharedModels
    private let made: MadeModels
    private let output: TemporaryDirectory
    private let partials = Mutex(0)

    init(clapOutputs: Int = 512) throws {
        output = try TemporaryDirectory()
        made = try MadeModels(installed: [
            .init(
                id: "silero-vad", task: "vad", family: "silero-vad-sequence",
                files: [("silero_vad_16k_sequence.onnx", Self.voiceDetector())]),
            .init(id: "ge2e", task: "diarization", family: "ge2e", network: Self.speakerEncoder()),
            .init(
                id: "pyannote-titanet", task: "diarization", family: "sherpa-diarization", runtime: "sherpa-onnx",
                files: [
                    ("segmentation.onnx", SmallSherpaNetworks.segmentation()),
                    ("embedding.onnx", SmallSherpaNetworks.embedding()),
                ]),
            .init(
                id: "clap-htsat", task: "audio-embeddings", family: "clap-audio",
                network: Self.audioEncoder(outputs: clapOutputs)),
            .init(
                id: "ced-tiny", task: "audio-events", family: "sherpa-audio-tagging", runtime: "sherpa-onnx",
                files: [
                    ("ced.onnx", SmallSherpaNetworks.tagging()),
                    ("labels.csv", Array(SmallSherpaNetworks.labels.utf8)),
                ]),
        ])
        models = made.models
    }

    var context: PluginContext {
        PluginContext(
            mode: .performance, threads: 2, pool: .shared, files: StageFiles(directory: output.path),
            emitPartial: { _ in self.partials.withLock { $0 += 1 } }, emitWarning: { _ in })
    }

    /// Pieces emitted so far.
    var emitted: Int { partials.withLock { $0 } }

    func text(_ file: String) -> String? { output.text(file) }

    /// A stage's input with the samples in pieces of 0.1 s.
    static func input(
        _ operation: PluginKit.Operation, samples: [Float], sampleRate: Int, results: [DataType: StageOutput] = [:]
    ) -> StageInput {
        let size = sampleRate / 10
        let buffers = stride(from: 0, to: samples.count, by: size).map { start in
            AudioBuffer(
                samples: Array(samples[start..<min(samples.count, start + size)]), sampleRate: sampleRate, channels: 1,
                start: MediaTime(ticks: Int64(start), timeBase: .samples(perSecond: sampleRate)))
        }
        let channel = BoundedChannel<AudioBuffer>(capacity: max(1, buffers.count))
        for buffer in buffers { channel.send(buffer) }
        channel.finish()
        return StageInput(
            operation: operation, media: MediaDescription(container: .init(formatNames: ["wav"])),
            feed: MediaFeed(audio: channel), results: results)
    }

    /// Ten times the mean magnitude of a window.
    private static func voiceDetector() -> [UInt8] {
        var graph = ONNXGraph(name: "vad")
        let input = graph.input("input", .float32, ["N", 576])
        let h = graph.input("h", .float32, [1, 1, 128])
        let c = graph.input("c", .float32, [1, 1, 128])
        let mean = graph.node(
            "ReduceMean", [graph.node("Abs", [input])], ["axes": .integers([1]), "keepdims": .integer(0)])
        let scaled = graph.node("Mul", [mean, graph.constant("ten", floats: [10], shape: [])])
        let one = graph.constant("one", floats: [1], shape: [])
        graph.output(graph.node("Min", [scaled, one]), as: "speech_probs", .float32, ["N"])
        graph.output(h, as: "hn", .float32, [1, 1, 128])
        graph.output(c, as: "cn", .float32, [1, 1, 128])
        return graph.serialized()
    }

    /// The mean spectrum, filled up to 256 values, of length 1.
    private static func speakerEncoder() -> [UInt8] {
        var graph = ONNXGraph(name: "ge2e")
        let mel = graph.input("mel", .float32, ["B", "T", 40])
        let mean = graph.node("ReduceMean", [mel], ["axes": .integers([1]), "keepdims": .integer(0)])
        let identity = (0..<(40 * 256)).map { Float($0 / 256 == $0 % 256 ? 1 : 0) }
        let wide = graph.node("MatMul", [mean, graph.constant("identity", floats: identity, shape: [40, 256])])
        let squares = graph.node("ReduceL2", [wide], ["axes": .integers([1]), "keepdims": .integer(1)])
        let length = graph.node("Max", [squares, graph.constant("least", floats: [1e-12], shape: [])])
        graph.output(graph.node("Div", [wide, length]), as: "embedding", .float32, ["B", 256])
        return graph.serialized()
    }

    /// The mean of each of the first frames.
    private static func audioEncoder(outputs: Int) -> [UInt8] {
        var graph = ONNXGraph(name: "clap")
        let features = graph.input("input_features", .float32, ["B", 1, 1001, 64])
        let means = graph.node("ReduceMean", [features], ["axes": .integers([1, 3]), "keepdims": .integer(0)])
        let bounds = [
            graph.constant("starts", integers: [0], shape: [1]),
            graph.constant("ends", integers: [Int64(outputs)], shape: [1]),
            graph.constant("axis", integers: [1], shape: [1]),
        ]
        graph.output(
            graph.node("Slice", [means] + bounds), as: "audio_embeds", .float32, ["B", .fixed(outputs)])
        return graph.serialized()
    }
}
