import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct AverageLinkageTests {
    static func unitVectors(
        _ count: Int, dimensions: Int, groups: Int, spread: Float, using generator: inout SeededGenerator
    ) -> VoiceVectors {
        func normal(_ values: [Float]) -> [Float] {
            let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return values.map { $0 / max(length, 1e-9) }
        }
        func random() -> [Float] { (0..<dimensions).map { _ in Float.random(in: -1...1, using: &generator) } }
        let centers = (0..<groups).map { _ in normal(random()) }
        var vectors = VoiceVectors(dimensions: dimensions)
        for index in 0..<count {
            let noise = normal(random())
            vectors.append(normal(zip(centers[index % groups], noise).map { $0 + spread * $1 }))
        }
        return vectors
    }

    /// Always joins the pair with the greatest mean cosine, computed over all pairs of members anew.
    private func reference(_ points: VoiceVectors) -> [(clusters: [[Int]], similarity: Double)] {
        func cosine(_ left: Int, _ right: Int) -> Double {
            zip(points[left], points[right]).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        let cosines = (0..<points.count).map { left in (0..<points.count).map { cosine(left, $0) } }
        var clusters = (0..<points.count).map { [$0] }
        var steps: [(clusters: [[Int]], similarity: Double)] = []
        while clusters.count > 1 {
            var best = (left: 0, right: 1, similarity: -Double.infinity)
            for left in 0..<clusters.count {
                for right in (left + 1)..<clusters.count {
                    var sum = 0.0
                    for a in clusters[left] { for b in clusters[right] { sum += cosines[a][b] } }
                    let mean = sum / Double(clusters[left].count * clusters[right].count)
                    if mean > best.similarity { best = (left, right, mean) }
                }
            }
            clusters[best.left] = (clusters[best.left] + clusters[best.right]).sorted()
            clusters.remove(at: best.right)
            steps.append((clusters, best.similarity))
        }
        return steps
    }

    private func groups(_ labels: [Int]) -> Set<[Int]> {
        Set(Dictionary(grouping: labels.indices, by: { labels[$0] }).values.map { $0.sorted() })
    }

    @Test func equalsAlwaysJoiningTheClosestPair() throws {
        try SeededGenerator.withSeeds(12) { generator in
            let points = Self.unitVectors(
                Int.random(in: 2...24, using: &generator), dimensions: 16,
                groups: Int.random(in: 1...5, using: &generator),
                spread: Float.random(in: 0.2...1.5, using: &generator),
                using: &generator)
            let tree = try AverageLinkage(points)
            let wanted = reference(points)
            #expect(tree.merges.count == wanted.count, "\(generator)")
            for (index, step) in wanted.enumerated() {
                #expect(abs(Double(tree.merges[index].similarity) - step.similarity) < 1e-5, "\(generator)")
                #expect(groups(tree.labels(afterMerges: index + 1)) == Set(step.clusters), "\(generator)")
            }
        }
    }

    @Test func equalPointsAreJoinedFirst() throws {
        var points = VoiceVectors(dimensions: 8)
        for index in [0, 1, 0, 1, 0] { points.append((0..<8).map { $0 == index ? 1 : 0 }) }
        // Nearer to the first group than to the second.
        points.append([0.28, 0, 0.96, 0, 0, 0, 0, 0])
        let tree = try AverageLinkage(points)
        let merges = tree.merges(downTo: 0.5)
        #expect(tree.labels(afterMerges: merges) == [0, 1, 0, 1, 0, 2])
        #expect(tree.labels(afterMerges: 0) == [0, 1, 2, 3, 4, 5])
        #expect(Set(tree.labels(afterMerges: 5)) == [0])
        #expect(tree.mergesLeaving(clusters: 2, minimumSize: 2) == 4)
        #expect(tree.mergesLeaving(clusters: 3, minimumSize: 2) == nil)
    }

    @Test func nothingAndOnePointMakeNoTree() throws {
        #expect(try AverageLinkage(VoiceVectors(dimensions: 8)).merges.isEmpty)
        let one = VoiceVectors(dimensions: 8, values: [1, 0, 0, 0, 0, 0, 0, 0])
        #expect(try AverageLinkage(one).labels(afterMerges: 0) == [0])
    }

    @Test func cancellationEndsTheWork() throws {
        var generator = SeededGenerator(seed: 1)
        let points = Self.unitVectors(200, dimensions: 8, groups: 3, spread: 0.5, using: &generator)
        #expect(throws: CancellationError.self) { try AverageLinkage(points) { true } }
    }
}
