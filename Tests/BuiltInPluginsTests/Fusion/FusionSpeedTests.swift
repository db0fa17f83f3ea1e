import PluginKit
import Testing

@testable import BuiltInPlugins

/// The cost grows with the number of events, not with its square, whatever the events look like.
struct FusionSpeedTests {
    /// A film of `events` events, half of them in the picture, and a few that last for all of it.
    static func film(events: Int) -> FusionInputs {
        let count = events / 10
        let length = Int64(events) * 216
        func spread(_ number: Int, _ span: Int64, _ name: (Int) -> String) -> [(Int64, Int64, String)] {
            (0..<number).map { index in
                let start = length * Int64(index) / Int64(number)
                return (start, start + span, name(index))
            }
        }
        let words = ["a dog runs", "welcome to the show", "this car is fast", "neural networks", "yes"]
        var inputs = FusionInputs()
        inputs.transcription = MadeResults.transcript(spread(count, 2000) { words[$0 % words.count] })
        inputs.diarization = MadeResults.diarization(spread(count, 1800) { "SPEAKER_0\($0 / 3 % 4)" })
        inputs.scenes = MadeResults.scenes(spread(count, 2100) { _ in "" }.map { ($0.0, $0.1) })
        inputs.objects = MadeResults.objects(
            tracks: spread(count * 4, 5000) { ["dog", "car", "person", "tie"][$0 % 4] } + [(0, length, "tv")])
        inputs.faces = MadeResults.faces(tracks: spread(count, 3000) { _ in "" }.map { ($0.0, $0.1) } + [(0, length)])
        inputs.ocr = MadeResults.ocr(
            spread(count, 4000) { $0 % 2 == 0 ? "Neural Networks" : "Scene \($0)" } + [(0, length, "Neural Networks")])
        inputs.audioEvents = MadeResults.sounds(spread(count, 900) { _ in "Music" })
        return inputs
    }

    private func seconds(_ events: Int) -> (time: Double, document: Fusion) {
        let inputs = Self.film(events: events)
        let clock = ContinuousClock()
        let start = clock.now
        let document = FusionBuilder.fuse(inputs, durationMs: nil, settings: .init())
        let elapsed = (clock.now - start).components
        return (Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18, document)
    }

    @Test func tenTimesTheEventsTakeAboutTenTimesAsLong() {
        _ = seconds(500)
        let small = min(seconds(500).time, seconds(500).time)
        let (large, document) = seconds(5000)
        #expect(document.events.count == 5003)
        // A square would be a hundred times; the rest is for a busy machine.
        #expect(large < 40 * small, "\(small) s, then \(large) s")
    }

    /// Everything at once, all the time: the limit bounds the work.
    @Test func everythingAtOnceIsBounded() {
        var inputs = FusionInputs()
        let spans: [(Int64, Int64, String)] = (0..<500).map { (Int64($0), 1_000_000 - Int64($0), "dog") }
        inputs.objects = MadeResults.objects(tracks: spans)
        inputs.transcription = MadeResults.transcript(spans)
        inputs.faces = MadeResults.faces(tracks: spans.map { ($0.0, $0.1) })
        inputs.ocr = MadeResults.ocr(spans)
        let document = FusionBuilder.fuse(inputs, durationMs: nil, settings: .init())
        let counts = document.relationshipCounts.first { $0.type == .simultaneous }
        #expect((counts?.made ?? 0) <= 4 * 500 * 8 / 2)
        // Six pairs of four kinds, each of 500 by 500.
        #expect((counts?.made ?? 0) + (counts?.omitted ?? 0) == 6 * 500 * 500)
    }
}
