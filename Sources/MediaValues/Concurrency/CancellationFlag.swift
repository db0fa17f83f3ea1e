import Synchronization

/// A switch, once set, that code on threads without a task looks at to learn that it should stop.
package final class CancellationFlag: Sendable {
    private let flag = Atomic(false)

    /// A flag that is not set.
    package init() {}

    package var isSet: Bool { flag.load(ordering: .relaxed) }

    package func set() { flag.store(true, ordering: .relaxed) }
}
