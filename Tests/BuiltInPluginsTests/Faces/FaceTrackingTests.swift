import Foundation
import MediaValues
import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct FaceTrackerTests {
    private func box(_ left: Float) -> PixelBox { PixelBox(left: left, top: 0, right: left + 20, bottom: 20) }

    @Test func bestOverlapWinsAndOthersBegin() {
        var tracker = FaceTracker()
        #expect(tracker.assign([box(0), box(100)], time: 0, isCut: false) == [0, 1])
        // Both overlap the first face; the nearer one has it.
        #expect(tracker.assign([box(8), box(2), box(104)], time: 0.2, isCut: false) == [2, 0, 1])
    }

    @Test func gapsAndCutsEndTracks() {
        var tracker = FaceTracker()
        func see(_ time: Double, cut: Bool = false) -> [Int] { tracker.assign([box(0)], time: time, isCut: cut) }
        #expect(see(0) == [0])
        #expect(see(1) == [0])
        #expect(see(2.1) == [1])
        #expect(see(2.2, cut: true) == [2])
    }
}

struct FaceIdentityTests {
    /// A turned, enlarged and moved face comes to rest on the template.
    @Test func alignmentFindsTheSimilarity() throws {
        let names = ["right_eye", "left_eye", "nose", "mouth_right", "mouth_left"]
        let template: [PixelPoint] = [
            .init(x: 38.2946, y: 51.6963), .init(x: 73.5318, y: 51.5014), .init(x: 56.0252, y: 71.7366),
            .init(x: 41.5493, y: 92.3655), .init(x: 70.7299, y: 92.2041),
        ]
        // 1.5 times as large, turned by the angle of (3, 4).
        let (a, b, left, top): (Float, Float, Float, Float) = (0.9, 1.2, 40, -7)
        let seen = template.map { PixelPoint(x: a * $0.x - b * $0.y + left, y: b * $0.x + a * $0.y + top) }
        let alignment = try #require(FaceAlignment(landmarks: seen, names: names))
        for (got, wanted) in [(alignment.a, a), (alignment.b, b), (alignment.left, left), (alignment.top, top)] {
            #expect(abs(got - wanted) < 1e-3)
        }
        #expect(FaceAlignment(landmarks: [PixelPoint](repeating: .init(x: 1, y: 1), count: 5), names: names) == nil)
        #expect(FaceAlignment(landmarks: seen, names: ["a", "b", "c", "d", "e"]) == nil)
    }

    /// Luma rises by one a pixel to the right: the aligned picture shows where each of its pixels came from.
    @Test func alignedPixelsComeFromTheirPlaces() throws {
        let names = ["right_eye", "left_eye"]
        let frame = MadePicture.planar(width: 200, height: 120, luma: { x, _ in UInt8(x) })
        let moved = [PixelPoint(x: 38.2946 + 30, y: 51.6963), PixelPoint(x: 73.5318 + 30, y: 51.5014)]
        let pixels = try #require(FaceAlignment(landmarks: moved, names: names)).aligned(frame)
        #expect(pixels.count == 3 * 112 * 112)
        for (row, column) in [(0, 0), (5, 60), (111, 111)] {
            for channel in 0..<3 {
                #expect(abs(pixels[(channel * 112 + row) * 112 + column] - Float(column + 30)) < 0.01)
            }
        }
        let outside = [PixelPoint(x: 38.2946 - 500, y: 51.6963), PixelPoint(x: 73.5318 - 500, y: 51.5014)]
        let black = try #require(FaceAlignment(landmarks: outside, names: names)).aligned(frame)
        #expect(black.allSatisfy { $0 == 0 })
    }

    /// Chroma that rises by one a luma pixel to the right lands where luma does, whole or halved.
    @Test(arguments: [PixelLayout.yuv420, .yuv444])
    func alignedColoursComeFromTheirPlaces(layout: PixelLayout) throws {
        let step = layout == .yuv444 ? 1 : 2
        let frame = MadePicture.planar(
            layout, width: 200, height: 120, luma: { _, _ in 100 },
            cr: { x, _ in UInt8(x * step + (step - 1) + 20) })
        let moved = [PixelPoint(x: 38.2946 + 30, y: 51.6963), PixelPoint(x: 73.5318 + 30, y: 51.5014)]
        let pixels = try #require(FaceAlignment(landmarks: moved, names: ["right_eye", "left_eye"])).aligned(frame)
        // A halved sample lies between two pixels: 2x + 0.5, of which the planes hold the value for 2x + 1.
        let shift: Float = layout == .yuv444 ? 0 : 0.5
        for column in [60, 90] {
            let wanted = 100 + 1.402 * (Float(column + 30 + 20) + shift - 128)
            #expect(abs(pixels[5 * 112 + column] - wanted) < 0.02)
        }
    }

    @Test func groupsByMeanCosine() {
        func direction(_ degrees: Double) -> [Float] {
            let angle = degrees * .pi / 180
            return [Float(cos(angle)), Float(sin(angle))]
        }
        let vectors = [0, 90, 5, 95, 180, 10].map(direction)
        #expect(IdentityGrouping.groups(of: vectors, limit: 0.9) == [0, 1, 0, 1, 2, 0])
        #expect(IdentityGrouping.groups(of: vectors, limit: -1.1) == [0, 0, 0, 0, 0, 0])
        #expect(IdentityGrouping.groups(of: vectors, limit: 1.1) == [0, 1, 2, 3, 4, 5])
        #expect(IdentityGrouping.groups(of: [], limit: 0.5).isEmpty)
        // A chain of neighbours 20 degrees apart: the mean over a group is what counts, so that it does not run away.
        let chain = stride(from: 0.0, through: 160, by: 20).map(direction)
        #expect(Set(IdentityGrouping.groups(of: chain, limit: 0.8)).count > 1)
    }

    /// Always merging the closest pair, done the slow way, gives the same groups.
    @Test func groupsAsTheDefinitionDoes() {
        SeededGenerator.withSeeds(10) { generator in
            let vectors: [[Float]] = (0..<24).map { _ in
                let raw = (0..<4).map { _ in Float.random(in: -1...1, using: &generator) }
                let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
                return raw.map { $0 / length }
            }
            var groups = vectors.indices.map { [$0] }
            while true {
                var best: (cosine: Float, left: Int, right: Int) = (-2, 0, 0)
                for left in groups.indices {
                    for right in groups.indices where left < right {
                        var sum: Float = 0
                        for a in groups[left] {
                            for b in groups[right] {
                                for (x, y) in zip(vectors[a], vectors[b]) { sum += x * y }
                            }
                        }
                        let mean = sum / Float(groups[left].count * groups[right].count)
                        if mean > best.cosine { best = (mean, left, right) }
                    }
                }
                guard best.cosine >= 0.4 else { break }
                groups[best.left] += groups[best.right]
                groups.remove(at: best.right)
            }
            let numbers = IdentityGrouping.groups(of: vectors, limit: 0.4)
            for group in groups {
                #expect(Set(group.map { numbers[$0] }).count == 1, "\(generator)")
            }
            #expect(Set(numbers).count == groups.count, "\(generator)")
        }
    }
}
