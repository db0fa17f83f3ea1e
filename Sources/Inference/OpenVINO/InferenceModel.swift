import COpenVINO
import Synchronization

/// A compiled network and its idle infer requests.
///
/// Unchecked because it owns the `ov_compiled_model_t` handle, from which any thread may make requests; the list of idle
/// requests is under a lock.
public final class InferenceModel: @unchecked Sendable {
    /// The path it was read from, for messages.
    public let name: String
    private let handle: OpaquePointer
    private let idle = Mutex<[InferenceSession]>([])

    init(handle: OpaquePointer, name: String) {
        self.handle = handle
        self.name = name
    }

    deinit {
        idle.withLock { $0.removeAll() }
        ov_compiled_model_free(handle)
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
