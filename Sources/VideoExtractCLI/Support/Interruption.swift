import Dispatch
import Foundation
import Pipeline
import Synchronization

/// Turns Ctrl-C and SIGTERM into cancellation, and ends the process itself when native code does not return in time:
/// nothing outlives the signal by more than 200 ms, and no temporary file stays behind.
///
/// Order of events: the hooks of `onInterrupt`, cancellation, at most 100 ms for the work to return, the hooks of
/// `onEnd` from the last added to the first, the end.
final class Interruption: @unchecked Sendable {
    // Unchecked: signal sources are thread safe, and the list of them never changes.
    private static let grace: DispatchTimeInterval = .milliseconds(100)
    private static let firsts = Mutex<[@Sendable () -> Void]>([])
    private static let lasts = Mutex<[@Sendable () -> Void]>([])
    private static let ending = Mutex(())
    private static let isInterrupted = Atomic<Bool>(false)

    private let sources: [any DispatchSourceSignal]
    private let task = Mutex<Task<ExitStatus, any Error>?>(nil)

    private init(sources: [any DispatchSourceSignal]) { self.sources = sources }

    /// Adds something to be done when the signal comes, before the work is cancelled.
    static func onInterrupt(_ body: @escaping @Sendable () -> Void) { firsts.withLock { $0.append(body) } }

    /// Adds something to be done before an interrupted process ends.
    static func onEnd(_ body: @escaping @Sendable () -> Void) { lasts.withLock { $0.append(body) } }

    /// Takes the signals over.
    static func install() -> Interruption {
        let queue = DispatchQueue(label: "interruption")
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        let interruption = Interruption(sources: sources)
        for source in sources {
            source.setEventHandler { @Sendable [weak interruption] in
                interruption?.interrupt(on: queue)
            }
            source.resume()
        }
        return interruption
    }

    /// Gives the signals back.
    func uninstall() { for source in sources { source.cancel() } }

    /// Runs the program's work so that a signal cancels it.
    func watch(_ body: @escaping @Sendable () async throws -> ExitStatus) async throws -> ExitStatus {
        let work = Task { try await body() }
        task.withLock { $0 = work }
        let result = await work.result
        // Jobs on other threads may still be at work, and would leave files behind.
        if Self.isInterrupted.load(ordering: .acquiring) { Self.end() }
        return try result.get()
    }

    private func interrupt(on queue: DispatchQueue) {
        Self.isInterrupted.store(true, ordering: .releasing)
        for hook in Self.firsts.withLock({ $0 }) { hook() }
        let work = task.withLock { $0 }
        work?.cancel()
        queue.asyncAfter(deadline: .now() + Self.grace) { @Sendable in Self.end() }
    }

    /// Ends the process at once, without anything left behind.
    static func end() -> Never {
        // Held for ever: whoever comes second waits for the end here.
        ending.withLock { _ in
            for hook in lasts.withLock({ $0 }).reversed() { hook() }
            TemporaryFolders.removeAll()
            DurableFiles.removeUnfinished()
            _exit(ExitStatus.interrupted.rawValue)
        }
    }
}
