import COpenVINO
import Synchronization

/// A compiled network and its idle infer requests.
///
/// Unchecked because it owns the `ov_compiled_model_t` handle, from which any thread may make requests; the list of idle
/// requests is under a lock.
public final class InferenceModel: @unchecked Sendable {
    /// The path it was read from, for messages.
    public let name: String
    /// What it takes, after any preparation of pictures; in its own order.
    public let inputs: [TensorInfo]
    /// What it gives, in its own order.
    public let outputs: [TensorInfo]
    private let handle: OpaquePointer
    private let idle = Mutex<[InferenceSession]>([])

    init(handle: OpaquePointer, name: String) {
        self.handle = handle
        self.name = name
        var count = 0
        var port: OpaquePointer?
        inputs =
            ov_compiled_model_inputs_size(handle, &count) == OK
            ? (0..<count).compactMap { index in
                ov_compiled_model_input_by_index(handle, index, &port) == OK
                    ? TensorInfo(index: index, port: port) : nil
            } : []
        outputs =
            ov_compiled_model_outputs_size(handle, &count) == OK
            ? (0..<count).compactMap { index in
                ov_compiled_model_output_by_index(handle, index, &port) == OK
                    ? TensorInfo(index: index, port: port) : nil
            } : []
    }

    deinit {
        idle.withLock { $0.removeAll() }
        ov_compiled_model_free(handle)
    }

    /// The input or output that has this name among others; nil when none has. Its index is not known.
    func tensor(named name: String, isInput: Bool) -> TensorInfo? {
        var port: OpaquePointer?
        let status =
            isInput
            ? ov_compiled_model_input_by_name(handle, name, &port)
            : ov_compiled_model_output_by_name(handle, name, &port)
        return status == OK ? TensorInfo(index: nil, name: name, port: port) : nil
    }

    /// Number of requests that keep the processor busy under the options it was compiled with.
    public var optimalRequests: Int {
        var text: UnsafeMutablePointer<CChar>?
        guard ov_compiled_model_get_property(handle, "OPTIMAL_NUMBER_OF_INFER_REQUESTS", &text) == OK, let text else {
            return 1
        }
        defer { ov_free(text) }
        return Int(String(cString: text)) ?? 1
    }

    /// Lends an infer request to `body`; as many exist as are lent at one time. Blocks while `body` runs.
    ///
    /// - Throws: ``InferenceError``, or what `body` throws.
    public func withSession<R>(_ body: (InferenceSession) throws -> R) throws -> R {
        let session = try idle.withLock { $0.popLast() } ?? makeSession()
        let result = try body(session)
        // Not after an error: the request may be in a bad state.
        idle.withLock { $0.append(session) }
        return result
    }

    private func makeSession() throws -> InferenceSession {
        var request: OpaquePointer?
        try OpenVINOStatus.check(
            ov_compiled_model_create_infer_request(handle, &request), .loadFailed,
            "no request for \(name) could be made")
        guard let request else { throw InferenceError(.loadFailed, "no request for \(name) could be made") }
        return InferenceSession(handle: request, name: name)
    }
}
