import Glibc

/// A rectangle at any angle.
struct RotatedRectangle: Sendable, Hashable {
    var center: PagePoint
    /// Unit vector along `width`.
    var axis: PagePoint
    var width: Double
    var height: Double

    /// The rectangle of least area around a convex polygon: one of its sides lies on one of the polygon's (Freeman and
    /// Shapira, "Determining the minimum-area encasing rectangle for an arbitrary closed curve", 1975). Nil for fewer
    /// than three corners.
    init?(around hull: [PagePoint]) {
        guard hull.count >= 3 else { return nil }
        var best: RotatedRectangle?
        var leastArea = Double.infinity
        for (index, start) in hull.enumerated() {
            let end = hull[(index + 1) % hull.count]
            let length = start.distance(to: end)
            guard length > 0 else { continue }
            let axis = PagePoint(x: (end.x - start.x) / length, y: (end.y - start.y) / length)
            var along = (low: Double.infinity, high: -Double.infinity)
            var across = (low: Double.infinity, high: -Double.infinity)
            for point in hull {
                let u = point.x * axis.x + point.y * axis.y
                let v = point.y * axis.x - point.x * axis.y
                along = (min(along.low, u), max(along.high, u))
                across = (min(across.low, v), max(across.high, v))
            }
            let (width, height) = (along.high - along.low, across.high - across.low)
            guard width * height < leastArea else { continue }
            leastArea = width * height
            let u = (along.low + along.high) / 2
            let v = (across.low + across.high) / 2
            best = RotatedRectangle(
                center: PagePoint(x: u * axis.x - v * axis.y, y: u * axis.y + v * axis.x), axis: axis, width: width,
                height: height)
        }
        guard let best else { return nil }
        self = best
    }

    init(center: PagePoint, axis: PagePoint, width: Double, height: Double) {
        self.center = center
        self.axis = axis
        self.width = width
        self.height = height
    }

    var shortSide: Double { min(width, height) }

    /// The rectangle with every side moved outwards.
    func grown(by distance: Double) -> RotatedRectangle {
        RotatedRectangle(center: center, axis: axis, width: width + 2 * distance, height: height + 2 * distance)
    }

    /// Around the rectangle, starting anywhere.
    var corners: [PagePoint] {
        let (ux, uy) = (axis.x * width / 2, axis.y * width / 2)
        let (vx, vy) = (-axis.y * height / 2, axis.x * height / 2)
        return [
            PagePoint(x: center.x - ux - vx, y: center.y - uy - vy),
            PagePoint(x: center.x + ux - vx, y: center.y + uy - vy),
            PagePoint(x: center.x + ux + vx, y: center.y + uy + vy),
            PagePoint(x: center.x - ux + vx, y: center.y - uy + vy),
        ]
    }
}

/// Corners of the smallest convex polygon around points (Andrew's monotone chain).
enum ConvexHull {
    /// - Parameter points: sorted by y, then by x.
    static func corners(ofSorted points: [PagePoint]) -> [PagePoint] {
        guard points.count > 2 else { return points }
        let forward = chain(points)
        let back = chain(points.reversed())
        return Array(forward.dropLast() + back.dropLast())
    }

    private static func chain(_ points: [PagePoint]) -> [PagePoint] {
        var chain: [PagePoint] = []
        for point in points {
            while chain.count >= 2 {
                let (a, b) = (chain[chain.count - 2], chain[chain.count - 1])
                let turn = (b.x - a.x) * (point.y - b.y) - (b.y - a.y) * (point.x - b.x)
                guard turn <= 0 else { break }
                chain.removeLast()
            }
            chain.append(point)
        }
        return chain
    }
}
