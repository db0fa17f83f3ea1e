import PluginKit
import Testing

@testable import Inference

struct NetworkSignatureTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Twice the input, and the mean of each channel.
    private func compile(_ options: InferenceOptions = InferenceOptions()) throws -> InferenceModel {
        var graph = ONNXGraph(name: "picture")
        let x = graph.input("images", .float32, [1, 3, "H", "W"])
        graph.output(
            graph.node("Mul", [x, graph.constant("two", floats: [2], shape: [])]), as: "double", .float32,
            [1, 3, "H", "W"])
        graph.output(
            graph.node("ReduceMean", [x], ["axes": .integers([2, 3]), "keepdims": .integer(0)]), as: "means",
            .float32, [1, 3])
        try folder.write(graph.serialized(), to: "picture.onnx")
        return try OpenVINORuntime.shared().compile(path: "\(folder.path)/picture.onnx", options: options)
    }

    @Test func inputsAndOutputsAreDescribed() throws {
        let model = try compile()
        #expect(model.inputs.map(\.description) == [#"#0 "images" is f32 [1,3,?,?]"#])
        #expect(model.outputs.map(\.name) == ["double", "means"])
        #expect(model.outputs.map(\.shape) == [[1, 3, nil, nil], [1, 3]])
    }

    @Test func fittingRequirementsPass() throws {
        let model = try compile()
        try model.require(
            inputs: [.init(.index(0), .f32, [1, 3, 416, 416])],
            outputs: [.init(.name("means"), .f32, [nil, 3]), .init(.name("double"), .f32, [nil, nil, nil, nil])],
            model: "picture")
    }

    @Test func othersAreRefusedNamingTensorAndShapes() throws {
        let model = try compile(InferenceOptions(inputShape: [1, 3, 640, 640]))
        let wrongs: [([TensorRequirement], [TensorRequirement], String)] = [
            (
                [.init(.index(0), .f32, [1, 3, 416, 416])], [],
                #"model yolox-nano: input #0 "images" is f32 [1,3,640,640]; expected f32 [1,3,416,416]"#
            ),
            (
                [.init(.name("images"), .u8, [1, 3, 640, 640])], [],
                #"model yolox-nano: input #0 "images" is f32 [1,3,640,640]; expected u8 [1,3,640,640]"#
            ),
            (
                [], [.init(.name("means"), .f32, [nil, 3, nil])],
                #"model yolox-nano: output #1 "means" is f32 [1,3]; expected f32 [?,3,?]"#
            ),
            (
                [], [.init(.index(2), .f32, [1])],
                "model yolox-nano: there is no output #2, expected f32 [1]; its outputs: "
                    + #"#0 "double" is f32 [1,3,640,640], #1 "means" is f32 [1,3]"#
            ),
        ]
        for (inputs, outputs, message) in wrongs {
            let error = #expect(throws: InferenceError.self) {
                try model.require(inputs: inputs, outputs: outputs, model: "yolox-nano")
            }
            #expect(error?.code == .unsupportedModel)
            #expect(error?.message == message)
        }
    }

    @Test func axesAcceptLengths() {
        let cases: [(TensorAxis, String, accepted: [Int], refused: [Int])] = [
            (5, "5", [5], [0, 4, 6]),
            (nil, "?", [0, 1, .max], []),
            (.length(nil), "?", [7], []),
            (.length(7), "7", [7], [8]),
            (.atLeast(6), "≥6", [6, 1000], [0, 5]),
            (.multiple(of: 32, upTo: 100), "32…100 by 32", [32, 64, 96], [0, 31, 33, 128]),
            (.multiple(of: 1, upTo: 9), "1…9", [1, 9], [0, 10]),
        ]
        for (axis, text, accepted, refused) in cases {
            #expect("\(axis)" == text)
            #expect(accepted.allSatisfy(axis.accepts) && !refused.contains(where: axis.accepts), "\(axis)")
        }
    }

    /// What a network leaves open passes at loading and is checked where the output is read.
    @Test func realShapesAreCheckedWhenOutputsAreRead() throws {
        let model = try compile()
        let wanted = TensorRequirement(.name("double"), .f32, [1, 3, .multiple(of: 2, upTo: 8), 2])
        try model.require(outputs: [wanted], model: "picture")
        func run(_ rows: Int) throws -> Int {
            let values = [Float](repeating: 1, count: 3 * rows * 2)
            return try model.withSession { session in
                try values.withUnsafeBufferPointer {
                    try session.run([.floats(.index(0), $0, shape: [1, 3, rows, 2])])
                }
                return try session.withFloats(wanted, model: "picture") { values, _ in values.count }
            }
        }
        #expect(try run(4) == 24)
        let error = #expect(throws: InferenceError.self) { try run(3) }
        #expect(error?.code == .unsupportedModel)
        #expect(error?.message == "model picture: output double came as f32 [1,3,3,2]; expected f32 [1,3,2…8 by 2,2]")
    }

    @Test func picturesArePreparedInsideTheNetwork() throws {
        let picture = PictureInput(mean: [10, 20, 30], scale: [2, 4, 5], reversesChannels: true)
        let model = try compile(InferenceOptions(picture: picture, inputShape: [1, 3, 2, 2]))
        try model.require(inputs: [.init(.index(0), .u8, [1, 2, 2, 3])], model: "picture")
        // Two by two pixels of three bytes; the last byte of a pixel becomes the first channel.
        let pixels: [UInt8] = [35, 24, 12, 40, 28, 14, 45, 32, 16, 50, 36, 18]
        let planes = try model.withSession { session in
            try pixels.withUnsafeBufferPointer { try session.run([.bytes(.index(0), $0, shape: [1, 2, 2, 3])]) }
            return try session.withFloats(.name("double")) { values, _ in Array(values) }
        }
        // Division is done as multiplication with the reciprocal.
        let expected: [Float] = [2, 4, 6, 8, 2, 4, 6, 8, 2, 4, 6, 8]
        #expect(zip(planes, expected).allSatisfy { abs($0 - $1) < 1e-5 }, "\(planes)")
    }

    @Test func networkWithoutPicturesIsRefused() throws {
        var graph = ONNXGraph(name: "flat")
        graph.output(graph.node("Relu", [graph.input("x", .float32, [4])]), as: "y", .float32, [4])
        try folder.write(graph.serialized(), to: "flat.onnx")
        let error = #expect(throws: InferenceError.self) {
            try OpenVINORuntime.shared().compile(
                path: "\(folder.path)/flat.onnx", options: InferenceOptions(picture: PictureInput()))
        }
        #expect(error?.code == .unsupportedModel)
        #expect(throws: InferenceError.self) { try compile(InferenceOptions(inputShape: [4])) }
    }

    @Test(
        .enabled(if: InstalledModels.has("yolox-nano"), "needs: video-extract models install yolox-nano"),
        arguments: [false, true])
    func grayPictureGivesTheKnownOutput(asBytes: Bool) throws {
        let installed = try #require(InstalledModels.store).installed("yolox-nano")
        let model = try OpenVINORuntime.shared().compile(
            path: installed.path("network") { $0.hasSuffix(".onnx") },
            options: .forRun(mode: .performance, threads: 2, fastMath: false, picture: asBytes ? PictureInput() : nil))
        try model.require(outputs: [.init(.index(0), .f32, [1, 3549, 85])], model: "yolox-nano")
        let first = try model.withSession { session in
            if asBytes {
                let bytes = [UInt8](repeating: 114, count: 416 * 416 * 3)
                try bytes.withUnsafeBufferPointer { try session.run([.bytes(.index(0), $0, shape: [1, 416, 416, 3])]) }
            } else {
                let floats = [Float](repeating: 114, count: 416 * 416 * 3)
                try floats.withUnsafeBufferPointer {
                    try session.run([.floats(.index(0), $0, shape: [1, 3, 416, 416])])
                }
            }
            return try session.withFloats(.index(0)) { values, _ in values[0] }
        }
        #expect(abs(first - 1.25277) < 1e-5)
    }

    @Test func runOptionsNeverExceedTheThreadsOfTheStage() throws {
        for mode in ExecutionMode.allCases {
            for threads in [0, 1, 2, 7] {
                let options = InferenceOptions.forRun(mode: mode, threads: threads, fastMath: false)
                #expect(options.threads == max(1, threads))
                #expect(options.streams == options.threads)
                #expect(options.precision == .f32)
                #expect(options.hint == (mode == .bulk ? .throughput : .latency))
            }
        }
        #expect(InferenceOptions.forRun(mode: .bulk, threads: 1, fastMath: true).precision == .fastest)
        #expect(try compile(.forRun(mode: .performance, threads: 2, fastMath: false)).optimalRequests == 2)
    }
}
