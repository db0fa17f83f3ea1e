import COpenVINO

/// One infer request: used by one thread at a time, as ``InferenceModel/withSession(_:)`` lends it.
///
/// Unchecked because it owns the `ov_infer_request_t` handle and is lent to one borrower at a time.
public final class InferenceSession: @unchecked Sendable {
    private let handle: OpaquePointer
    private let name: String

    init(handle: OpaquePointer, name: String) {
        self.handle = handle
        self.name = name
    }

    deinit { ov_infer_request_free(handle) }

    /// Runs the network. Input memory is read in place, not copied; the outputs are read by ``withFloats(_:_:)``.
    ///
    /// - Parameter inputs: one for each input of the network.
    /// - Throws: ``InferenceError`` (`runFailed`).
    public func run(_ inputs: [InferenceInput]) throws {
        for input in inputs { try set(input) }
        try OpenVINOStatus.check(ov_infer_request_infer(handle), .runFailed, "running \(name) failed")
    }

    private func set(_ input: InferenceInput) throws {
        var dimensions = input.shape.map(Int64.init)
        guard dimensions.reduce(1, *) == input.count else {
            throw InferenceError(
                .runFailed,
                "input \(input.key) of \(name) has \(input.count) elements, which do not fill \(input.shape)")
        }
        let failure = "input \(input.key) of \(name) was refused"
        var shape = ov_shape_t()
        try OpenVINOStatus.check(ov_shape_create(Int64(dimensions.count), &dimensions, &shape), .runFailed, failure)
        defer { ov_shape_free(&shape) }
        var tensor: OpaquePointer?
        // The library takes a mutable pointer for outputs' sake; it does not write to inputs.
        try OpenVINOStatus.check(
            ov_tensor_create_from_host_ptr(
                input.type, shape, UnsafeMutableRawPointer(mutating: input.bytes), &tensor), .runFailed, failure)
        defer { ov_tensor_free(tensor) }
        let status =
            switch input.key {
            case .name(let text): ov_infer_request_set_tensor(handle, text, tensor)
            case .index(let index): ov_infer_request_set_input_tensor_by_index(handle, index, tensor)
            }
        try OpenVINOStatus.check(status, .runFailed, failure)
    }

    /// Lends an output of the last run: 32-bit floats, row-major, with its shape. Valid inside `body` only.
    ///
    /// - Throws: ``InferenceError`` (`runFailed`) when there is no such output or it has another type.
    public func withFloats<R>(
        _ key: TensorKey, _ body: (UnsafeBufferPointer<Float>, _ shape: [Int]) throws -> R
    ) throws -> R {
        var tensor: OpaquePointer?
        let failure = "output \(key) of \(name) cannot be read"
        let status =
            switch key {
            case .name(let text): ov_infer_request_get_tensor(handle, text, &tensor)
            case .index(let index): ov_infer_request_get_output_tensor_by_index(handle, index, &tensor)
            }
        try OpenVINOStatus.check(status, .runFailed, failure)
        defer { ov_tensor_free(tensor) }
        var type = DYNAMIC
        try OpenVINOStatus.check(ov_tensor_get_element_type(tensor, &type), .runFailed, failure)
        guard type == F32 else { throw InferenceError(.runFailed, "\(failure): it does not hold 32-bit floats") }
        var shape = ov_shape_t()
        try OpenVINOStatus.check(ov_tensor_get_shape(tensor, &shape), .runFailed, failure)
        defer { ov_shape_free(&shape) }
        let dimensions = UnsafeBufferPointer(start: shape.dims, count: Int(shape.rank)).map(Int.init)
        var data: UnsafeMutableRawPointer?
        try OpenVINOStatus.check(ov_tensor_data(tensor, &data), .runFailed, failure)
        let count = dimensions.reduce(1, *)
        let floats = UnsafeBufferPointer(start: data?.assumingMemoryBound(to: Float.self), count: count)
        return try body(floats, dimensions)
    }
}

/// Names an input or output of a network.
public enum TensorKey: Sendable, CustomStringConvertible {
    /// By its name in the network.
    case name(String)
    /// By its position.
    case index(Int)

    /// The name, or `#` and the position.
    public var description: String {
        switch self {
        case .name(let text): text
        case .index(let index): "#\(index)"
        }
    }
}

/// Memory that a network reads; it must stay valid until `run` has returned.
public struct InferenceInput {
    let key: TensorKey
    let type: ov_element_type_e
    let bytes: UnsafeRawPointer?
    let count: Int
    let shape: [Int]

    private init(key: TensorKey, type: ov_element_type_e, bytes: UnsafeRawPointer?, count: Int, shape: [Int]) {
        self.key = key
        self.type = type
        self.bytes = bytes
        self.count = count
        self.shape = shape
    }

    /// 32-bit floats in row-major order.
    public static func floats(_ key: TensorKey, _ values: UnsafeBufferPointer<Float>, shape: [Int]) -> InferenceInput {
        InferenceInput(
            key: key, type: F32, bytes: UnsafeRawPointer(values.baseAddress), count: values.count, shape: shape)
    }

    /// 64-bit integers in row-major order.
    public static func integers(_ key: TensorKey, _ values: UnsafeBufferPointer<Int64>, shape: [Int]) -> InferenceInput
    {
        InferenceInput(
            key: key, type: I64, bytes: UnsafeRawPointer(values.baseAddress), count: values.count, shape: shape)
    }

    /// Bytes in row-major order.
    public static func bytes(_ key: TensorKey, _ values: UnsafeBufferPointer<UInt8>, shape: [Int]) -> InferenceInput {
        InferenceInput(
            key: key, type: U8, bytes: UnsafeRawPointer(values.baseAddress), count: values.count, shape: shape)
    }
}
