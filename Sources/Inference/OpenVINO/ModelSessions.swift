public import MediaValues

/// The loaded networks of a process, shared by everybody who runs the same one with the same options.
///
/// A network is *absent* → *loading* (the first caller loads; others that come meanwhile wait for it) → *ready* → absent again
/// by ``unloadIdle(longerThan:)`` or when loading failed. Loading and running happen on the blocking pool.
public actor ModelSessions {
    private struct Key: Hashable {
        let path: String
        let options: InferenceOptions
    }

    private enum State {
        case loading(waiting: [CheckedContinuation<Outcome, Never>])
        case ready(InferenceModel, lastUsed: ContinuousClock.Instant)
    }

    private enum Outcome: Sendable {
        case ready(InferenceModel)
        case failed(any Error)
        /// The loading task was cancelled before it began: somebody else must load.
        case abandoned
    }

    /// How often a network has been compiled, for tests and reports.
    public private(set) var compilations = 0
    private var states: [Key: State] = [:]
    private let pool: BlockingPool

    /// Creates an empty set; nothing is loaded yet.
    public init(pool: BlockingPool = .shared) { self.pool = pool }

    /// Number of networks in memory.
    public var loadedCount: Int {
        states.values.count {
            if case .ready = $0 { true } else { false }
        }
    }

    /// The compiled network, loaded at the first call.
    ///
    /// - Throws: ``InferenceError``; `CancellationError`.
    public func model(path: String, options: InferenceOptions = InferenceOptions()) async throws -> InferenceModel {
        let key = Key(path: path, options: options)
        while true {
            switch states[key] {
            case .ready(let model, _):
                states[key] = .ready(model, lastUsed: .now)
                return model
            case .loading:
                switch await waitForLoad(key) {
                case .ready(let model): return model
                case .failed(let error): throw error
                case .abandoned: continue
                }
            case nil:
                return try await load(key)
            }
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

    /// Lets go of networks that nobody asked for since `age`; requests that are lent keep theirs until they are done.
    public func unloadIdle(longerThan age: Duration) {
        let now = ContinuousClock.now
        for case (let key, .ready(_, let lastUsed)) in states where now - lastUsed >= age { states[key] = nil }
    }

    private func waitForLoad(_ key: Key) async -> Outcome {
        await withCheckedContinuation { continuation in
            guard case .loading(let waiting) = states[key] else {
                continuation.resume(returning: .abandoned)
                return
            }
            states[key] = .loading(waiting: waiting + [continuation])
        }
    }

    private func load(_ key: Key) async throws -> InferenceModel {
        states[key] = .loading(waiting: [])
        compilations += 1
        do {
            let model = try await pool.run {
                try OpenVINORuntime.shared().compile(path: key.path, options: key.options)
            }
            finish(key, .ready(model, lastUsed: .now), .ready(model))
            return model
        } catch let error as CancellationError {
            compilations -= 1
            finish(key, nil, .abandoned)
            throw error
        } catch {
            finish(key, nil, .failed(error))
            throw error
        }
    }

    private func finish(_ key: Key, _ state: State?, _ outcome: Outcome) {
        guard case .loading(let waiting) = states[key] else { return }
        states[key] = state
        for continuation in waiting { continuation.resume(returning: outcome) }
    }
}
