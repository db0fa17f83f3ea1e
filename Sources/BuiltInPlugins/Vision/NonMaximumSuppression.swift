/// Leaves one detection of those that show the same thing.
enum NonMaximumSuppression {
    /// Candidates looked at, the most confident first; more than any picture has things.
    static let candidateLimit = 4096

    /// Keeps the most confident and drops those of the same class that overlap it by more than `limit` (intersection over
    /// union), and so on. Most confident first.
    static func strongest(_ candidates: [Detection], limit: Float) -> [Detection] {
        let sorted = sorted(candidates)
        var kept: [Detection] = []
        kept.reserveCapacity(min(sorted.count, 64))
        for candidate in sorted {
            var isNew = true
            for known in kept where known.classIndex == candidate.classIndex {
                if known.box.intersectionOverUnion(candidate.box) > limit {
                    isNew = false
                    break
                }
            }
            if isNew { kept.append(candidate) }
        }
        return kept
    }

    /// Replaces each group of overlapping detections by their mean, weighted with their confidences; the confidence is the
    /// highest of them. The way of MediaPipe's BlazeFace.
    static func weighted(_ candidates: [Detection], limit: Float) -> [Detection] {
        var rest = sorted(candidates)
        var merged: [Detection] = []
        while let first = rest.first {
            // The first is always of its group, also where it has no area.
            let group = [first] + rest.dropFirst().filter { $0.box.intersectionOverUnion(first.box) > limit }
            rest = rest.dropFirst().filter { $0.box.intersectionOverUnion(first.box) <= limit }
            merged.append(mean(of: group, like: first))
        }
        return merged
    }

    private static func sorted(_ candidates: [Detection]) -> [Detection] {
        // By position where confidences are equal: the same result at every run.
        let order = candidates.indices.sorted {
            let (left, right) = (candidates[$0].confidence, candidates[$1].confidence)
            return left != right ? left > right : $0 < $1
        }
        return order.prefix(candidateLimit).map { candidates[$0] }
    }

    private static func mean(of group: [Detection], like first: Detection) -> Detection {
        let total = group.reduce(0) { $0 + $1.confidence }
        guard group.count > 1, total > 0 else { return first }
        func mean(_ value: (Detection) -> Float) -> Float {
            group.reduce(0) { $0 + value($1) * $1.confidence } / total
        }
        var result = first
        result.box = PixelBox(
            left: mean(\.box.left), top: mean(\.box.top), right: mean(\.box.right), bottom: mean(\.box.bottom))
        for index in first.landmarks.indices {
            result.landmarks[index] = PixelPoint(x: mean { $0.landmarks[index].x }, y: mean { $0.landmarks[index].y })
        }
        return result
    }
}
