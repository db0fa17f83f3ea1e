public import MediaValues

/// The loaded networks of a process, shared by everybody who runs the same one with the same options; see `SharedLoads` for
/// their life cycle. Running happens on the blocking pool; loading on a pool of its own, so that ready stages do not wait behind
/// networks that are being compiled.
public struct ModelSessions: Sendable {
    private struct Key: Hashable {
        let path: String
        let options: InferenceOptions
    }

    private let loads: SharedLoads<Key, InferenceModel>
    private let pool: BlockingPool

    /// Creates an empty set; nothing is loaded yet.
    public init(pool: BlockingPool = .shared) {
        self.pool = pool
        loads = SharedLoads(pool: .loading)
    }

    /// How often a network has been compiled, for tests and reports.
    public var compilations: Int { get async { await loads.loads } }

    /// Number of networks in memory.
    public var loadedCount: Int { get async { await loads.count } }

    /// The compiled network, loaded at the first call.
    ///
    /// - Throws: ``InferenceError``; `CancellationError`.
    public func model(path: String, options: InferenceOptions = InferenceOptions()) async throws -> InferenceModel {
        try await loads.value(for: Key(path: path, options: options)) {
            try OpenVINORuntime.shared().compile(path: path, options: options)
        }
    }

    /// Runs `body` with an infer request of the network, on the blocking pool.
    ///
    /// - Throws: ``InferenceError``, `CancellationError`, or what `body` throws.
    public func withSession<R: Sendable>(
        path: String, options: InferenceOptions = InferenceOptions(),
        _ body: @escaping @Sendable (InferenceSession) throws -> R
    ) async throws -> R {
        let model = try await model(path: path, options: options)
        return try await pool.run { try model.withSession(body) }
    }

    /// Lets go of networks that nobody has held or asked for since `age`.
    public func unloadIdle(longerThan age: Duration) async { await loads.removeIdle(longerThan: age) }

    /// For processes that live long: lets go of each network some time after its last use, until the task is cancelled.
    public func run(unloadingAfter age: Duration) async { await loads.removeIdleRepeatedly(after: age) }
}
