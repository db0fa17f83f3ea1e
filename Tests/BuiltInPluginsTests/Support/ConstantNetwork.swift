import Foundation
import Inference
import VideoExtractTesting

/// Networks that answer the same whatever they see.
struct ConstantNetwork {
    struct Output {
        var name: String
        var shape: [Int]
        var values: [Float]
    }

    let bytes: [UInt8]

    /// - Parameters:
    ///   - hasOpenOutputs: leave the length of the outputs' second axis open until the network runs.
    ///   - hasSecondInput: take another input, `extra`.
    init(
        input: String = "images", shape: [ONNXGraph.Dimension], outputs: [Output], hasOpenOutputs: Bool = false,
        hasSecondInput: Bool = false
    ) {
        var graph = ONNXGraph(name: "constant")
        let picture = graph.input(input, .float32, shape)
        var mean = graph.node("ReduceMean", [picture], ["keepdims": .integer(0)])
        if hasSecondInput { mean = graph.node("Mul", [mean, graph.input("extra", .float32, [])]) }
        let zero = graph.node("Mul", [mean, graph.constant("nothing", floats: [0], shape: [])])
        if outputs.isEmpty { graph.output(zero, as: "output", .float32, []) }
        for output in outputs {
            let values = graph.constant("\(output.name)_values", floats: output.values, shape: output.shape)
            var sum = graph.node("Add", [values, zero])
            var dimensions = output.shape.map { ONNXGraph.Dimension.fixed($0) }
            if hasOpenOutputs {
                let far = graph.node("Add", [zero, graph.constant("\(output.name)_far", floats: [1e6], shape: [1])])
                let end = graph.node("Cast", [far], ["to": .integer(7)])
                let bounds = [("start", Int64(0)), ("axis", 1)].map { name, value in
                    graph.constant("\(output.name)_\(name)", integers: [value], shape: [1])
                }
                sum = graph.node("Slice", [sum, bounds[0], end, bounds[1]])
                dimensions[1] = .named("open")
            }
            graph.output(sum, as: output.name, .float32, dimensions)
        }
        bytes = graph.serialized()
    }

    /// Compiles it and hands it to a head.
    func load() throws -> InferenceModel {
        try Self.load(bytes)
    }

    /// Compiles a made network.
    static func load(_ bytes: [UInt8]) throws -> InferenceModel {
        let folder = try TemporaryDirectory()
        let path = folder.file("network.onnx")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try withExtendedLifetime(folder) {
            try OpenVINORuntime.shared().compile(path: path, options: InferenceOptions(threads: 1))
        }
    }
}
