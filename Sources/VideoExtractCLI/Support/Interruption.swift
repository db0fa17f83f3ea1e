import Dispatch
import Foundation
import Pipeline
import Synchronization

/// Turns Ctrl-C and SIGTERM into cancellation, and ends the process itself when native code does not return in time:
/// nothing outlives the signal by more than 200 ms, and no temporary file stays behind.
final class Interruption: @unchecked Sendable {
    // Unchecked: signal sources are thread safe, and the list of them never changes.
    private static let grace: DispatchTimeInterval = .milliseconds(150)
    private static let cleanups = Mutex<[@Sendable () -> Void]>([])

    private let sources: [any DispatchSourceSignal]
    private let task = Mutex<Task<ExitStatus, any Error>?>(nil)

    private init(sources: [any DispatchSourceSignal]) { self.sources = sources }

    /// Adds something to be done before the process ends itself.
    static func onAbruptEnd(_ body: @escaping @Sendable () -> Void) { cleanups.withLock { $0.append(body) } }

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
        return try await work.value
    }

    private func interrupt(on queue: DispatchQueue) {
        let work = task.withLock { $0 }
        work?.cancel()
        queue.asyncAfter(deadline: .now() + Self.grace) { @Sendable in
            for cleanup in Self.cleanups.withLock({ $0 }) { cleanup() }
            TemporaryFolders.removeAll()
            _exit(ExitStatus.interrupted.rawValue)
        }
    }
}
