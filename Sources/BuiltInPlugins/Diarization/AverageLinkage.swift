/// Hierarchical clustering of unit vectors by average linkage: the likeness of two clusters is the mean cosine over all
/// pairs of their members.
///
/// That mean is the scalar product of the clusters' mean vectors, so no matrix of likenesses is needed: memory is one
/// vector for each point. Time is quadratic by the nearest-neighbour chain (Benzécri 1982; Murtagh 1983), which gives
/// the same tree as always joining the closest pair because joining never makes a cluster closer to a third one.
struct AverageLinkage: Sendable {
    /// Two clusters joined, each given by one of its points.
    struct Merge: Sendable, Equatable {
        var left: Int
        var right: Int
        /// Mean cosine between the two.
        var similarity: Float
    }

    /// Number of points.
    let count: Int
    /// All `count − 1` merges, the likest first.
    let merges: [Merge]

    /// Builds the tree.
    ///
    /// - Parameter isCancelled: asked now and then; true ends the work with `CancellationError`.
    init(_ points: VoiceVectors, isCancelled: () -> Bool = { false }) throws {
        count = points.count
        var chain = Chain(points)
        var found: [Merge] = []
        found.reserveCapacity(max(0, count - 1))
        while let merge = chain.next() {
            found.append(merge)
            if found.count.isMultiple(of: 64), isCancelled() { throw CancellationError() }
        }
        // Stable, so that equal likenesses keep the order in which they were found.
        merges = found.enumerated()
            .sorted { ($1.element.similarity, $0.offset) < ($0.element.similarity, $1.offset) }
            .map(\.element)
    }

    /// Labels 0, 1, … in order of each cluster's first point after the first `steps` merges.
    func labels(afterMerges steps: Int) -> [Int] {
        var sets = DisjointSets(count: count)
        for merge in merges.prefix(steps) { sets.join(merge.left, merge.right) }
        return sets.labels()
    }

    /// Number of merges of clusters at least as alike as `threshold`.
    func merges(downTo threshold: Float) -> Int {
        merges.firstIndex { $0.similarity < threshold } ?? merges.count
    }

    /// The largest number of merges after which at least `clusters` clusters have `minimumSize` points or more; nil
    /// where there never are that many.
    func mergesLeaving(clusters: Int, minimumSize: Int) -> Int? {
        var sets = DisjointSets(count: count)
        var large = minimumSize <= 1 ? count : 0
        var best: Int? = large >= clusters ? 0 : nil
        for (step, merge) in merges.enumerated() {
            let (left, right) = (sets.size(of: merge.left), sets.size(of: merge.right))
            sets.join(merge.left, merge.right)
            large += left + right >= minimumSize ? 1 : 0
            large -= (left >= minimumSize ? 1 : 0) + (right >= minimumSize ? 1 : 0)
            if large >= clusters { best = step + 1 }
        }
        return best
    }
}

/// The state of the nearest-neighbour chain.
private struct Chain {
    /// Mean vectors of the clusters that are left, without gaps.
    private var means: [Float]
    private var sizes: [Int]
    /// One point of each cluster.
    private var members: [Int]
    private var active: Int
    private let dimensions: Int
    /// Each cluster is nearest to the one before it.
    private var path: [Int] = []

    init(_ points: VoiceVectors) {
        dimensions = points.dimensions
        means = points.values
        active = points.count
        sizes = [Int](repeating: 1, count: active)
        members = Array(0..<active)
    }

    /// Follows the chain to two clusters that are nearest to each other, and joins them.
    mutating func next() -> AverageLinkage.Merge? {
        guard active > 1 else { return nil }
        if path.isEmpty { path.append(0) }
        while true {
            let top = path[path.count - 1]
            let before = path.count > 1 ? path[path.count - 2] : nil
            let nearest = nearest(to: top, preferring: before)
            if nearest.cluster == before {
                path.removeLast(2)
                let (left, right) = (min(top, nearest.cluster), max(top, nearest.cluster))
                let merge = AverageLinkage.Merge(
                    left: members[left], right: members[right], similarity: nearest.similarity)
                join(left, right)
                return merge
            }
            path.append(nearest.cluster)
        }
    }

    /// The nearest cluster; among equals `preferred`, without which the chain could go in circles.
    private func nearest(to cluster: Int, preferring preferred: Int?) -> (cluster: Int, similarity: Float) {
        means.withUnsafeBufferPointer { means in
            guard let means = means.baseAddress else { return (cluster, 0) }
            let own = means + cluster * dimensions
            var best = preferred ?? (cluster == 0 ? 1 : 0)
            var similarity = dotProduct(own, means + best * dimensions, dimensions)
            for other in 0..<active where other != cluster {
                let value = dotProduct(own, means + other * dimensions, dimensions)
                if value > similarity {
                    similarity = value
                    best = other
                }
            }
            return (best, similarity)
        }
    }

    /// Puts the joined cluster at `left` and the last cluster at `right`.
    private mutating func join(_ left: Int, _ right: Int) {
        let total = Float(sizes[left] + sizes[right])
        let (leftShare, rightShare) = (Float(sizes[left]) / total, Float(sizes[right]) / total)
        let last = active - 1
        for d in 0..<dimensions {
            let (a, b) = (left * dimensions + d, right * dimensions + d)
            means[a] = means[a] * leftShare + means[b] * rightShare
            means[b] = means[last * dimensions + d]
        }
        sizes[left] += sizes[right]
        sizes[right] = sizes[last]
        members[right] = members[last]
        active = last
        // Only rounding can have led the chain back to one of the two; it is begun anew then.
        if path.contains(left) || path.contains(right) {
            path.removeAll()
        } else {
            for index in path.indices where path[index] == last { path[index] = right }
        }
    }
}

/// Points in sets that can be joined.
private struct DisjointSets {
    private var parents: [Int]
    private var sizes: [Int]

    init(count: Int) {
        parents = Array(0..<count)
        sizes = [Int](repeating: 1, count: count)
    }

    private mutating func root(of point: Int) -> Int {
        var point = point
        while parents[point] != point {
            parents[point] = parents[parents[point]]
            point = parents[point]
        }
        return point
    }

    mutating func size(of point: Int) -> Int { sizes[root(of: point)] }

    mutating func join(_ left: Int, _ right: Int) {
        let (a, b) = (root(of: left), root(of: right))
        guard a != b else { return }
        let (large, small) = sizes[a] >= sizes[b] ? (a, b) : (b, a)
        parents[small] = large
        sizes[large] += sizes[small]
    }

    mutating func labels() -> [Int] {
        var numbers: [Int: Int] = [:]
        return parents.indices.map { point in
            let root = root(of: point)
            if let known = numbers[root] { return known }
            numbers[root] = numbers.count
            return numbers.count - 1
        }
    }
}
