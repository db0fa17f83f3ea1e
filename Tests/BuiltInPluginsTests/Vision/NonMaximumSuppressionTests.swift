import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct NonMaximumSuppressionTests {
    private func detection(_ left: Float, _ confidence: Float, classIndex: Int = 0) -> Detection {
        Detection(
            box: PixelBox(left: left, top: 0, right: left + 10, bottom: 10), confidence: confidence,
            classIndex: classIndex)
    }

    @Test func strongestOfEachPlaceAndClassStays() {
        let kept = NonMaximumSuppression.strongest(
            [
                detection(0, 0.5), detection(1, 0.9), detection(2, 0.7), detection(1, 0.6, classIndex: 1),
                detection(30, 0.4),
            ], limit: 0.45)
        #expect(kept.map(\.confidence) == [0.9, 0.6, 0.4])
    }

    /// Boxes 10 wide, 5 apart: 5 of 15 shared.
    @Test func overlapMustExceedTheLimit() {
        let pair = [detection(0, 0.9), detection(5, 0.8)]
        #expect(NonMaximumSuppression.strongest(pair, limit: 1 / 3 + 0.001).count == 2)
        #expect(NonMaximumSuppression.strongest(pair, limit: 1 / 3 - 0.001).count == 1)
    }

    @Test func sameAsTheDefinition() {
        SeededGenerator.withSeeds(20) { generator in
            let boxes = (0..<60).map { _ in
                detection(
                    Float.random(in: 0..<60, using: &generator), Float(Int.random(in: 1...20, using: &generator)) / 20,
                    classIndex: Int.random(in: 0...2, using: &generator))
            }
            let kept = NonMaximumSuppression.strongest(boxes, limit: 0.4)
            // No two that stay overlap, and each that went is overlapped by one at least as strong that stayed.
            for (index, one) in kept.enumerated() {
                for other in kept[(index + 1)...] where other.classIndex == one.classIndex {
                    #expect(one.box.intersectionOverUnion(other.box) <= 0.4, "\(generator)")
                }
            }
            for box in boxes where !kept.contains(box) {
                #expect(
                    kept.contains {
                        $0.classIndex == box.classIndex && $0.confidence >= box.confidence
                            && $0.box.intersectionOverUnion(box.box) > 0.4
                    }, "\(generator)")
            }
        }
    }

    @Test func weightedMeanOfAGroup() throws {
        var first = detection(0, 0.9)
        var second = detection(2, 0.3)
        first.landmarks = [PixelPoint(x: 1, y: 1)]
        second.landmarks = [PixelPoint(x: 5, y: 9)]
        let merged = NonMaximumSuppression.weighted([second, first, detection(50, 0.5)], limit: 0.3)
        #expect(merged.count == 2)
        let face = try #require(merged.first)
        #expect(face.confidence == 0.9)
        #expect(abs(face.box.left - 0.5) < 1e-5 && abs(face.box.right - 10.5) < 1e-5)
        #expect(abs(face.landmarks[0].x - 2) < 1e-5 && abs(face.landmarks[0].y - 3) < 1e-5)
    }

    @Test func nothingAndBoxesWithoutAreaEnd() {
        let point = Detection(box: PixelBox(left: 3, top: 3, right: 3, bottom: 3), confidence: 0.5)
        #expect(NonMaximumSuppression.strongest([], limit: 0.4).isEmpty)
        #expect(NonMaximumSuppression.weighted([point, point], limit: 0.3).count == 2)
        #expect(NonMaximumSuppression.strongest([point, point], limit: 0.4).count == 2)
    }
}
