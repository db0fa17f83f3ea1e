import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct AudioEventBuilderTests {
    @Test func equalLabelsOfNeighboursAreOneEvent() {
        var builder = AudioEventBuilder(threshold: 0.3, sampleRate: 1000)
        #expect(builder.add([("Music", 0.8), ("Speech", 0.4)], start: 0, end: 4000).isEmpty)
        let ended = builder.add([("Music", 0.9), ("Speech", 0.29)], start: 4000, end: 8000)
        #expect(ended == [.init(label: "Speech", startMs: 0, endMs: 4000, confidence: 0.4)])
        #expect(builder.add([("Dog", 0.5)], start: 8000, end: 12_000).map(\.label) == ["Music"])
        #expect(builder.add([("Dog", 0.6), ("Music", 0.5)], start: 12_000, end: 13_500).isEmpty)
        #expect(builder.finish().map(\.label) == ["Dog", "Music"])
        #expect(
            builder.events == [
                .init(label: "Music", startMs: 0, endMs: 8000, confidence: 0.9),
                .init(label: "Speech", startMs: 0, endMs: 4000, confidence: 0.4),
                .init(label: "Dog", startMs: 8000, endMs: 13_500, confidence: 0.6),
                .init(label: "Music", startMs: 12_000, endMs: 13_500, confidence: 0.5),
            ])
    }

    @Test func aGapEndsAnEvent() {
        var builder = AudioEventBuilder(threshold: 0.3, sampleRate: 1000)
        _ = builder.add([("Bell", 0.8)], start: 0, end: 1000)
        #expect(builder.add([("Bell", 0.7)], start: 2000, end: 3000).map(\.endMs) == [1000])
        _ = builder.finish()
        #expect(builder.events.map(\.startMs) == [0, 2000])
        #expect(builder.finish().isEmpty)
    }

    /// For any labels: what was returned along the way is what there is in the end, and events of a label do not touch.
    @Test func everyEventEndsOnce() {
        SeededGenerator.withSeeds(50) { generator in
            var builder = AudioEventBuilder(threshold: 0.5, sampleRate: 1000)
            var returned: [AudioEventList.Event] = []
            for window in 0..<Int.random(in: 0...20, using: &generator) {
                let tags = ["a", "b", "c"].map { (label: $0, probability: Double.random(in: 0...1, using: &generator)) }
                returned += builder.add(tags, start: window * 100, end: window * 100 + 100)
            }
            returned += builder.finish()
            let order: (AudioEventList.Event, AudioEventList.Event) -> Bool = {
                ($0.startMs, $0.label) < ($1.startMs, $1.label)
            }
            #expect(returned.sorted(by: order) == builder.events, "\(generator)")
            for label in ["a", "b", "c"] {
                let own = builder.events.filter { $0.label == label }
                for (left, right) in zip(own, own.dropFirst()) {
                    #expect(left.endMs < right.startMs, "\(generator)")
                }
            }
        }
    }
}
