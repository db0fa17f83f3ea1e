/// Writes a network as an ONNX file (onnx.proto of ONNX 1.12: IR version 8).
///
/// A value: add inputs, constants, nodes and outputs in any order that names things before they are used, then take the
/// bytes. The same calls give the same bytes. Nothing is checked here; the runtime that loads the file checks it.
///
/// ```swift
/// var graph = ONNXGraph(name: "double")
/// let x = graph.input("x", .float32, ["N", 3])
/// let y = graph.node("Mul", [x, graph.constant("two", floats: [2], shape: [])])
/// graph.output(y, as: "y", .float32, ["N", 3])
/// let bytes = graph.serialized()
/// ```
public struct ONNXGraph: Sendable {
    /// Type of a tensor's elements; the raw value is that of `TensorProto.DataType`.
    public enum ElementType: Int64, Sendable {
        /// 32-bit floats.
        case float32 = 1
        /// Unsigned bytes.
        case uint8 = 2
        /// 32-bit integers.
        case int32 = 6
        /// 64-bit integers.
        case int64 = 7
        /// Truth values, a byte each.
        case bool = 9
        /// 16-bit floats (IEEE 754 binary16).
        case float16 = 10
    }

    /// Length of one axis: a number, or a name for a length that is known at run time only.
    public enum Dimension: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
        /// Always this many elements.
        case fixed(Int)
        /// Any length; axes of the same name have the same one.
        case named(String)

