/// Groups vectors of length 1 by average linkage: two groups become one as long as the mean cosine between their members
/// reaches the limit.
///
/// The mean cosine between groups follows from the sums of their vectors, so memory grows with the number of vectors and
/// not with its square. Nearest-neighbour chains find the same tree as always merging the closest pair.
struct IdentityGrouping {
    private struct Group {
        var sum: [Float]
        var members: [Int]
    }

    private var groups: [Int: Group] = [:]
    private let limit: Float

    /// The group of each vector; groups are numbered from 0 in the order of their first vector.
    static func groups(of vectors: [[Float]], limit: Float) -> [Int] {
        var grouping = IdentityGrouping(vectors, limit: limit)
        let members = grouping.run().map { $0.sorted() }.sorted { ($0.first ?? 0) < ($1.first ?? 0) }
        var numbers = [Int](repeating: 0, count: vectors.count)
        for (number, group) in members.enumerated() {
            for member in group { numbers[member] = number }
        }
        return numbers
    }

    private init(_ vectors: [[Float]], limit: Float) {
        self.limit = limit
        for (index, vector) in vectors.enumerated() { groups[index] = Group(sum: vector, members: [index]) }
    }

    private mutating func run() -> [[Int]] {
        var finished: [[Int]] = []
        var chain: [Int] = []
        while let start = groups.keys.min() {
            if chain.isEmpty { chain = [start] }
            guard let top = chain.last else { break }
            guard let nearest = nearest(to: top, preferring: chain.dropLast().last), nearest.cosine >= limit else {
                // Merging others never brings a group closer than the closest of them was: this one stays alone.
                if let group = groups.removeValue(forKey: top) { finished.append(group.members) }
                chain.removeLast()
                continue
            }
            if chain.count > 1, nearest.key == chain[chain.count - 2] {
                chain.removeLast(2)
                merge(top, into: nearest.key)
            } else {
                chain.append(nearest.key)
            }
        }
        return finished
    }

    /// The group with the highest mean cosine to a group; of equal ones the one before it in the chain, so that it ends.
    private func nearest(to key: Int, preferring preferred: Int?) -> (key: Int, cosine: Float)? {
        guard let group = groups[key] else { return nil }
        var best: (key: Int, cosine: Float)?
        for (other, candidate) in groups where other != key {
            var dot: Float = 0
            for index in group.sum.indices { dot += group.sum[index] * candidate.sum[index] }
            let cosine = dot / Float(group.members.count * candidate.members.count)
            guard let known = best else {
                best = (other, cosine)
                continue
            }
            let isPreferred = other == preferred || (known.key != preferred && other < known.key)
            if cosine > known.cosine || (cosine == known.cosine && isPreferred) { best = (other, cosine) }
        }
        return best
    }

    private mutating func merge(_ key: Int, into other: Int) {
        guard let taken = groups.removeValue(forKey: key), var group = groups[other] else { return }
        for index in group.sum.indices { group.sum[index] += taken.sum[index] }
        group.members += taken.members
        groups[other] = group
    }
}
