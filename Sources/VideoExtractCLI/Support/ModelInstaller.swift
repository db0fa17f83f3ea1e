import Foundation
import Inference
import MediaValues
import Synchronization

/// Installs models with progress on standard error.
struct ModelInstaller: Sendable {
    let store: ModelStore

    /// Installs one model; says so when it is there already.
    ///
    /// - Parameter checksContent: hash an installed one again, and replace it where its bytes have changed.
    func install(_ id: String, allowUnverified: Bool, checksContent: Bool = false) async throws {
        if checksContent {
            let store = store
            let isDamaged = try await BlockingPool.shared.run {
                if case .corrupt = try store.verify(id) { true } else { false }
            }
            if isDamaged { try store.remove(id) }
        }
        if case .installed = try store.status(id) {
            Console.note("\(id): already installed")
            return
        }
        let flag = CancellationFlag()
        let store = store
        try await withTaskCancellationHandler {
            try await BlockingPool.shared.run {
                let bar = ProgressLine(label: id)
                defer { bar.end() }
                try store.install(
                    id, allowUnverified: allowUnverified,
                    progress: { progress in
                        bar.show(done: progress.bytes, total: progress.total, detail: progress.file)
                    },
                    isCancelled: { flag.isSet })
            }
        } onCancel: {
            flag.set()
        }
        Console.note("\(id): installed")
    }
}

/// One line on standard error that is rewritten as work goes on; silent where that is no terminal.
final class ProgressLine: Sendable {
    private let label: String
    private let last = Mutex(ContinuousClock.Instant?.none)

    init(label: String) { self.label = label }

    func show(done: Int64, total: Int64?, detail: String) {
        guard Console.errorIsTerminal, isDue() else { return }
        let amount = total.map { "\(Amounts.bytes(done)) of \(Amounts.bytes($0))" } ?? Amounts.bytes(done)
        Console.status("\r\u{1B}[2K\(label): \(amount)  \(detail)")
    }

    func end() { if Console.errorIsTerminal { Console.status("\r\u{1B}[2K") } }

    private func isDue() -> Bool {
        last.withLock { last in
            let now = ContinuousClock.now
            if let last, now - last < .milliseconds(100) { return false }
            last = now
            return true
        }
    }
}