        /// A fixed length.
        public init(integerLiteral value: Int) { self = .fixed(value) }
        /// A named length.
        public init(stringLiteral value: String) { self = .named(value) }
    }

    /// Value of a node's attribute.
    public enum Attribute: Sendable {
        /// An integer, also for truth values.
        case integer(Int)
        /// A list of integers.
        case integers([Int])
        /// A 32-bit float.
        case float(Float)
        /// Text.
        case text(String)
    }

    /// Name of the graph.
    public let name: String
    /// Version of the operator set; 17 is the first with `LayerNormalization`.
    public let operatorSet: Int
    /// Key-value pairs stored beside the graph, in this order.
    public var metadata: [(key: String, value: String)] = []

    private struct Node {
        var operatorName: String
        var inputs: [String]
        var outputs: [String]
        var attributes: [[UInt8]]
    }

    private var nodes: [Node] = []
    /// Final names of results that became outputs.
    private var outputNames: [String: String] = [:]
    private var initializers: [[UInt8]] = []
    private var inputs: [[UInt8]] = []
    private var outputs: [[UInt8]] = []

    /// Creates an empty graph.
    public init(name: String, operatorSet: Int = 17) {
        self.name = name
        self.operatorSet = operatorSet
    }

    /// Declares an input.
    ///
    /// - Returns: its name.
    @discardableResult
    public mutating func input(_ name: String, _ type: ElementType, _ shape: [Dimension]) -> String {
        inputs.append(Self.valueInfo(name, type, shape))
        return name
    }

    /// Makes the result `value` an output called `name`.
    public mutating func output(_ value: String, as name: String, _ type: ElementType, _ shape: [Dimension]) {
        let isResult = nodes.contains { $0.outputs.contains(value) }
        if isResult, outputNames[value] == nil {
            outputNames[value] = name
        } else if value != name {
            node("Identity", [value], outputs: [name])
        }
        outputs.append(Self.valueInfo(name, type, shape))
    }

    /// Adds a constant of 32-bit floats, row-major; the shape `[]` is one number.
    ///
    /// - Returns: its name.
    public mutating func constant(_ name: String, floats: [Float], shape: [Int]) -> String {
        constant(name, .float32, bytes: Self.littleEndian(floats.map(\.bitPattern)), shape: shape)
    }

    /// Adds a constant of 16-bit floats, rounded from 32-bit ones, row-major.
    ///
    /// - Returns: its name.
    public mutating func constant(_ name: String, halves: [Float], shape: [Int]) -> String {
        let bytes = [UInt8](unsafeUninitializedCapacity: 2 * halves.count) { buffer, count in
            // By plain pointers: networks have tens of millions of weights.
            halves.withUnsafeBufferPointer { source in
                var offset = 0
                for value in source {
                    let bits = Float16(value).bitPattern
                    buffer[offset] = UInt8(truncatingIfNeeded: bits)
                    buffer[offset + 1] = UInt8(truncatingIfNeeded: bits >> 8)
                    offset += 2
                }
            }
            count = 2 * halves.count
        }
        return constant(name, .float16, bytes: bytes, shape: shape)
    }

    /// Adds a constant of 64-bit integers, row-major; the shape `[]` is one number.
    ///
    /// - Returns: its name.
    public mutating func constant(_ name: String, integers: [Int64], shape: [Int]) -> String {
        constant(name, .int64, bytes: Self.littleEndian(integers), shape: shape)
    }

    /// Adds a constant given by its bytes: little-endian elements, row-major.
    ///
    /// - Returns: its name.
    public mutating func constant(_ name: String, _ type: ElementType, bytes: [UInt8], shape: [Int]) -> String {
        var tensor = ProtobufWriter()
        for length in shape { tensor.integer(1, Int64(length)) }
        tensor.integer(2, type.rawValue)
        tensor.text(8, name)
        tensor.block(9, bytes)
        initializers.append(tensor.bytes)
        return name
    }

    /// Adds an operator with one result, under a name of its own.
    ///
    /// - Parameter inputs: names of inputs, constants or results; "" leaves out an optional one.
    /// - Returns: the name of the result.
    public mutating func node(
        _ operatorName: String, _ inputs: [String], _ attributes: KeyValuePairs<String, Attribute> = [:]
    ) -> String {
        let result = "\(operatorName)_\(nodes.count)"
        node(operatorName, inputs, outputs: [result], attributes)
        return result
    }

    /// Adds an operator whose results get the names `outputs`; "" leaves out an optional one.
    public mutating func node(
        _ operatorName: String, _ inputs: [String], outputs: [String],
        _ attributes: KeyValuePairs<String, Attribute> = [:]
    ) {
        let encoded = attributes.map { key, value in
            var attribute = ProtobufWriter()
            attribute.text(1, key)
            value.write(to: &attribute)
            return attribute.bytes
        }
        nodes.append(Node(operatorName: operatorName, inputs: inputs, outputs: outputs, attributes: encoded))
    }

    /// The bytes of the file.
    public func serialized() -> [UInt8] {
        var graph = ProtobufWriter()
        for (index, node) in nodes.enumerated() {
            graph.message(1) { message in
                for input in node.inputs { message.text(1, outputNames[input] ?? input) }
                for output in node.outputs { message.text(2, outputNames[output] ?? output) }
                message.text(3, "\(node.operatorName)_\(index)")
                message.text(4, node.operatorName)
                for attribute in node.attributes { message.block(5, attribute) }
            }
        }
        graph.text(2, name)
        for initializer in initializers { graph.block(5, initializer) }
        for input in inputs { graph.block(11, input) }
        for output in outputs { graph.block(12, output) }
        var model = ProtobufWriter()
        model.integer(1, 8)
        model.text(2, "video-extract")
        model.block(7, graph.bytes)
        model.message(8) {
            $0.text(1, "")
            $0.integer(2, Int64(operatorSet))
        }
        for (key, value) in metadata {
            model.message(14) {
                $0.text(1, key)
                $0.text(2, value)
            }
        }
        return model.bytes
    }

    private static func valueInfo(_ name: String, _ type: ElementType, _ shape: [Dimension]) -> [UInt8] {
        var info = ProtobufWriter()
        info.text(1, name)
        info.message(2) { value in
            value.message(1) { tensor in
                tensor.integer(1, type.rawValue)
                tensor.message(2) { list in
                    for dimension in shape {
                        list.message(1) {
                            switch dimension {
                            case .fixed(let length): $0.integer(1, Int64(length))
                            case .named(let name): $0.text(2, name)
                            }
                        }
                    }
                }
            }
        }
        return info.bytes
    }

    private static func littleEndian<Integer: FixedWidthInteger>(_ values: [Integer]) -> [UInt8] {
        values.map(\.littleEndian).withUnsafeBytes { Array($0) }
    }
}

extension ONNXGraph.Attribute {
    /// The value's field and, in field 20, its kind (`AttributeProto.AttributeType`).
    fileprivate func write(to attribute: inout ProtobufWriter) {
        switch self {
        case .float(let value):
            attribute.float(2, value)
            attribute.integer(20, 1)
        case .integer(let value):
            attribute.integer(3, Int64(value))
            attribute.integer(20, 2)
        case .text(let value):
            attribute.text(4, value)
            attribute.integer(20, 3)
        case .integers(let values):
            for value in values { attribute.integer(8, Int64(value)) }
            attribute.integer(20, 7)
        }
    }
}
