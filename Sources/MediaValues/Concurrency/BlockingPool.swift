import Glibc

/// Threads for calls that block (decoding, inference, file and network reads), which must not sit on Swift's cooperative
/// pool.
///
/// Threads start on demand, up to `threads`, and are kept. Work that waits for its turn starts in the order of arrival.
/// When the last reference to the pool goes, its threads end after the work they have.
public final class BlockingPool: Sendable {
    /// A pool for everybody, with two threads per core (at least four): blocking calls often wait rather than compute.
    public static let shared = BlockingPool(
        name: "blocking", threads: max(4, 2 * sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    private let queue: WorkQueue

    /// Creates a pool that starts no thread yet.
    ///
    /// - Parameters:
    ///   - name: shown by debuggers; the first 15 bytes count.
    ///   - threads: most threads at one time; at least 1.
    public init(name: String, threads: Int) {
        queue = WorkQueue(name: String(name.prefix(15)), limit: max(1, threads))
    }

    deinit { queue.close() }

    /// Runs `body` on one of the threads and returns or throws what it does.
    ///
    /// A task that is cancelled before `body` starts gets `CancellationError`, and `body` does not run. Once it runs, it runs
    /// to its end; long bodies look at their own cancellation flag.
    public func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        let job = Job(body)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if job.wait(with: continuation) { queue.add { job.perform() } }
            }
        } onCancel: {
            job.cancel()
        }
    }
}

/// One call of `run`: created → waiting → running, or cancelled before that.
private final class Job<T: Sendable>: Sendable {
    private enum State {
        case created(@Sendable () throws -> T)
        case waiting(@Sendable () throws -> T, CheckedContinuation<T, any Error>)
        case taken
    }

    private let state: Guarded<State>

    init(_ body: @escaping @Sendable () throws -> T) {
        state = Guarded(.created(body))
    }

    /// False when the job was cancelled already; the continuation has then been resumed.
    func wait(with continuation: CheckedContinuation<T, any Error>) -> Bool {
        let accepted = state.withLock { state in
            guard case .created(let body) = state else { return false }
            state = .waiting(body, continuation)
            return true
        }
        if !accepted { continuation.resume(throwing: CancellationError()) }
        return accepted
    }

    func cancel() {
        take()?.continuation?.resume(throwing: CancellationError())
    }

    func perform() {
        guard let (body, continuation) = take(), let continuation else { return }
        continuation.resume(with: Result { try body() })
    }

    private func take() -> (body: @Sendable () throws -> T, continuation: CheckedContinuation<T, any Error>?)? {
        state.withLock { state in
            defer { state = .taken }
            return switch state {
            case .created(let body): (body, nil)
            case .waiting(let body, let continuation): (body, continuation)
            case .taken: nil
            }
        }
    }
}

/// The queue and its threads, which keep it alive.
///
/// Unchecked because it owns a mutex and a condition of the C library; every stored variable is guarded by that mutex.
private final class WorkQueue: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private let name: String
    private let limit: Int
    // Taken from the front by index, so that a long queue does not move on every take.
    private var waiting: [(@Sendable () -> Void)?] = []
    private var front = 0
    private var threads = 0
    private var idle = 0
    private var isClosed = false

    init(name: String, limit: Int) {
        self.name = name
        self.limit = limit
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func add(_ work: @escaping @Sendable () -> Void) {
        pthread_mutex_lock(mutex)
        waiting.append(work)
        let needsThread = idle < waiting.count - front && threads < limit
        if needsThread { threads += 1 }
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
        guard needsThread, !startThread() else { return }
        pthread_mutex_lock(mutex)
        threads -= 1
        let isStuck = threads == 0
        pthread_mutex_unlock(mutex)
        // The system gives no thread at all: better slow than never.
        if isStuck { while let next = takeNext(waits: false) { next() } }
    }

    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    private func startThread() -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let owned = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, &attributes,
            { context in
                guard let context else { return nil }
                let queue = Unmanaged<WorkQueue>.fromOpaque(context).takeRetainedValue()
                queue.nameThisThread()
                while let work = queue.takeNext(waits: true) { work() }
                return nil
            }, owned.toOpaque())
        if code != 0 { owned.release() }
        return code == 0
    }

    private func nameThisThread() {
        // pthread_setname_np is not visible to Swift.
        let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = write(descriptor, name, name.utf8.count)
        Glibc.close(descriptor)
    }

    /// Nil when the queue is closed and empty (or, without waiting, just empty).
    private func takeNext(waits: Bool) -> (@Sendable () -> Void)? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while front == waiting.count {
            if isClosed || !waits { return nil }
            idle += 1
            pthread_cond_wait(condition, mutex)
            idle -= 1
        }
        let work = waiting[front]
        waiting[front] = nil
        front += 1
        if front == waiting.count || front > 1024 {
            waiting.removeFirst(front)
            front = 0
        }
        return work
    }
}
