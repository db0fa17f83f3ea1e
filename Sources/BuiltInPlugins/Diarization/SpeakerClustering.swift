/// Finds the voices in a set of embedded windows.
///
/// Average linkage down to a mean cosine, then joining of voices whose centroids are alike, then dropping of voices too
/// short to be trusted, then two rounds of giving every window to its nearest voice. Thresholds were measured on twelve
/// recordings of meetings and telephone calls.
struct SpeakerClustering: Sendable {
    /// How many voices to look for.
    struct Bounds: Sendable, Equatable {
        /// Exactly so many; nil estimates the number.
        var exact: Int?
        /// Fewest; 1 or more.
        var minimum = 1
        /// Most; nil for any.
        var maximum: Int?
    }

    /// Cosines, which depend on how densely windows were taken.
    struct Thresholds: Sendable, Equatable {
        /// Mean cosine below which clusters are not joined.
        var linkage: Float
        /// Cosine of centroids from which voices are one.
        var centroids: Float

        /// For windows every 0.2 s.
        static let dense = Thresholds(linkage: 0.68, centroids: 0.86)
        /// For windows every 0.8 s or more.
        static let sparse = Thresholds(linkage: 0.66, centroids: 0.88)
    }

    /// Shortest voice in seconds.
    static let minimumSeconds = 2.0
    /// Windows up to which every one takes part in clustering: 10 minutes of speech.
    static let denseLimit = 3000
    /// Most windows that take part: 2 hours of speech at every fourth; every sixth in three hours, and so on.
    static let sparseLimit = 9000

    /// Every how many windows to cluster.
    static func step(windows: Int) -> Int {
        windows <= denseLimit ? 1 : max(4, (windows + sparseLimit - 1) / sparseLimit)
    }

    /// A centroid for each voice, of length 1, in no particular order.
    ///
    /// - Parameters:
    ///   - vectors: the embedding of every window.
    ///   - sampled: the windows to cluster, each standing for `step` windows.
    static func centroids(
        of vectors: VoiceVectors, sampled: [Int], step: Int, bounds: Bounds, isCancelled: () -> Bool = { false }
    ) throws -> VoiceVectors {
        guard vectors.count > 0, !sampled.isEmpty else { return VoiceVectors(dimensions: vectors.dimensions) }
        let points = vectors.selected(sampled)
        let tree = try AverageLinkage(points, isCancelled: isCancelled)
        let minimumSize = max(1, Int((minimumSeconds / (SpeakerWindows.secondsPerWindow * Double(step))).rounded(.up)))
        var found: VoiceVectors
        if let exact = bounds.exact {
            found = cut(tree, points, into: exact, minimumSize: minimumSize)
        } else {
            found = estimate(
                tree, points, thresholds: step == 1 ? .dense : .sparse, minimumSize: minimumSize)
            let allowed = max(bounds.minimum, 1)...max(bounds.maximum ?? .max, bounds.minimum, 1)
            if !allowed.contains(found.count) {
                let wanted = min(max(found.count, allowed.lowerBound), allowed.upperBound)
                found = cut(tree, points, into: wanted, minimumSize: minimumSize)
            }
        }
        for _ in 0..<2 { found = reassigned(vectors, to: found) }
        return found
    }

    /// Windows to their nearest voice, and each voice's centroid anew; voices without windows go.
    private static func reassigned(_ vectors: VoiceVectors, to centroids: VoiceVectors) -> VoiceVectors {
        let voices = centroids.count
        let products = vectors.products(with: centroids)
        var counts = [Int](repeating: 0, count: voices)
        let labels = (0..<vectors.count).map { window in
            var best = 0
            for voice in 1..<max(1, voices)
            where products[window * voices + voice] > products[window * voices + best] { best = voice }
            counts[best] += 1
            return best
        }
        let filled = counts.indices.filter { counts[$0] > 0 }
        return vectors.centroids(labels: labels, count: voices).selected(filled)
    }

    private static func estimate(
        _ tree: AverageLinkage, _ points: VoiceVectors, thresholds: Thresholds, minimumSize: Int
    ) -> VoiceVectors {
        let labels = joinAlike(
            points, labels: tree.labels(afterMerges: tree.merges(downTo: thresholds.linkage)),
            threshold: thresholds.centroids)
        let sizes = Self.sizes(labels)
        let kept = sizes.indices.filter { sizes[$0] >= minimumSize }
        let largest = sizes.indices.max { sizes[$0] < sizes[$1] } ?? 0
        let centroids = points.centroids(labels: labels, count: sizes.count)
        return centroids.selected(kept.isEmpty ? [largest] : kept)
    }

    /// The `count` largest clusters of the coarsest cut with that many clusters of `minimumSize`; where there is no
    /// such cut, of the one with `count` clusters.
    private static func cut(
        _ tree: AverageLinkage, _ points: VoiceVectors, into count: Int, minimumSize: Int
    ) -> VoiceVectors {
        let merges =
            tree.mergesLeaving(clusters: count, minimumSize: minimumSize) ?? max(0, tree.count - count)
        let labels = tree.labels(afterMerges: merges)
        let sizes = Self.sizes(labels)
        let largest = sizes.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }.prefix(max(1, count)).sorted()
        return points.centroids(labels: labels, count: sizes.count).selected(largest)
    }

    private static func sizes(_ labels: [Int]) -> [Int] {
        var sizes = [Int](repeating: 0, count: (labels.max() ?? -1) + 1)
        for label in labels { sizes[label] += 1 }
        return sizes
    }

    /// Joins the two clusters with the likest centroids until none are as alike as `threshold`.
    private static func joinAlike(_ points: VoiceVectors, labels: [Int], threshold: Float) -> [Int] {
        var count = (labels.max() ?? -1) + 1
        var labels = labels
        while count > 1 {
            let centroids = points.centroids(labels: labels, count: count)
            let products = centroids.products(with: centroids)
            var best = (left: 0, right: 0, similarity: -Float.infinity)
            for left in 0..<count {
                for right in (left + 1)..<max(left + 1, count) where products[left * count + right] > best.similarity {
                    best = (left, right, products[left * count + right])
                }
            }
            guard best.similarity >= threshold else { break }
            for index in labels.indices {
                if labels[index] == best.right {
                    labels[index] = best.left
                } else if labels[index] > best.right {
                    labels[index] -= 1
                }
            }
            count -= 1
        }
        return labels
    }
}
