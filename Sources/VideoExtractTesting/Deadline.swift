import MediaValues

/// Thrown when work did not end in time.
public struct DeadlinePassed: Error, CustomStringConvertible {
    /// The time allowed, in seconds.
    public let seconds: Double

    /// For people.
    public var description: String { "the work did not end within \(seconds) s" }
}

/// Runs `body`, and throws `DeadlinePassed` where it takes longer than `seconds`: a test that would hang fails instead.
///
/// Cancelling the caller cancels `body`. A body that does not end is cancelled and left behind.
///
/// - Throws: what `body` throws, or `DeadlinePassed`.
public func withDeadline<Value: Sendable>(
    seconds: Double = 60, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let race = Race<Value>()
    let work = Task {
        do {
            race.end(.success(try await body()))
        } catch {
            race.end(.failure(error))
        }
    }
    let watch = Task {
        guard (try? await Task.sleep(for: .seconds(seconds))) != nil else { return }
        race.end(.failure(DeadlinePassed(seconds: seconds)))
    }
    defer {
        watch.cancel()
        work.cancel()
    }
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { race.wait(with: $0) }
    } onCancel: {
        work.cancel()
    }
}

/// Takes the first of two results.
private final class Race<Value: Sendable>: Sendable {
    private struct State {
        var result: Result<Value, any Error>?
        var continuation: CheckedContinuation<Value, any Error>?
        var isOver = false
    }

    private let state = Guarded(State())

    func end(_ result: Result<Value, any Error>) {
        settle { state in if state.result == nil { state.result = result } }
    }

    func wait(with continuation: CheckedContinuation<Value, any Error>) {
        settle { $0.continuation = continuation }
    }

    private func settle(_ change: (inout sending State) -> Void) {
        let ready = state.withLock { state -> (CheckedContinuation<Value, any Error>, Result<Value, any Error>)? in
            change(&state)
            guard !state.isOver, let continuation = state.continuation, let result = state.result else { return nil }
            state.isOver = true
            return (continuation, result)
        }
        if let (continuation, result) = ready { continuation.resume(with: result) }
    }
}

/// Opens once; tasks wait for it, which orders concurrent work without sleeping.
public final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Guarded(State())

    /// A closed gate.
    public init() {}

    /// Opens it; further calls change nothing.
    public func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits until it is open.
    public func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}

/// A list that any thread may append to.
public final class Recorder<Element: Sendable>: Sendable {
    private let items = Guarded<[Element]>([])

    /// An empty list.
    public init() {}

    /// Adds at the end.
    public func append(_ element: Element) { items.withLock { $0.append(element) } }

    /// Everything so far.
    public var all: [Element] { items.withLock { $0 } }
}
