import CSIMD

/// Finds the lines of text in the map of text probabilities that a DB network gives (Liao et al., "Real-time Scene Text
/// Detection with Differentiable Binarization", 2020), with PP-OCR's constants.
struct TextRegions: Sendable {
    /// Probability from which a pixel belongs to text.
    var threshold: Float = 0.3
    /// Least mean probability of a line.
    var boxThreshold: Float = 0.5
    /// The network marks the middle of a line; its sides lie this ratio of area to circumference further out.
    var unclipRatio = 1.6
    /// Shorter sides than this are noise, in pixels of the map, before and after growing.
    var leastSide = 3.0
    var leastGrownSide = 5.0
    /// Most lines of one picture; the largest are kept.
    var limit = 1000

    /// Rectangles around the lines in positions of the map: the first pixel covers 0…1.
    func rectangles(in map: UnsafeBufferPointer<Float>, width: Int, height: Int) -> [RotatedRectangle] {
        guard width > 0, height > 0, map.count == width * height, let base = map.baseAddress else { return [] }
        let components = MaskComponents(map: base, width: width, height: height, threshold: threshold)
        var result: [RotatedRectangle] = []
        for outline in components.outlines(limit: limit) {
            let hull = ConvexHull.corners(ofSorted: outline)
            guard let tight = RotatedRectangle(around: hull), tight.shortSide >= leastSide else { continue }
            let corners = tight.corners.flatMap { [Float($0.x), Float($0.y)] }
            guard csimd_quadrilateral_mean(base, width, height, corners) >= boxThreshold else { continue }
            let growth = tight.width * tight.height * unclipRatio / (2 * (tight.width + tight.height))
            var grown = tight.grown(by: growth)
            guard grown.shortSide >= leastGrownSide else { continue }
            // From the middles of pixels to their edges.
            grown.center.x += 0.5
            grown.center.y += 0.5
            result.append(grown)
        }
        return result
    }
}

/// The areas of 8-connected pixels above a threshold, after a dilation by one pixel to the right and downwards.
private struct MaskComponents {
    private var runs: [Int32]
    private let count: Int
    private var parents: [Int32]

    init(map: UnsafePointer<Float>, width: Int, height: Int, threshold: Float) {
        var mask = [UInt8](repeating: 0, count: 2 * width)
        var capacity = 8192
        runs = [Int32](repeating: 0, count: 3 * capacity)
        var found = csimd_mask_runs(map, width, height, threshold, &runs, capacity, &mask)
        if found > capacity {
            capacity = found
            runs = [Int32](repeating: 0, count: 3 * capacity)
            found = csimd_mask_runs(map, width, height, threshold, &runs, capacity, &mask)
        }
        count = min(found, capacity)
        parents = (0..<Int32(count)).map { $0 }
        connect()
    }

    private func row(_ run: Int) -> Int32 { runs[3 * run] }
    private func first(_ run: Int) -> Int32 { runs[3 * run + 1] }
    private func last(_ run: Int) -> Int32 { runs[3 * run + 2] }

    /// Joins runs that touch those of the row above, also at a corner.
    private mutating func connect() {
        var above = 0
        var current = 0
        while current < count {
            while above < current, row(above) < row(current) - 1 { above += 1 }
            var candidate = above
            while candidate < current, row(candidate) == row(current) - 1, first(candidate) <= last(current) + 1 {
                if last(candidate) + 1 >= first(current) { join(candidate, current) }
                candidate += 1
            }
            current += 1
        }
    }

    private mutating func join(_ a: Int, _ b: Int) {
        let (left, right) = (root(a), root(b))
        if left != right { parents[max(left, right)] = Int32(min(left, right)) }
    }

    private mutating func root(_ run: Int) -> Int {
        var run = run
        while Int(parents[run]) != run {
            parents[run] = parents[Int(parents[run])]
            run = Int(parents[run])
        }
        return run
    }

    /// The outermost pixels of each row of each area, sorted by row; the largest areas, in the order of their first row.
    func outlines(limit: Int) -> [[PagePoint]] {
        var copy = self
        var position = [Int](repeating: -1, count: count)
        var areas: [(size: Int, points: [PagePoint])] = []
        for run in 0..<count {
            let root = copy.root(run)
            if position[root] < 0 {
                position[root] = areas.count
                areas.append((0, []))
            }
            let index = position[root]
            areas[index].size += Int(last(run) - first(run)) + 1
            Self.extend(&areas[index].points, row: Double(row(run)), from: Double(first(run)), to: Double(last(run)))
        }
        guard areas.count > limit else { return areas.map(\.points) }
        let kept = areas.indices.sorted { (-areas[$0].size, $0) < (-areas[$1].size, $1) }.prefix(limit).sorted()
        return kept.map { areas[$0].points }
    }

    /// Runs come in order, so those of one row of an area follow each other.
    private static func extend(_ points: inout [PagePoint], row: Double, from first: Double, to last: Double) {
        if let end = points.last, end.y == row {
            points[points.count - 1].x = last
        } else {
            points.append(PagePoint(x: first, y: row))
            points.append(PagePoint(x: last, y: row))
        }
    }
}
