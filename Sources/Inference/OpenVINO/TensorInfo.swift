import COpenVINO

/// What a network says about one of its inputs or outputs.
public struct TensorInfo: Sendable, Hashable, CustomStringConvertible {
    /// Type of the elements.
    public enum ElementType: String, Sendable {
        /// Floats of 32, 16 (IEEE) and 16 (brain) bits.
        case f32, f16, bf16
        /// Signed integers.
        case i64, i32, i8
        /// Unsigned bytes.
        case u8
        /// Truth values.
        case boolean
        /// Something else.
        case other
    }

    /// Its position among the inputs or outputs; nil where it was looked up by name.
    public let index: Int?
    /// One of its names, for a tensor may have several; empty when it has none.
    public let name: String
    /// Type of the elements.
    public let elementType: ElementType
    /// Length of each axis, nil where it is known at run time only; nil as a whole when even the number of axes is not known.
    public let shape: [Int?]?

    /// `#0 "images" is f32 [1,3,416,416]`; `?` stands for what is known at run time only.
    public var description: String {
        let names = [index.map { "#\($0)" }, name.isEmpty ? nil : "\"\(name)\""].compactMap(\.self)
        return "\(names.joined(separator: " ")) is \(elementType.rawValue) \(Self.text(shape))"
    }

    static func text(_ shape: [Int?]?) -> String {
        guard let shape else { return "[…]" }
        return "[\(shape.map { $0.map(String.init) ?? "?" }.joined(separator: ","))]"
    }
}

/// Which lengths of an axis a caller can work with. Written as a number for just that one, as `nil` for any.
public struct TensorAxis: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral,
    CustomStringConvertible
{
    private let range: ClosedRange<Int>
    private let step: Int

    private init(_ range: ClosedRange<Int>, step: Int = 1) {
        self.range = range
        self.step = step
    }

    /// Just this length.
    public init(integerLiteral length: Int) { self.init(length...length) }

    /// Any length.
    public init(nilLiteral: ()) { self.init(0...Int.max) }

    /// Just this length; any where it is nil.
    public static func length(_ length: Int?) -> TensorAxis { length.map { TensorAxis($0...$0) } ?? nil }

    /// This length or a greater one.
    public static func atLeast(_ length: Int) -> TensorAxis { TensorAxis(length...Int.max) }

    /// The multiples of `step` up to `limit`.
    public static func multiple(of step: Int, upTo limit: Int) -> TensorAxis {
        TensorAxis(step...max(step, limit), step: step)
    }

    /// `416`, `≥6`, `32…4096 by 32`; `?` for any.
    public var description: String {
        if self == nil { return "?" }
        if range.count == 1 { return "\(range.lowerBound)" }
        if range.upperBound == .max { return "≥\(range.lowerBound)" }
        return "\(range.lowerBound)…\(range.upperBound)" + (step > 1 ? " by \(step)" : "")
    }

    func accepts(_ length: Int) -> Bool { range.contains(length) && length.isMultiple(of: step) }
}

/// What a caller needs an input or output to be.
public struct TensorRequirement: Sendable, CustomStringConvertible {
    /// Which one.
    public var key: TensorKey
    /// Type of the elements.
    public var elementType: TensorInfo.ElementType
    /// Length of each axis. An axis that is known at run time only fits any length.
    public var shape: [TensorAxis]

    /// Creates a requirement.
    public init(_ key: TensorKey, _ elementType: TensorInfo.ElementType, _ shape: [TensorAxis]) {
        self.key = key
        self.elementType = elementType
        self.shape = shape
    }

    /// Type and shape: `f32 [1,3,416,416]`.
    public var description: String {
        "\(elementType.rawValue) [\(shape.map(\.description).joined(separator: ","))]"
    }

    func isMet(by info: TensorInfo) -> Bool {
        guard info.elementType == elementType else { return false }
        return info.shape.map(accepts) ?? true
    }

