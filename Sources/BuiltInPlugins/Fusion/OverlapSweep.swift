/// Pairs of events of different groups that share time, found by a sweep over time in O(n log n + pairs).
///
/// Spans pair where they share more than an edge. Instants pair with what lies within the tolerance of them. No event
/// gets more than `limit` pairs; the latest started partners come first, the groups in turn, and those left out are
/// counted.
struct OverlapSweep {
    /// An event in the sweep.
    struct Item {
        /// Its position in the timeline; items are in that order.
        var event: Int
        var span: TimeSpan
        var group: Int

        var isInstant: Bool { span.start == span.end }
    }

    /// Two positions in the list of items, the earlier event first.
    struct Pair: Hashable {
        var first: Int
        var second: Int
    }

    /// Largest distance of an instant.
    let tolerance: Int64
    /// Most pairs of one event.
    let limit: Int
    /// Groups that pair, by group.
    let partners: [[Int]]

    private(set) var pairs: [Pair] = []
    private(set) var omitted = 0
    /// Pairs of each event of the timeline so far.
    private var degrees: [Int] = []

    // Items that have begun and not ended, as a doubly linked list for each group, latest start first; those that have
    // reached the limit leave the list but stay counted until they end.
    private var heads: [Int] = []
    private var next: [Int] = []
    private var previous: [Int] = []
    private var isListed: [Bool] = []
    private var alive: [Int] = []

    init(tolerance: Int64, limit: Int, partners: [[Int]]) {
        self.tolerance = max(0, tolerance)
        self.limit = max(1, limit)
        self.partners = partners
    }

    /// Pairs the items, which are in order of their start.
    ///
    /// - Parameter degrees: pairs that each event of the timeline has; those made now are added.
    mutating func run(_ items: [Item], degrees known: inout [Int]) {
        swap(&degrees, &known)
        defer { swap(&degrees, &known) }
        let spans = items.indices.filter { !items[$0].isInstant }
        sweep(items, begin: spans.map { ($0, items[$0].span.start, true) }, isOpen: true)
        guard spans.count < items.count else { return }
        // Around instants: a span counts from one tolerance before it to one after it.
        let widened = items.indices.map { index in
            let item = items[index]
            return (index, item.isInstant ? item.span.start : shifted(item.span.start, by: -tolerance), item.isInstant)
        }
        sweep(items, begin: widened, isOpen: false)
    }

    private func shifted(_ time: Int64, by offset: Int64) -> Int64 {
        let (sum, isTooFar) = time.addingReportingOverflow(offset)
        return isTooFar ? (offset < 0 ? .min : .max) : sum
    }

    /// - Parameters:
    ///   - begin: item, time at which it begins, and whether it looks for partners then.
    ///   - isOpen: whether an item that ends at a time is gone at that time.
    private mutating func sweep(
        _ items: [Item], begin: [(item: Int, time: Int64, pairs: Bool)], isOpen: Bool
    ) {
        reset(items.count)
        func expiry(_ item: Int) -> Int64 {
            isOpen ? items[item].span.end : shifted(items[item].span.end, by: tolerance)
        }
        let begins = begin.sorted { left, right in
            if left.time != right.time { return left.time < right.time }
            // What waits to be found comes before what looks.
            if left.pairs != right.pairs { return right.pairs }
            return left.item < right.item
        }
        let ends = begin.map { (item: $0.item, time: expiry($0.item)) }.sorted { $0.time < $1.time }
        var ended = 0
        for (item, time, looks) in begins {
            while ended < ends.count, isOpen ? ends[ended].time <= time : ends[ended].time < time {
                let gone = ends[ended].item
                alive[items[gone].group] -= 1
                if isListed[gone] { unlink(gone, group: items[gone].group) }
                ended += 1
            }
            if looks { findPartners(item, items) }
            alive[items[item].group] += 1
            if degrees[items[item].event] < limit { link(item, group: items[item].group) }
        }
    }

    private mutating func findPartners(_ item: Int, _ items: [Item]) {
        let groups = partners[items[item].group]
        let possible = groups.reduce(0) { $0 + alive[$1] }
        guard possible > 0 else { return }
        var cursors = groups.map { heads[$0] }
        var made = 0
        var isExhausted = false
        while !isExhausted, degrees[items[item].event] < limit {
            isExhausted = true
            for (position, group) in groups.enumerated() where degrees[items[item].event] < limit {
                let partner = cursors[position]
                guard partner >= 0 else { continue }
                isExhausted = false
                cursors[position] = next[partner]
                pairs.append(Pair(first: min(partner, item), second: max(partner, item)))
                made += 1
                degrees[items[item].event] += 1
                degrees[items[partner].event] += 1
                if degrees[items[partner].event] >= limit { unlink(partner, group: group) }
            }
        }
        omitted += possible - made
    }

    private mutating func reset(_ count: Int) {
        heads = Array(repeating: -1, count: partners.count)
        alive = Array(repeating: 0, count: partners.count)
        next = Array(repeating: -1, count: count)
        previous = next
        isListed = Array(repeating: false, count: count)
    }

    private mutating func link(_ item: Int, group: Int) {
        next[item] = heads[group]
        previous[item] = -1
        if heads[group] >= 0 { previous[heads[group]] = item }
        heads[group] = item
        isListed[item] = true
    }

    private mutating func unlink(_ item: Int, group: Int) {
        if previous[item] >= 0 { next[previous[item]] = next[item] } else { heads[group] = next[item] }
        if next[item] >= 0 { previous[next[item]] = previous[item] }
        isListed[item] = false
    }
}
