import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct ThinningTests {
    /// Sends `count` pictures through and returns the numbers of those that remain, and the most that were held.
    private func thin(_ count: Int, limit: Int?) -> (kept: [Int], mostHeld: Int) {
        var thinning = Thinning(limit: limit)
        var held: [Int] = []
        var most = 0
        for number in 0..<count where thinning.accepts() {
            held.append(number)
            most = max(most, held.count)
            if let positions = thinning.added(total: held.count) { held = positions.map { held[$0] } }
        }
        if let positions = thinning.final(total: held.count) { held = positions.map { held[$0] } }
        return (held, most)
    }

    @Test func withoutLimitEverythingStays() { #expect(thin(100, limit: nil).kept == Array(0..<100)) }

    @Test func fewerThanTheLimitStay() { #expect(thin(7, limit: 10).kept == Array(0..<7)) }

    @Test func oneIsTheFirst() { #expect(thin(100, limit: 1).kept == [0]) }

    /// Exactly the limit remains, in order, from the first picture on, spread over the whole, and never more than twice
    /// the limit and one is held.
    @Test func anEvenChoiceOfTheLimitRemains() {
        SeededGenerator.withSeeds(300) { generator in
            let limit = Int.random(in: 1...20, using: &generator)
            let count = Int.random(in: 0...500, using: &generator)
            let (kept, mostHeld) = thin(count, limit: limit)
            #expect(kept.count == min(limit, count), "\(generator)")
            #expect(kept == kept.sorted() && Set(kept).count == kept.count, "\(generator)")
            #expect(mostHeld <= 2 * limit + 1, "\(generator)")
            if count > 0 { #expect(kept.first == 0, "\(generator)") }
            guard limit > 2, count > 4 * limit else { return }
            // Evenly: no gap between neighbours is more than three times what it would be ideally.
            let ideal = Double(count) / Double(limit - 1)
            for (left, right) in zip(kept, kept.dropFirst()) {
                #expect(Double(right - left) <= 3 * ideal + 1, "\(generator)")
            }
            #expect(Double(count - (kept.last ?? 0)) <= 2 * ideal + 1, "\(generator)")
        }
    }
}
