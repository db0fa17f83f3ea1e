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
    private let mirror: TemporaryDirectory
    private let root: TemporaryDirectory
    private let output: TemporaryDirectory
    private let partials = Mutex(0)

    init(clapOutputs: Int = 512) throws {
        mirror = try TemporaryDirectory()
        root = try TemporaryDirectory()
        output = try TemporaryDirectory()
        let files = StageFiles(directory: mirror.path)
        try files.write(Self.voiceDetector(), to: "silero_vad_16k_sequence.onnx")
        try files.write(Self.speakerEncoder(), to: "ge2e.onnx")
        try files.write(Self.audioEncoder(outputs: clapOutputs), to: "audio_model.onnx")
        try files.write(SmallSherpaNetworks.segmentation(), to: "segmentation.onnx")
        try files.write(SmallSherpaNetworks.embedding(), to: "embedding.onnx")
        try files.write(SmallSherpaNetworks.tagging(), to: "ced.onnx")
        try files.write(Data(SmallSherpaNetworks.labels.utf8), to: "labels.csv")
        let entries = [
            ("silero-vad", "vad", "openvino", "silero-vad-sequence", ["silero_vad_16k_sequence.onnx"]),
            ("ge2e", "diarization", "openvino", "ge2e", ["ge2e.onnx"]),
            (
                "pyannote-titanet", "diarization", "sherpa-onnx", "sherpa-diarization",
                ["segmentation.onnx", "embedding.onnx"]
            ),
            ("clap-htsat", "audio-embeddings", "openvino", "clap-audio", ["audio_model.onnx"]),
            ("ced-tiny", "audio-events", "sherpa-onnx", "sherpa-audio-tagging", ["ced.onnx", "labels.csv"]),
        ]
        let lines = entries.map { id, task, runtime, family, files in
            let sources = files.map { "{name: \($0), sources: [{url: \"http://127.0.0.1:9/\($0)\"}]}" }
            return "  - {id: \(id), task: \(task), description: \(id), licence: MIT, runtime: \(runtime), "
                + "family: \(family), digest_verified: false, files: [\(sources.joined(separator: ", "))]}\n"
        }
        let text = "version: 1\nmodels:\n" + lines.joined()
        let store = ModelStore(
            catalogue: try ModelCatalogue.parse(text: text, fileName: "models.yaml"), root: root.path,
            mirror: mirror.path)
        for entry in entries { try store.install(entry.0, allowUnverified: true) }
        models = SharedModels(store: store)
    }

    var context: PluginContext {
        PluginContext(
            mode: .performance, threads: 2, pool: .shared, files: StageFiles(directory: output.path),
            emitPartial: { _ in self.partials.withLock { $0 += 1 } }, emitWarning: { _ in })
    }

    /// Pieces emitted so far.
    var emitted: Int { partials.withLock { $0 } }

    func text(_ file: String) -> String? { output.text(file) }

    /// What is wrong with a document by its schema in `docs/schemas`.
    static func schemaProblems(_ name: String, _ output: StageOutput) throws -> [String] {
        var repository = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<4 { repository.deleteLastPathComponent() }
        let file = repository.appendingPathComponent("docs/schemas/\(name).schema.json")
        return try JSONSchema(parsing: Data(contentsOf: file))
            .problems(in: JSONValue(parsing: output.documentData()))
    }

    static func manifest(_ name: String, _ type: DataType) -> PluginManifest {
        PluginManifest(
            name: name, version: "1.0.0", inputs: [.audio], outputs: [type], operation: .init(name: name),
            implementation: .builtIn(factory: name))
    }

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
