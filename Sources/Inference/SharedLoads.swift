import Glibc
import MediaValues

extension BlockingPool {
    /// For loading models: long, busy work, one at a time for each core.
    static let loading = BlockingPool(name: "loading", threads: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}

/// Things that are slow to load, shared by everybody who asks for the same one.
///
/// A value is *absent* → *loading* (the first caller loads; others that come meanwhile wait for it) → *ready* → absent
/// again by `removeIdle(longerThan:)` or when loading failed. Loading happens on the blocking pool. A load that was cancelled
/// before it began is taken over by one of those who wait.
actor SharedLoads<Key: Hashable & Sendable, Value: AnyObject & Sendable> {
    private enum State {
        case loading(waiting: [CheckedContinuation<Outcome, Never>])
        case ready(Value, lastUsed: ContinuousClock.Instant)
    }

    private enum Outcome: Sendable {
        case ready(Value)
        case failed(any Error)
        case abandoned
    }

    /// How often something has been loaded.
    private(set) var loads = 0
    private var states: [Key: State] = [:]
    private let pool: BlockingPool

    init(pool: BlockingPool) { self.pool = pool }

    /// Number of values in memory.
    var count: Int {
        states.values.count { if case .ready = $0 { true } else { false } }
    }

    /// The value for `key`, loaded by `load` at the first call.
    func value(for key: Key, load: @escaping @Sendable () throws -> Value) async throws -> Value {
        while true {
            switch states[key] {
            case .ready(let value, _):
                states[key] = .ready(value, lastUsed: .now)
                return value
            case .loading:
                switch await waitForLoad(key) {
                case .ready(let value): return value
                case .failed(let error): throw error
                case .abandoned: continue
                }
            case nil:
                return try await self.load(key, load)
            }
        }
    }

    /// Lets go of values that nobody has held or asked for since `age`.
    func removeIdle(longerThan age: Duration) {
        let now = ContinuousClock.now
        let ready = states.keys.filter { if case .ready = states[$0] { true } else { false } }
        for key in ready {
            // Taken out of the table, so that the reference here is the only one unless somebody holds the value.
            guard case .ready(var value, let lastUsed) = states.removeValue(forKey: key) else { continue }
            let isHeld = !isKnownUniquelyReferenced(&value)
            if isHeld || now - lastUsed < age { states[key] = .ready(value, lastUsed: isHeld ? now : lastUsed) }
        }
    }

    /// Lets go of idle values, each within 5/4 of `age` after its last use, until the task is cancelled.
    func removeIdleRepeatedly(after age: Duration) async {
        while (try? await Task.sleep(for: age / 4, tolerance: age / 8)) != nil { removeIdle(longerThan: age) }
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

    private func load(_ key: Key, _ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        states[key] = .loading(waiting: [])
        loads += 1
        do {
            let value = try await pool.run(body)
            finish(key, .ready(value, lastUsed: .now), .ready(value))
            return value
        } catch let error as CancellationError {
            loads -= 1
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
