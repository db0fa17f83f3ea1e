import Inference
import Testing

@testable import struct Inference.ONNXFile
@testable import struct Inference.ProtobufReader

struct ONNXGraphTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// y = 2 · x + [1, 2, 3] in 16-bit weights; z = number of rows.
    private static func affine() -> ONNXGraph {
        var graph = ONNXGraph(name: "affine")
        let x = graph.input("x", .float32, ["N", 3])
        let offset = graph.node(
            "Cast", [graph.constant("offset", halves: [1, 2, 3], shape: [3])], ["to": .integer(1)])
        let double = graph.node("Mul", [x, graph.constant("two", floats: [2], shape: [])])
        graph.output(graph.node("Add", [double, offset]), as: "y", .float32, ["N", 3])
        let rows = graph.node(
            "Gather", [graph.node("Shape", [x]), graph.constant("first", integers: [0], shape: [1])])
        graph.output(graph.node("Cast", [rows], ["to": .integer(1)]), as: "z", .float32, [1])
        graph.metadata = [("author", "a test"), ("character", "ä\n文")]
        return graph
    }

    @Test func networkRunsWithAnyNumberOfRows() throws {
        try folder.write(Self.affine().serialized(), to: "affine.onnx")
        let model = try OpenVINORuntime.shared().compile(path: "\(folder.path)/affine.onnx")
        for rows in 1...3 {
            let values = (0..<(3 * rows)).map(Float.init)
            let result = try model.withSession { session in
                try values.withUnsafeBufferPointer { try session.run([.floats(.name("x"), $0, shape: [rows, 3])]) }
                let y = try session.withFloats(.name("y")) { values, shape in (Array(values), shape) }
                return (y.0, y.1, try session.withFloats(.name("z")) { values, _ in Array(values) })
            }
            #expect(result.0 == values.enumerated().map { 2 * $1 + Float($0 % 3 + 1) })
            #expect(result.1 == [rows, 3])
            #expect(result.2 == [Float(rows)])
        }
    }

    @Test func sameCallsGiveSameBytesWhichTellWhatTheyHold() throws {
        let bytes = Self.affine().serialized()
        #expect(bytes == Self.affine().serialized())
        let file = try bytes.withUnsafeBytes { try ONNXFile($0) }
        #expect(file.inputs == [.init(name: "x", elementType: 1, shape: [nil, 3])])
        #expect(file.outputs.map(\.name) == ["y", "z"])
        #expect(file.metadata == ["author": "a test", "character": "ä\n文"])
        #expect(file.operatorSets == ["": 17])
    }

    @Test func everyShorterFileIsRefused() throws {
        let bytes = Self.affine().serialized()
        // The metadata come last; without them it is a whole network again.
        let whole = bytes.count - (2 + 2 + 6 + 2 + 6) - (2 + 2 + 9 + 2 + 6)
        for count in 0..<bytes.count where count < whole {
            #expect(throws: ProtobufReader.Malformed.self, "\(count) of \(bytes.count) bytes") {
                try Array(bytes[..<count]).withUnsafeBytes { _ = try ONNXFile($0) }
            }
        }
    }

    @Test func damagedBytesNeverCrash() {
        let bytes = Self.affine().serialized()
        for position in bytes.indices {
            for change in [0x80, 0xff, 0x01] as [UInt8] {
                var damaged = bytes
                damaged[position] ^= change
                _ = try? damaged.withUnsafeBytes { try ONNXFile($0) }
            }
        }
    }

    @Test func nodesMustTakeWhatIsThere() throws {
        var graph = ONNXGraph(name: "broken")
        graph.output(graph.node("Relu", ["nowhere"]), as: "y", .float32, [1])
        let bytes = graph.serialized()
        #expect(throws: ProtobufReader.Malformed.self) { try bytes.withUnsafeBytes { _ = try ONNXFile($0) } }
        var short = ONNXGraph(name: "short")
        let constant = short.constant("c", .float32, bytes: [0, 0, 0, 0], shape: [2])
        short.output(short.node("Relu", [constant]), as: "y", .float32, [2])
        let shortBytes = short.serialized()
        #expect(throws: ProtobufReader.Malformed.self) { try shortBytes.withUnsafeBytes { _ = try ONNXFile($0) } }
    }
}
