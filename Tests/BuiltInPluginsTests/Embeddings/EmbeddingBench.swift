import Foundation
import Inference
import MediaValues
import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

/// Runs a plugin with models that are really installed, in a folder that goes with this object.
final class EmbeddingBench: Sendable {
    /// A model to install.
    struct Model {
        let id: String
        let task: String
        let files: [(name: String, bytes: [UInt8])]
    }

    /// What a run gave.
    struct Outcome {
        let output: StageOutput
        let partials: [PartialResult]
        let warnings: [String]
        /// Keeps the files.
        fileprivate let folder: TemporaryDirectory
    }

    let models: SharedModels
    private let folder: TemporaryDirectory

    init(_ list: [Model]) throws {
        folder = try TemporaryDirectory()
        var text = list.isEmpty ? "version: 1\nmodels: []\n" : "version: 1\nmodels:\n"
        for model in list {
            text += """
                  - id: \(model.id)
                    task: \(model.task)
                    description: made for a test
                    licence: MIT
                    runtime: openvino
                    family: made
                    digest_verified: false
                    files:

                """
            for file in model.files {
                // Names of several models may be the same; the mirror is asked by the address's last part.
                let mirrored = "\(model.id)-\(file.name)"
                text += """
                          - name: \(file.name)
                            sources:
                              - url: https://127.0.0.1:9/\(mirrored)

                    """
                try FileManager.default.createDirectory(
                    atPath: folder.file("mirror"), withIntermediateDirectories: true)
                try Data(file.bytes).write(to: URL(fileURLWithPath: folder.file("mirror/\(mirrored)")))
            }
        }
        let store = ModelStore(
            catalogue: try ModelCatalogue.parse(text: text, fileName: "test.yaml"), root: folder.file("models"),
            mirror: folder.file("mirror"))
        for model in list { try store.install(model.id, allowUnverified: true) }
        models = SharedModels(store: store)
    }

    static func manifest(_ name: String, outputs: [DataType]) -> PluginManifest {
        PluginManifest(
            name: name, version: "1.0.0", inputs: [.media], outputs: outputs, operation: .init(name: name),
            implementation: .builtIn(factory: name))
    }

    func run(
        _ plugin: any Plugin, _ parameters: [String: ParameterValue], frames: [VideoFrame] = [],
        transcript: Transcript? = nil, faces: FaceDetections? = nil
    ) async throws -> Outcome {
        let video = BoundedChannel<VideoFrame>(capacity: max(1, frames.count))
        for frame in frames { _ = video.send(frame) }
        video.finish()
        var results: [DataType: StageOutput] = [:]
        if let transcript {
            let files = StageFiles(directory: try makeFolder())
            results[.transcription] = try files.finish(document: transcript, at: "transcription.json")
        }
        if let faces {
            let files = StageFiles(directory: try makeFolder())
            results[.faces] = try files.finish(document: faces, at: "faces.json")
        }
        let operation = PluginKit.Operation(plugin.manifest.name, parameters: parameters)
        let demand = try plugin.mediaDemand(for: operation)
        let input = StageInput(
            operation: operation, media: MediaDescription(container: .init(formatNames: ["made"], sizeBytes: 1)),
            feed: MediaFeed(video: demand.video == nil ? nil : video), results: results)
        let partials = Guarded<[PartialResult]>([])
        let warnings = Guarded<[String]>([])
        let context = PluginContext(
            mode: .performance, threads: 2, pool: .shared, files: StageFiles(directory: try makeFolder()),
            emitPartial: { partial in partials.withLock { $0.append(partial) } },
            emitWarning: { text in warnings.withLock { $0.append(text) } })
        let output = try await plugin.execute(input, context: context)
        return Outcome(
            output: output, partials: partials.withLock { $0 }, warnings: warnings.withLock { $0 }, folder: folder)
    }

    private func makeFolder() throws -> String {
        let path = folder.file("stage-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// What is wrong with a document by its schema in `docs/schemas`.
    static func schemaProblems(_ output: StageOutput, schema: String) throws -> [String] {
        let repository = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: repository.appendingPathComponent("docs/schemas/\(schema).schema.json"))
        return try JSONSchema(parsing: data).problems(in: JSONValue(parsing: output.documentData()))
    }

    /// The rows of a matrix file of `columns` columns.
    static func matrix(_ output: StageOutput, _ path: String, columns: Int) throws -> [[Float]] {
        let data = try Data(contentsOf: URL(fileURLWithPath: output.directory + "/" + path)).dropFirst(128)
        let values = [UInt8](data).withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
        return stride(from: 0, to: values.count, by: columns).map { Array(values[$0..<$0 + columns]) }
    }
}

/// Small networks of the exact signatures, whose answers are known.
enum MadeNetworks {
    /// `image_embeds[k] = mean of channel (k mod 3) + k / columns`.
    static func clip(
        columns: Int = 512, side: Int = 224, input: String = "pixel_values", output: String = "image_embeds"
    ) -> [UInt8] {
        var graph = ONNXGraph(name: "clip")
        let x = graph.input(input, .float32, ["N", 3, .fixed(side), .fixed(side)])
        let mean = channelMeans(x, &graph)
        let weights = (0..<3).flatMap { channel in (0..<columns).map { $0 % 3 == channel ? Float(1) : 0 } }
        let matrix = graph.constant("weights", floats: weights, shape: [3, columns])
        let shift = graph.constant("shift", floats: (0..<columns).map { Float($0) / Float(columns) }, shape: [columns])
        let sum = graph.node("Add", [graph.node("MatMul", [mean, matrix]), shift])
        graph.output(sum, as: output, .float32, ["N", .fixed(columns)])
        return graph.serialized()
    }

    /// Logits: ten times the mean of red for class 0, of green for class 1, of blue for class 2; the others get 0.
    static func places(classes: Int = 365) -> [UInt8] {
        var graph = ONNXGraph(name: "places")
        let x = graph.input("input.1", .float32, [1, 3, 224, 224])
        let weights = (0..<3).flatMap { channel in (0..<classes).map { $0 == channel ? Float(10) : 0 } }
        let matrix = graph.constant("weights", floats: weights, shape: [3, classes])
        let logits = graph.node("MatMul", [channelMeans(x, &graph), matrix])
        graph.output(logits, as: "logits", .float32, [1, .fixed(classes)])
        return graph.serialized()
    }

    /// A sentence network whose vector has 1 in the column of its number of tokens (at most 300).
    static func sentences(columns: Int = 384) -> [UInt8] {
        var graph = ONNXGraph(name: "sentences")
        _ = graph.input("input_ids", .int64, ["B", "T"])
        let mask = graph.input("attention_mask", .int64, ["B", "T"])
        let axis = graph.constant("axis", integers: [1], shape: [1])
        let count = graph.node("ReduceSum", [mask, axis], ["keepdims": .integer(1)])
        let numbers = graph.constant("numbers", integers: (0..<Int64(columns)).map { $0 }, shape: [1, columns])
        let hit = graph.node("Cast", [graph.node("Equal", [count, numbers])], ["to": .integer(1)])
        graph.output(hit, as: "sentence_embedding", .float32, ["B", .fixed(columns)])
        return graph.serialized()
    }

    private static func channelMeans(_ x: String, _ graph: inout ONNXGraph) -> String {
        graph.node("ReduceMean", [x], ["axes": .integers([2, 3]), "keepdims": .integer(0)])
    }
}
