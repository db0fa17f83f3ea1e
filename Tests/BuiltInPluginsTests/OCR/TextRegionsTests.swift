import Foundation
import Testing

@testable import BuiltInPlugins

struct TextRegionsTests {
    /// A map with `value` inside rectangles and 0.05 outside.
    private func map(_ width: Int, _ height: Int, _ rectangles: [RotatedRectangle], value: Float = 0.9) -> [Float] {
        (0..<(width * height)).map { index in
            let (x, y) = (Double(index % width), Double(index / width))
            let isInside = rectangles.contains { rectangle in
                let (dx, dy) = (x - rectangle.center.x, y - rectangle.center.y)
                let along: Double = dx * rectangle.axis.x + dy * rectangle.axis.y
                let across: Double = dy * rectangle.axis.x - dx * rectangle.axis.y
                return abs(along) <= rectangle.width / 2 && abs(across) <= rectangle.height / 2
            }
            return isInside ? value : 0.05
        }
    }

    private func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, degrees: Double = 0)
        -> RotatedRectangle
    {
        let angle = degrees * .pi / 180
        return RotatedRectangle(
            center: PagePoint(x: x, y: y), axis: PagePoint(x: cos(angle), y: sin(angle)), width: width,
            height: height)
    }

    private func find(_ values: [Float], _ width: Int, _ height: Int, _ regions: TextRegions = TextRegions())
        -> [RotatedRectangle]
    {
        values.withUnsafeBufferPointer { regions.rectangles(in: $0, width: width, height: height) }
    }

    @Test func anUprightLineIsGrown() throws {
        // Columns 20…59 and rows 30…39; the dilation adds one to the right and below.
        let found = find(map(100, 80, [rectangle(39.5, 34.5, 39, 9)]), 100, 80)
        let only = try #require(found.count == 1 ? found.first : nil)
        let growth = 40.0 * 10 * 1.6 / (2 * 50)
        let area = try #require(Quadrilateral(ordering: only.corners))
        #expect(area.topLeft.distance(to: PagePoint(x: 20.5 - growth, y: 30.5 - growth)) < 0.01)
        #expect(area.bottomRight.distance(to: PagePoint(x: 60.5 + growth, y: 40.5 + growth)) < 0.01)
    }

    @Test(arguments: [-35.0, -12, 7, 20, 44])
    func aTurnedLineKeepsItsAngle(degrees: Double) throws {
        let wanted = rectangle(100, 100, 110, 14, degrees: degrees)
        let found = find(map(200, 200, [wanted]), 200, 200)
        let only = try #require(found.count == 1 ? found.first : nil)
        let growth = 110.0 * 14 * 1.6 / (2 * 124)
        #expect(abs(max(only.width, only.height) - (110 + 2 * growth)) < 4)
        #expect(abs(only.shortSide - (14 + 2 * growth)) < 4)
        let area = try #require(Quadrilateral(ordering: only.corners))
        let angle = atan2(area.topRight.y - area.topLeft.y, area.topRight.x - area.topLeft.x) * 180 / .pi
        #expect(abs(angle - degrees) < 1.5)
        #expect(abs(only.center.x - 101) < 1 && abs(only.center.y - 101) < 1)
    }

    @Test func touchingCornersJoinAndGapsSeparate() {
        let near = [rectangle(30, 20, 30, 8), rectangle(70, 34, 30, 8)]
        #expect(find(map(120, 60, near), 120, 60).count == 2)
        // A step of one pixel down and right is the same area.
        var joined = map(120, 60, [rectangle(30, 20, 30, 8)])
        for (x, y) in [(46, 25), (47, 26), (48, 27), (49, 28)] { joined[y * 120 + x] = 0.9 }
        for y in 29..<37 { for x in 50..<80 { joined[y * 120 + x] = 0.9 } }
        var regions = TextRegions()
        regions.boxThreshold = 0.1
        #expect(find(joined, 120, 60, regions).count == 1)
    }

    @Test func aRingIsOneArea() {
        // Two arms meet only at their lower end: the labels of both must become one.
        var values = [Float](repeating: 0, count: 60 * 60)
        for y in 5..<50 { for x in [10, 11, 12, 30, 31, 32] { values[y * 60 + x] = 0.95 } }
        for y in 47..<50 { for x in 10..<33 { values[y * 60 + x] = 0.95 } }
        var regions = TextRegions()
        regions.boxThreshold = 0.1
        #expect(find(values, 60, 60, regions).count == 1)
    }

    @Test func noiseAndFaintLinesAreLeftOut() {
        #expect(find(map(100, 80, []), 100, 80).isEmpty)
        #expect(find(map(100, 80, [rectangle(40, 30, 1, 1)]), 100, 80).isEmpty, "too small")
        #expect(find(map(100, 80, [rectangle(40, 30, 40, 9)], value: 0.4), 100, 80).isEmpty, "too faint")
        #expect(find(map(100, 80, [rectangle(40, 30, 40, 9)], value: 0.29), 100, 80).isEmpty, "below the threshold")
        #expect(find([], 0, 0).isEmpty)
        #expect(find([0.9], 1, 1).isEmpty)
    }

    @Test func theWholeMapMayBeText() throws {
        let found = find([Float](repeating: 0.9, count: 64 * 32), 64, 32)
        #expect(found.count == 1)
        #expect(try #require(found.first).width >= 63)
    }

    @Test func ofTooManyTheLargestAreKept() {
        let sizes = [12.0, 20, 16]
        let lines = sizes.enumerated().map { rectangle(40, 15 + 20 * Double($0), 40, $1 - 4) }
        var regions = TextRegions()
        regions.limit = 2
        let found = find(map(100, 80, lines), 100, 80, regions)
        #expect(found.count == 2)
        #expect(found.allSatisfy { $0.center.y > 25 }, "the first one is the thinnest")
    }
}