    /// Whether lengths fit, nil standing for one that is not known yet.
    func accepts(_ lengths: [Int?]) -> Bool {
        lengths.count == shape.count
            && zip(lengths, shape).allSatisfy { length, axis in length.map(axis.accepts) ?? true }
    }
}

extension InferenceSession {
    /// Lends an output of the last run as ``withFloats(_:_:)`` does, after checking the shape that it really has: axes that
    /// a network leaves open pass ``InferenceModel/require(inputs:outputs:model:)``.
    ///
    /// - Throws: ``InferenceError``: `unsupportedModel` naming the tensor and both shapes, `runFailed`.
    public func withFloats<R>(
        _ wanted: TensorRequirement, model: String, _ body: (UnsafeBufferPointer<Float>, _ shape: [Int]) throws -> R
    ) throws -> R {
        try withFloats(wanted.key) { values, shape in
            guard wanted.accepts(shape) else {
                throw InferenceError(
                    .unsupportedModel,
                    "model \(model): output \(wanted.key) came as f32 \(TensorInfo.text(shape)); expected \(wanted)")
            }
            return try body(values, shape)
        }
    }
}

extension InferenceModel {
    /// Checks that the network is of the kind that the caller was written for.
    ///
    /// - Parameter model: its catalogue identifier, for the message.
    /// - Throws: ``InferenceError`` (`unsupportedModel`) naming the tensor, what it is and what is expected, such as
    ///   `model yolox-nano: input #0 "images" is f32 [1,3,640,640]; expected f32 [1,3,416,416]`.
    public func require(
        inputs: [TensorRequirement] = [], outputs: [TensorRequirement] = [], model: String
    ) throws {
        try check(inputs, against: self.inputs, "input", model)
        try check(outputs, against: self.outputs, "output", model)
    }

    private func check(
        _ requirements: [TensorRequirement], against tensors: [TensorInfo], _ role: String, _ model: String
    ) throws {
        for wanted in requirements {
            let expected = "expected \(wanted)"
            let found =
                switch wanted.key {
                case .index(let index): tensors.first { $0.index == index }
                case .name(let name): tensors.first { $0.name == name } ?? tensor(named: name, isInput: role == "input")
                }
            guard let found else {
                let known = tensors.map { "\($0)" }.joined(separator: ", ")
                throw InferenceError(
                    .unsupportedModel,
                    "model \(model): there is no \(role) \(wanted.key), \(expected); its \(role)s: \(known)")
            }
            guard wanted.isMet(by: found) else {
                throw InferenceError(.unsupportedModel, "model \(model): \(role) \(found); \(expected)")
            }
        }
    }
}

extension TensorInfo {
    /// Reads the description of a port and frees the port.
    init?(index: Int?, name known: String? = nil, port: OpaquePointer?) {
        guard let port else { return nil }
        defer { ov_output_const_port_free(port) }
        self.index = index
        var text: UnsafeMutablePointer<CChar>?
        if let known {
            name = known
        } else if ov_port_get_any_name(port, &text) == OK, let text {
            name = String(cString: text)
            ov_free(text)
        } else {
            // A port without a name is no failure.
            name = ""
        }
        var type = DYNAMIC
        guard ov_port_get_element_type(port, &type) == OK else { return nil }
        elementType = Self.elementType(type)
        var partial = ov_partial_shape_t()
        guard ov_port_get_partial_shape(port, &partial) == OK else { return nil }
        defer { ov_partial_shape_free(&partial) }
        if ov_rank_is_dynamic(partial.rank) {
            shape = nil
        } else {
            shape = UnsafeBufferPointer(start: partial.dims, count: Int(partial.rank.max)).map {
                $0.min == $0.max && $0.min >= 0 ? Int($0.max) : nil
            }
        }
    }

    private static func elementType(_ type: ov_element_type_e) -> ElementType {
        switch type {
        case F32: .f32
        case F16: .f16
        case BF16: .bf16
        case I64: .i64
        case I32: .i32
        case I8: .i8
        case U8: .u8
        case OV_BOOLEAN: .boolean
        default: .other
        }
    }
}
