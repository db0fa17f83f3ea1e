import Dispatch
import Synchronization

/// A bounded, single-consumer sequence between a blocking producer thread and an asynchronous consumer.
///
/// Life cycle: *open* → (*finished* | *failed* | *abandoned*). A full channel blocks its producer; an empty one
/// suspends its consumer. When the consumer's task is cancelled or its iterator goes away the channel is abandoned:
/// the producer's next `send` returns false, and it stops producing. All methods may be called from any thread.
public final class BoundedChannel<Element: Sendable>: AsyncSequence, Sendable {
    public typealias Failure = any Error

    private struct State {
        var buffer: [Element] = []
        var head = 0
        var isFinished = false
        var failure: (any Error)?
        var isAbandoned = false
        var consumer: CheckedContinuation<Element?, any Error>?
        var blockedProducers = 0

        var count: Int { buffer.count - head }

        mutating func pop() -> Element? {
            guard head < buffer.count else { return nil }
            let element = buffer[head]
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
    private let state = Mutex(State())
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
                state.blockedProducers += 1
                return (nil, nil)
            }
            outcome.resume?.resume(returning: element)
            if let sent = outcome.sent { return sent }
            space.wait()
        }
    }

    /// Ends the sequence after what is already in the channel; with `error`, the consumer throws it then.
    public func finish(throwing error: (any Error)? = nil) {
        let (waiting, blocked) = state.withLock { state in
            guard !state.isFinished, !state.isAbandoned else {
                return (nil as CheckedContinuation<Element?, any Error>?, 0)
            }
            state.isFinished = true
            state.failure = error
            defer {
                state.consumer = nil
                state.blockedProducers = 0
            }
            return (state.consumer, state.blockedProducers)
        }
        if let error { waiting?.resume(throwing: error) } else { waiting?.resume(returning: nil) }
        for _ in 0..<blocked { space.signal() }
    }

    /// Says that nobody will take any more elements; what is held is dropped.
    public func abandon() {
        let (waiting, blocked) = state.withLock { state in
            state.isAbandoned = true
            state.buffer.removeAll()
            state.head = 0
            defer {
                state.consumer = nil
                state.blockedProducers = 0
            }
            return (state.consumer, state.blockedProducers)
        }
        waiting?.resume(throwing: CancellationError())
        for _ in 0..<blocked { space.signal() }
    }

    /// Whether the consumer has gone.
    public var isAbandoned: Bool { state.withLock { $0.isAbandoned } }

    /// The next element, or nil at the end.
    ///
    /// - Throws: what the producer finished with, or `CancellationError`.
    public func next() async throws -> Element? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (received, signals) = state.withLock { state -> (Received, Int) in
                    if let element = state.pop() {
                        let wake = state.blockedProducers > 0 ? 1 : 0
                        state.blockedProducers -= wake
                        return (.element(element), wake)
                    }
                    if state.isAbandoned { return (.failure(CancellationError()), 0) }
                    if state.isFinished {
                        defer { state.failure = nil }
                        return (state.failure.map(Received.failure) ?? .end, 0)
                    }
                    state.consumer = continuation
                    return (.wait, 0)
                }
                for _ in 0..<signals { space.signal() }
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
        public func next() async throws -> Element? { try await owner.channel.next() }
    }

    /// An iterator; there should be only one.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}
