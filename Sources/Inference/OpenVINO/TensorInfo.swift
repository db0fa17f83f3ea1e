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

/// What a caller needs an input or output to be.
public struct TensorRequirement: Sendable {
    /// Which one.
    public var key: TensorKey
    /// Type of the elements.
    public var elementType: TensorInfo.ElementType
    /// Length of each axis; nil accepts any. An axis that is known at run time only fits any length.
    public var shape: [Int?]

    /// Creates a requirement.
    public init(_ key: TensorKey, _ elementType: TensorInfo.ElementType = .f32, _ shape: [Int?]) {
        self.key = key
        self.elementType = elementType
        self.shape = shape
    }

    func isMet(by info: TensorInfo) -> Bool {
        guard info.elementType == elementType else { return false }
        guard let actual = info.shape else { return true }
        return actual.count == shape.count
            && zip(actual, shape).allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
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
            let expected = "expected \(wanted.elementType.rawValue) \(TensorInfo.text(wanted.shape))"
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
