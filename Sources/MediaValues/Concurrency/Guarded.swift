import Glibc

/// A value that threads and tasks reach only one at a time.
///
/// Like the standard library's `Mutex`, over a POSIX mutex: the thread sanitizer sees that one and can tell guarded
/// state from races, which it cannot with the other. Never suspend inside `withLock`.
///
/// Unchecked because the mutex, not the compiler, keeps two threads from the value.
package final class Guarded<Value>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private var value: Value

    /// Guards a value that nothing else refers to.
    package init(_ value: sending Value) {
        self.value = value
        mutex = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Runs `body` with the value while nobody else has it.
    package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
