import Foundation
import Inference
import MediaDecoding
import MediaValues
import PluginKit
import VideoExtractTesting

@testable import BuiltInPlugins

/// Pictures with given samples.
enum MadePicture {
    /// A 4:2:0 frame; the closures give the samples of each plane.
    static func yuv420(
        width: Int, height: Int, isFullRange: Bool = true, matrix: ColorMatrix = .bt601, milliseconds: Int64 = 0,
        luma: (Int, Int) -> UInt8, cb: (Int, Int) -> UInt8 = { _, _ in 128 }, cr: (Int, Int) -> UInt8 = { _, _ in 128 }
    ) -> VideoFrame {
        let (chromaWidth, chromaHeight) = ((width + 1) / 2, (height + 1) / 2)
        // Rows longer than the picture, as decoders make them.
        let (stride, chromaStride) = (width + 5, chromaWidth + 3)
        let lumaSize = stride * height
        let chromaSize = chromaStride * chromaHeight
        let storage = ArrayPixelStorage(byteCount: lumaSize + 2 * chromaSize) { buffer in
            for y in 0..<height { for x in 0..<width { buffer[y * stride + x] = luma(x, y) } }
            for y in 0..<chromaHeight {
                for x in 0..<chromaWidth {
                    buffer[lumaSize + y * chromaStride + x] = cb(x, y)
                    buffer[lumaSize + chromaSize + y * chromaStride + x] = cr(x, y)
                }
            }
        }
        func plane(_ offset: Int, _ stride: Int, _ width: Int, _ height: Int) -> PixelPlane {
            PixelPlane(
                baseAddress: storage.baseAddress + offset, bytesPerRow: stride, width: width, height: height)
        }
        return VideoFrame(
            time: MediaTime(milliseconds: milliseconds), duration: MediaTime(milliseconds: 40), frameNumber: nil,
            isKeyframe: true, width: width, height: height, layout: .yuv420, isFullRange: isFullRange,
            colorMatrix: matrix,
            planes: [
                plane(0, stride, width, height), plane(lumaSize, chromaStride, chromaWidth, chromaHeight),
                plane(lumaSize + chromaSize, chromaStride, chromaWidth, chromaHeight),
            ], storage: storage)
    }

    /// Grey all over.
    static func plain(width: Int, height: Int, luma: UInt8 = 90, milliseconds: Int64 = 0) -> VideoFrame {
        let (chromaWidth, chromaHeight) = ((width + 1) / 2, (height + 1) / 2)
        let storage = ArrayPixelStorage(byteCount: width * height + 2 * chromaWidth * chromaHeight) { buffer in
            UnsafeMutableRawBufferPointer(rebasing: buffer[..<(width * height)])
                .initializeMemory(as: UInt8.self, repeating: luma)
            UnsafeMutableRawBufferPointer(rebasing: buffer[(width * height)...])
                .initializeMemory(as: UInt8.self, repeating: 128)
        }
        func plane(_ offset: Int, _ width: Int, _ height: Int) -> PixelPlane {
            PixelPlane(baseAddress: storage.baseAddress + offset, bytesPerRow: width, width: width, height: height)
        }
        return VideoFrame(
            time: MediaTime(milliseconds: milliseconds), duration: MediaTime(milliseconds: 40), frameNumber: nil,
            isKeyframe: true, width: width, height: height, layout: .yuv420, isFullRange: true,
            planes: [
                plane(0, width, height), plane(width * height, chromaWidth, chromaHeight),
                plane(width * height + chromaWidth * chromaHeight, chromaWidth, chromaHeight),
            ], storage: storage)
    }
}

/// Networks that answer the same whatever they see.
struct ConstantNetwork {
    struct Output {
        var name: String
        var shape: [Int]
        var values: [Float]
    }

    let bytes: [UInt8]

    init(input: String = "images", shape: [ONNXGraph.Dimension], outputs: [Output]) {
        var graph = ONNXGraph(name: "constant")
        let picture = graph.input(input, .float32, shape)
        let mean = graph.node("ReduceMean", [picture], ["keepdims": .integer(0)])
        let zero = graph.node("Mul", [mean, graph.constant("nothing", floats: [0], shape: [])])
        for output in outputs {
            let values = graph.constant("\(output.name)_values", floats: output.values, shape: output.shape)
            let sum = graph.node("Add", [values, zero])
            graph.output(sum, as: output.name, .float32, output.shape.map { .fixed($0) })
        }
        bytes = graph.serialized()
    }

    /// Compiles it and hands it to a head.
    func load() throws -> InferenceModel {
        let folder = try TemporaryDirectory()
        let path = folder.file("network.onnx")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try withExtendedLifetime(folder) {
            try OpenVINORuntime.shared().compile(path: path, options: InferenceOptions(threads: 1))
        }
    }
}

/// A model folder of a test's own, there as long as the value is used.
struct MadeModels {
    struct Model {
        var id: String
        var task: String
        var family: String
        var network: [UInt8]
        var labels: String?
    }

    let models: SharedModels
    private let folder: TemporaryDirectory

