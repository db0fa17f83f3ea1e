import Dispatch
import MediaValues

/// A bounded, single-consumer sequence between producers (blocking threads or tasks) and an asynchronous consumer.
///
/// Life cycle: *open* → (*finished* | *failed* | *abandoned*). A full channel holds its producers up; an empty one
/// suspends its consumer. When the consumer's task is cancelled or its iterator goes away the channel is abandoned:
/// the producers' next `send` or `push` returns false, and they stop. All methods may be called from any thread.
public final class BoundedChannel<Element: Sendable>: AsyncSequence, Sendable {
    /// What the producer finished with, or `CancellationError`.
    public typealias Failure = any Error

    /// Somebody who waits for space.
    private enum Producer {
        case thread
        case task(CheckedContinuation<Void, Never>)
    }

    private struct State {
        // Taken elements become nil at once, so that no frame outlives its use.
        var buffer: [Element?] = []
        var head = 0
        var isFinished = false
        var failure: (any Error)?
        var isAbandoned = false
        var consumer: CheckedContinuation<Element?, any Error>?
        var waitingProducers: [Producer] = []

        var count: Int { buffer.count - head }

        mutating func pop() -> Element? {
            guard head < buffer.count else { return nil }
            let element = buffer[head]
            buffer[head] = nil
            head += 1
            if head > 32 || head == buffer.count {
                buffer.removeFirst(head)
                head = 0
            }
            return element
        }
    }

    private enum Received {
        case element(Element)
        case end
        case failure(any Error)
        case wait
    }

    /// Most elements held at one time.
    public let capacity: Int
    private let state = Guarded(State())
    private let space = DispatchSemaphore(value: 0)

    /// Creates an open channel that holds at most `capacity` elements (at least 1).
    public init(capacity: Int) {
        self.capacity = Swift.max(1, capacity)
    }

    /// Hands over an element, blocking the calling thread while the channel is full. Never call it from a task.
    ///
    /// - Returns: false when nobody listens any more; the producer should stop.
    @discardableResult
    public func send(_ element: Element) -> Bool {
        while true {
            if let sent = offer(element, waitingAs: .thread) { return sent }
            space.wait()
        }
    }

    /// Hands over an element, suspending the task while the channel is full.
    ///
    /// - Returns: false when nobody listens any more; the producer should stop.
    @discardableResult
    public func push(_ element: Element) async -> Bool {
        while true {
            var sent = offer(element, waitingAs: nil)
            if sent == nil {
                await withCheckedContinuation { continuation in
                    sent = offer(element, waitingAs: .task(continuation))
                    if sent != nil { continuation.resume() }
                }
            }
            if let sent { return sent }
        }
    }

    /// Hands over if there is space; otherwise registers `producer`, if given, and returns nil.
    private func offer(_ element: Element, waitingAs producer: Producer?) -> Bool? {
        let outcome: (sent: Bool?, resume: CheckedContinuation<Element?, any Error>?) = state.withLock { state in
            if state.isAbandoned || state.isFinished { return (false, nil) }
            if let waiting = state.consumer {
                state.consumer = nil
                return (true, waiting)
            }
            if state.count < capacity {
                state.buffer.append(element)
                return (true, nil)
            }
            if let producer { state.waitingProducers.append(producer) }
            return (nil, nil)
        }
        outcome.resume?.resume(returning: element)
        return outcome.sent
    }

    private func wake(_ producers: [Producer]) {
        for producer in producers {
            switch producer {
            case .thread: space.signal()
            case .task(let continuation): continuation.resume()
            }
        }
    }

    /// Ends the sequence after what is already in the channel; with `error`, the consumer throws it then.
    public func finish(throwing error: (any Error)? = nil) {
        let (waiting, blocked) = state.withLock { state in
            guard !state.isFinished, !state.isAbandoned else {
                return (nil as CheckedContinuation<Element?, any Error>?, [Producer]())
            }
            state.isFinished = true
            state.failure = error
            defer {
                state.consumer = nil
                state.waitingProducers = []
            }
            return (state.consumer, state.waitingProducers)
        }
        if let error { waiting?.resume(throwing: error) } else { waiting?.resume(returning: nil) }
        wake(blocked)
    }

    /// Says that nobody will take any more elements; what is held is dropped.
    public func abandon() {
        let (waiting, blocked) = state.withLock { state in
            state.isAbandoned = true
            state.buffer.removeAll()
            state.head = 0
            defer {
                state.consumer = nil
                state.waitingProducers = []
            }
            return (state.consumer, state.waitingProducers)
        }
        waiting?.resume(throwing: CancellationError())
        wake(blocked)
    }

    /// Whether nothing more can come out: all was taken, or the consumer has gone.
    public var isDrained: Bool { state.withLock { $0.isAbandoned || ($0.isFinished && $0.count == 0) } }

    /// Whether the consumer has gone.
    public var isAbandoned: Bool { state.withLock { $0.isAbandoned } }

    /// The next element, or nil at the end.
    ///
    /// - Throws: what the producer finished with, or `CancellationError`.
    public func next() async throws -> Element? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (received, producers) = state.withLock { state -> (Received, [Producer]) in
                    if let element = state.pop() {
                        let first = state.waitingProducers.isEmpty ? [] : [state.waitingProducers.removeFirst()]
                        return (.element(element), first)
                    }
                    if state.isAbandoned { return (.failure(CancellationError()), []) }
                    if state.isFinished {
                        defer { state.failure = nil }
                        return (state.failure.map(Received.failure) ?? .end, [])
                    }
                    state.consumer = continuation
                    // Some may still wait for space although all was taken: those woken before them handed over
                    // directly, and nothing was taken from the buffer since.
                    defer { state.waitingProducers = [] }
                    return (.wait, state.waitingProducers)
                }
                wake(producers)
                switch received {
                case .element(let element): continuation.resume(returning: element)
                case .end: continuation.resume(returning: nil)
                case .failure(let error): continuation.resume(throwing: error)
                case .wait: break
                }
            }
        } onCancel: {
            abandon()
        }
    }

    /// Walks the elements; the channel is abandoned when the iterator goes away.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private final class Guard: Sendable {
            let channel: BoundedChannel
            init(_ channel: BoundedChannel) { self.channel = channel }
            deinit { channel.abandon() }
        }

        private let owner: Guard

        fileprivate init(_ channel: BoundedChannel) { owner = Guard(channel) }

        /// The next element, or nil at the end.
        public func next() async throws -> Element? {
            let element = try await owner.channel.next()
            // Where producers are faster, no `next` ever suspends: a few such consumers would keep every thread of the
            // cooperative pool, and time limits and cancellation would wait for the end of the media.
            await Task.yield()
            return element
        }
    }

    /// An iterator; there should be only one.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}
