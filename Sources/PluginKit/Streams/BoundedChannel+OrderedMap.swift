extension BoundedChannel {
    /// Transforms elements several at a time and hands the results over in the order of the elements, each as soon as
    /// it and those before it are ready.
    ///
    /// At most `width` elements are in work or waiting for an earlier one, so memory stays bounded. `consume` returns
    /// false to stop early. The channel is abandoned when this returns or throws.
    ///
    /// - Throws: the first error of the channel, a transformation or the consumer.
    public func mapInOrder<Result: Sendable>(
        width: Int, transform: @escaping @Sendable (Element) async throws -> Result,
        consume: (Result) async throws -> Bool
    ) async throws {
        defer { abandon() }
        try await withThrowingTaskGroup(of: OrderedMapStep<Element, Result>.self) { group in
            var window = OrderedMapWindow<Result>(width: width)
            func fetchIfPossible() {
                guard window.beginFetch() else { return }
                group.addTask { .fetched(try await self.next()) }
            }
            fetchIfPossible()
            while let step = try await group.next() {
                switch step {
                case .fetched(let element?):
                    let index = window.submit()
                    group.addTask { .transformed(index, try await transform(element)) }
                case .fetched(nil):
                    window.exhaust()
                case .transformed(let index, let result):
                    for ready in window.complete(index, result) {
                        guard try await consume(ready) else {
                            group.cancelAll()
                            return
                        }
                    }
                }
                fetchIfPossible()
            }
        }
    }
}

private enum OrderedMapStep<Element: Sendable, Result: Sendable>: Sendable {
    case fetched(Element?)
    case transformed(Int, Result)
}

/// Which elements are in work, and which results wait for an earlier one.
private struct OrderedMapWindow<Result> {
    private let width: Int
    private var submitted = 0
    private var delivered = 0
    private var isFetching = false
    private var isExhausted = false
    private var early: [Int: Result] = [:]

    init(width: Int) { self.width = Swift.max(1, width) }

    /// Whether another element may be fetched now; if so, the caller fetches it.
    mutating func beginFetch() -> Bool {
        guard !isFetching, !isExhausted, submitted - delivered < width else { return false }
        isFetching = true
        return true
    }

    /// Takes an element that was fetched into work; returns its position.
    mutating func submit() -> Int {
        isFetching = false
        submitted += 1
        return submitted - 1
    }

    mutating func exhaust() {
        isFetching = false
        isExhausted = true
    }

    /// Takes a result; returns those whose turn it is.
    mutating func complete(_ index: Int, _ result: Result) -> [Result] {
        early[index] = result
        var ready: [Result] = []
        while let next = early.removeValue(forKey: delivered) {
            delivered += 1
            ready.append(next)
        }
        return ready
    }
}
