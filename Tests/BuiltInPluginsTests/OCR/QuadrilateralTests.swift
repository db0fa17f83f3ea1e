import MediaValues
import PluginKit
import Testing

@testable import BuiltInPlugins

struct QuadrilateralTests {
    private func points(_ list: [(Double, Double)]) -> [PagePoint] { list.map { PagePoint(x: $0.0, y: $0.1) } }

    @Test func cornersAreOrderedForReading() throws {
        let corners = points([(50, 30), (10, 10), (10, 30), (50, 10)])
        let area = try #require(Quadrilateral(ordering: corners))
        #expect(area.corners == points([(10, 10), (50, 10), (50, 30), (10, 30)]))
        #expect(area.width == 40 && area.height == 20)
        let turned = try #require(Quadrilateral(ordering: points([(0, 10), (100, 30), (96, 50), (-4, 30)])))
        #expect(turned.topLeft == PagePoint(x: 0, y: 10))
        #expect(turned.bottomLeft == PagePoint(x: -4, y: 30))
        #expect(Quadrilateral(ordering: []) == nil)
    }

    @Test func turningMovesTheFirstCorner() {
        let area = Quadrilateral(left: 10, top: 20, right: 30, bottom: 100)
        #expect(area.readDownwards.topLeft == PagePoint(x: 30, y: 20))
        #expect(area.readDownwards.width == 80 && area.readDownwards.height == 20)
        #expect(area.turnedOver.topLeft == PagePoint(x: 30, y: 100))
        #expect(area.turnedOver.turnedOver == area)
    }

    @Test func fractionsStayInsideThePicture() {
        let area = Quadrilateral(left: -5, top: 10, right: 50, bottom: 60)
        #expect(area.box(width: 100, height: 50) == BoundingBox(x: 0, y: 0.2, width: 0.5, height: 0.8))
        #expect(area.polygon(width: 100, height: 50).map(\.x) == [0, 0.5, 0.5, 0])
    }

    @Test func theHomographyMapsTheUnitSquare() {
        let area = Quadrilateral(
            topLeft: PagePoint(x: 3, y: 5), topRight: PagePoint(x: 90, y: 12),
            bottomRight: PagePoint(x: 80, y: 60), bottomLeft: PagePoint(x: 8, y: 40))
        let h = area.homography.map(Double.init)
        let square = points([(0, 0), (1, 0), (1, 1), (0, 1)])
        for (from, to) in zip(square, area.corners) {
            let scale: Double = h[6] * from.x + h[7] * from.y + h[8]
            let x: Double = (h[0] * from.x + h[1] * from.y + h[2]) / scale
            let y: Double = (h[3] * from.x + h[4] * from.y + h[5]) / scale
            #expect(abs(x - to.x) < 1e-4 && abs(y - to.y) < 1e-4)
        }
    }

    @Test func theHullHasNoInnerPoints() {
        let hull = ConvexHull.corners(
            ofSorted: points([(2, 0), (8, 0), (0, 4), (5, 4), (10, 4), (3, 9), (5, 9), (7, 9)]))
        #expect(Set(hull) == Set(points([(2, 0), (8, 0), (0, 4), (10, 4), (3, 9), (7, 9)])))
    }

    @Test func theLeastRectangleMayBeTurned() throws {
        let diamond = points([(10, 0), (20, 10), (10, 20), (0, 10)])
        let rectangle = try #require(RotatedRectangle(around: diamond))
        #expect(abs(rectangle.width * rectangle.height - 200) < 1e-9)
        #expect(RotatedRectangle(around: points([(0, 0), (1, 1)])) == nil)
        #expect(abs(rectangle.grown(by: 1).width - rectangle.width - 2) < 1e-9)
    }

    @Test func rowsComeBeforeColumns() {
        let lines = [
            Quadrilateral(left: 200, top: 12, right: 300, bottom: 32),
            Quadrilateral(left: 10, top: 50, right: 100, bottom: 70),
            Quadrilateral(left: 10, top: 16, right: 100, bottom: 36),
        ]
        #expect(ReadingOrder.sorted(lines, by: \.self) == [lines[2], lines[0], lines[1]])
    }

    @Test func detectionSizesAreMultiplesOf32() {
        let video = TextDetector.Scale(enlargedTo: 960, reducedTo: 960)
        #expect(video.size(width: 1920, height: 1080) == (960, 544))
        #expect(video.size(width: 426, height: 240) == (864, 480), "at most twofold")
        #expect(video.size(width: 1, height: 1) == (32, 32))
        #expect(video.size(width: 7680, height: 100) == (960, 32))
        let still = TextDetector.Scale(enlargedTo: 960, reducedTo: 1920)
        #expect(still.size(width: 1500, height: 1000) == (1504, 992), "neither enlarged nor reduced")
        #expect(still.size(width: 4000, height: 3000) == (1920, 1440))
    }
}
