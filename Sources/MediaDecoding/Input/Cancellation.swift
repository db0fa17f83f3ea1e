import Synchronization

/// A switch that is thrown once and read by native callbacks.
final class InterruptFlag: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() { flag.store(true, ordering: .relaxed) }
}

/// Who may stop a reader at the moment.
final class CancellationSlot: Sendable {
    private let current: Mutex<(@Sendable () -> Bool)?>

    init(_ isCancelled: (@Sendable () -> Bool)?) { current = Mutex(isCancelled) }

    var isCancelled: Bool { current.withLock { $0 }?() ?? false }

    func set(_ isCancelled: (@Sendable () -> Bool)?) { current.withLock { $0 = isCancelled } }
}
