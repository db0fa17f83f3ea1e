import Glibc
import MediaValues
import Synchronization
import Testing

/// Opens once; blocks the threads that wait for it until then.
private final class Gate: Sendable {
    private let isOpen = Guarded(false)
    func open() { isOpen.withLock { $0 = true } }
    func wait() { while !isOpen.withLock({ $0 }) { sched_yield() } }
}

/// Counts pieces of work.
private final class Counts: Sendable {
    struct Value: Sendable {
        var running = 0
        var most = 0
        var done = 0
    }

    private let value = Guarded(Value())
    var end: Value { value.withLock { $0 } }

    func begin() {
        value.withLock {
            $0.running += 1
            $0.most = max($0.most, $0.running)
        }
    }

    func finish() {
        value.withLock {
            $0.running -= 1
            $0.done += 1
        }
    }
}

struct BlockingPoolTests {
    private struct Refused: Error, Equatable {}

    @Test func returnsValuesAndErrors() async throws {
        let pool = BlockingPool(name: "test", threads: 2)
        #expect(try await pool.run { 41 + 1 } == 42)
        await #expect(throws: Refused.self) { try await pool.run { throw Refused() } }
    }

    @Test func runsAtMostTheGivenNumberAtOnceAndEverythingOnce() async throws {
        let pool = BlockingPool(name: "test", threads: 3)
        let counts = Counts()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    try await pool.run {
                        counts.begin()
                        sched_yield()
                        counts.finish()
                    }
                }
            }
            try await group.waitForAll()
        }
        let end = counts.end
        #expect(end.done == 200)
        #expect(end.most <= 3)
        #expect(end.running == 0)
    }

    @Test func workRunsAtTheSameTimeOnSeveralThreads() async throws {
        let pool = BlockingPool(name: "test", threads: 2)
        let first = Gate()
        let second = Gate()
        // Each side waits for the other: this ends only if both run at once.
        async let left: Void = pool.run {
            first.open()
            second.wait()
        }
        async let right: Void = pool.run {
            second.open()
            first.wait()
        }
        _ = try await (left, right)
    }

    @Test func workCancelledBeforeItsTurnDoesNotRun() async throws {
        let pool = BlockingPool(name: "test", threads: 1)
        let started = Gate()
        let gate = Gate()
        let ran = Counts()
        let blocker = Task {
            try await pool.run {
                started.open()
                gate.wait()
            }
        }
        // The only thread must be taken before the second piece of work arrives.
        try await BlockingPool.shared.run { started.wait() }
        let waiting = Task { try await pool.run { ran.begin() } }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        gate.open()
        try await blocker.value
        try await pool.run {}
        #expect(ran.end.running == 0)
    }

    @Test func workOfAReleasedPoolStillEnds() async throws {
        let value = try await BlockingPool(name: "test", threads: 1).run { 7 }
        #expect(value == 7)
    }
}