    /// Models of `installed` are there, those of `known` are only in the catalogue.
    init(installed: [Model], known: [(id: String, task: String, family: String)] = []) throws {
        folder = try TemporaryDirectory()
        var text = "version: 1\nmodels:\n"
        func add(_ id: String, _ task: String, _ family: String) {
            text += """
                  - id: \(id)
                    task: \(task)
                    description: made by a test
                    licence: none
                    runtime: openvino
                    family: \(family)
                    digest_verified: false
                    files:
                      - name: \(id).onnx
                        sources:
                          - url: https://example.org/\(id).onnx

                """
        }
        for model in installed { add(model.id, model.task, model.family) }
        for model in known { add(model.id, model.task, model.family) }
        let catalogue = try ModelCatalogue.parse(text: text, fileName: "models.yaml")
        let mirror = folder.file("mirror")
        try FileManager.default.createDirectory(atPath: mirror, withIntermediateDirectories: true)
        let store = ModelStore(catalogue: catalogue, root: folder.file("store"), mirror: mirror)
        for model in installed {
            try Data(model.network).write(to: URL(fileURLWithPath: "\(mirror)/\(model.id).onnx"))
            let placed = try store.install(model.id, allowUnverified: true)
            if let labels = model.labels {
                try Data(labels.utf8).write(to: URL(fileURLWithPath: placed.folder + "/labels.txt"))
            }
        }
        models = SharedModels(store: store)
    }
}

/// Runs a plugin over pictures.
struct PluginRun {
    var output: StageOutput
    var partials: [PartialResult]
    var warnings: [String]
    private let folder: TemporaryDirectory

    /// - Throws: what the plugin throws.
    static func run(
        _ plugin: any Plugin, parameters: [String: ParameterValue], frames: [VideoFrame]
    ) async throws -> PluginRun {
        let channel = BoundedChannel<VideoFrame>(capacity: 2)
        async let feeding: Void = feed(frames, to: channel)
        let run = try await run(plugin, parameters: parameters, feed: MediaFeed(video: channel))
        await feeding
        return run
    }

    private static func feed(_ frames: [VideoFrame], to channel: BoundedChannel<VideoFrame>) async {
        for frame in frames { guard await channel.push(frame) else { return } }
        channel.finish()
    }

    static func run(
        _ plugin: any Plugin, parameters: [String: ParameterValue], feed: MediaFeed
    ) async throws -> PluginRun {
        let folder = try TemporaryDirectory()
        let partials = Guarded<[PartialResult]>([])
        let warnings = Guarded<[String]>([])
        let context = PluginContext(
            mode: .debug, threads: 2, pool: .shared, files: StageFiles(directory: folder.path),
            emitPartial: { partial in partials.withLock { $0.append(partial) } },
            emitWarning: { text in warnings.withLock { $0.append(text) } })
        let media = FakeMediaAccess.Content().description
        do {
            let output = try await plugin.execute(
                StageInput(
                    operation: PluginKit.Operation(plugin.manifest.name, parameters: parameters), media: media,
                    feed: feed), context: context)
            return PluginRun(
                output: output, partials: partials.withLock { $0 }, warnings: warnings.withLock { $0 }, folder: folder)
        } catch {
            feed.abandon()
            throw error
        }
    }

    /// What the schema `docs/schemas/<name>.schema.json` finds wrong with the document.
    func problems(bySchema name: String) throws -> [String] {
        let path = OutsideFiles.root + "/docs/schemas/\(name).schema.json"
        let schema = try JSONSchema(parsing: try Data(contentsOf: URL(fileURLWithPath: path)))
        return schema.problems(in: try JSONValue(parsing: try output.documentData()))
    }

    /// Runs a plugin over a media file.
    static func run(
        _ plugin: any Plugin, parameters: [String: ParameterValue], file: String
    ) async throws -> PluginRun {
        let handle = try await FFmpegMediaAccess().resolve(.file(path: file)) { false }
        let operation = PluginKit.Operation(plugin.manifest.name, parameters: parameters)
        let pass = try await handle.makePass(
            [try plugin.mediaDemand(for: operation)], options: DecodingOptions(threads: 2))
        async let report = pass.run()
        let run = try await run(plugin, parameters: parameters, feed: pass.feeds[0])
        _ = await report
        return run
    }
}

extension PluginManifest {
    /// As little as a plugin needs.
    static func named(_ name: String, output: DataType) -> PluginManifest {
        PluginManifest(
            name: name, version: "1.0", inputs: [.media], outputs: [output], operation: .init(name: name),
            implementation: .builtIn(factory: name))
    }
}

/// Media and models from outside.
enum OutsideFiles {
    static let media = ProcessInfo.processInfo.environment["VIDEO_EXTRACT_TEST_MEDIA"].flatMap { $0.isEmpty ? nil : $0 }

    /// The folder of the package.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    static let models = (try? ModelCatalogue.load(path: root + "/config/models.yaml")).map {
        SharedModels(store: ModelStore.standard(catalogue: $0))
    }

    /// Whether the media are there, and the model is installed.
    static func has(_ model: String) -> Bool {
        guard media != nil, case .installed? = models?.state(of: model) else { return false }
        return true
    }

    static func file(_ name: String) -> String { (media ?? "") + "/" + name }
}
