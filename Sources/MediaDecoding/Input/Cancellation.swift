import Synchronization

/// Who may stop a reader at the moment.
final class CancellationSlot: Sendable {
    private let current: Mutex<(@Sendable () -> Bool)?>

    init(_ isCancelled: (@Sendable () -> Bool)?) { current = Mutex(isCancelled) }

    var isCancelled: Bool { current.withLock { $0 }?() ?? false }

    func set(_ isCancelled: (@Sendable () -> Bool)?) { current.withLock { $0 = isCancelled } }
}
