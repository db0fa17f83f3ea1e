import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct AudioWindowsTests {
    @Test func windowsDoNotDependOnThePieces() {
        SeededGenerator.withSeeds(50) { generator in
            let samples = (0..<Int.random(in: 0...100, using: &generator)).map(Float.init)
            let length = Int.random(in: 1...20, using: &generator)
            let hop = Int.random(in: 1...20, using: &generator)
            let rest = Int.random(in: 1...8, using: &generator)
            func windows(_ piece: () -> Int) -> [AudioWindows.Window] {
                var windows = AudioWindows(length: length, hop: hop, shortestRest: rest)
                var found: [AudioWindows.Window] = []
                var position = 0
                while position < samples.count {
                    let end = min(samples.count, position + piece())
                    found += windows.add(Array(samples[position..<end]))
                    position = end
                }
                #expect(windows.sampleCount == samples.count)
                return found + [windows.finish()].compactMap { $0 }
            }
            let found = windows { Int.random(in: 1...30, using: &generator) }
            #expect(found == windows { 1000 }, "\(generator)")
            for window in found {
                #expect(window.samples.first == Float(window.start), "\(generator)")
                #expect(window.start.isMultiple(of: min(hop, length)), "\(generator)")
            }
            let covered = found.map { $0.start + $0.samples.count }.max() ?? 0
            #expect(samples.count - covered < rest, "\(generator)")
            #expect(found.isEmpty == samples.isEmpty, "\(generator)")
        }
    }

    @Test func aShortRestIsLeftOutUnlessItIsAll() {
        var windows = AudioWindows(length: 10, hop: 10, shortestRest: 4)
        #expect(windows.add([Float](repeating: 1, count: 13)).map(\.start) == [0])
        #expect(windows.finish() == nil)
        var all = AudioWindows(length: 10, hop: 10, shortestRest: 4)
        #expect(all.add([.nan]).isEmpty)
        #expect(all.finish()?.samples == [0])
    }
}
