import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct SpeechSegmenterTests {
    private func spans(_ probabilities: [Float], _ settings: SpeechSegmenter.Settings = .init()) -> [SpeechSegmenter
        .Span]
    {
        var segmenter = SpeechSegmenter(settings: settings)
        return segmenter.add(probabilities)
            + segmenter.finish(duration: Double(probabilities.count) * SpeechSegmenter.windowSeconds)
    }

    private func windows(_ parts: [(Float, Int)]) -> [Float] {
        parts.flatMap { Array(repeating: $0.0, count: $0.1) }
    }

    private func isClose(_ left: Double?, _ right: Double) -> Bool { left.map { abs($0 - right) < 1e-9 } ?? false }

    @Test func speechBetweenSilencesIsOnePaddedSpan() {
        let found = spans(windows([(0.1, 50), (0.9, 40), (0.1, 50)]))
        #expect(found.count == 1)
        #expect(isClose(found.first?.start, 50 * 0.032 - 0.1))
        #expect(isClose(found.first?.end, 90 * 0.032 + 0.1))
        #expect(abs((found.first?.confidence ?? 0) - 0.9) < 1e-6)
    }

    @Test func shortBurstsAreDropped() {
        #expect(spans(windows([(0, 20), (1, 6), (0, 20)])).isEmpty)
        #expect(spans(windows([(0, 20), (1, 8), (0, 20)])).count == 1)
    }

    @Test func shortPausesAreBridged() {
        #expect(spans(windows([(1, 20), (0, 7), (1, 20), (0, 20)])).count == 1)
        #expect(spans(windows([(1, 20), (0, 9), (1, 20), (0, 20)])).count == 2)
    }

    @Test func probabilityBetweenTheThresholdsContinuesSpeech() {
        #expect(spans(windows([(0.4, 50)])).isEmpty)
        #expect(spans(windows([(0.9, 10), (0.4, 40), (0.9, 10), (0, 20)])).count == 1)
    }

    @Test func speechUntilTheEndIsClippedThere() {
        let found = spans(windows([(0, 10), (1, 30)]))
        #expect(isClose(found.last?.end, 40 * 0.032))
        #expect(spans(windows([(1, 30)])).first?.start == 0)
    }

    @Test func neighboursAreJoinedWithinTheGap() {
        var settings = SpeechSegmenter.Settings()
        settings.mergeGap = 1
        let pauses = windows([(1, 20), (0, 30), (1, 20), (0, 60), (1, 20), (0, 20)])
        let found = spans(pauses, settings)
        #expect(found.count == 2)
        #expect(isClose(found.first?.end, 70 * 0.032 + 0.1))
        #expect(spans(pauses).count == 3)
    }

    @Test func longSpeechIsSplitAtItsQuietestWindow() {
        var settings = SpeechSegmenter.Settings()
        settings.maximumLength = 5
        settings.mergeGap = 1
        var probabilities = windows([(0.95, 300), (0, 20)])
        probabilities[100] = 0.6
        let found = spans(probabilities, settings)
        #expect(found.count >= 2)
        #expect(isClose(found.first?.end, 100 * 0.032))
        #expect(found.allSatisfy { $0.end - $0.start <= 5 + 1e-9 })
    }

    /// For any probabilities and settings: spans ascend, do not overlap, lie within the audio, keep to the longest
    /// length, never need samples that were released; and the pieces in which windows arrive do not matter.
    @Test func spansAreSoundForAnyProbabilities() {
        SeededGenerator.withSeeds(200) { generator in
            var settings = SpeechSegmenter.Settings()
            if Bool.random(using: &generator) { settings.mergeGap = Double.random(in: 0...2, using: &generator) }
            if Bool.random(using: &generator) { settings.maximumLength = Double.random(in: 2...10, using: &generator) }
            var probabilities: [Float] = []
            while probabilities.count < 600 {
                let level = Float.random(in: 0...1, using: &generator)
                for _ in 0..<Int.random(in: 1...80, using: &generator) {
                    probabilities.append(min(1, max(0, level + Float.random(in: -0.2...0.2, using: &generator))))
                }
            }
            let duration = Double(probabilities.count) * SpeechSegmenter.windowSeconds
            var segmenter = SpeechSegmenter(settings: settings)
            var found: [SpeechSegmenter.Span] = []
            var position = 0
            while position < probabilities.count {
                let end = min(probabilities.count, position + Int.random(in: 1...50, using: &generator))
                let retained = segmenter.retainedFrom
                let new = segmenter.add(Array(probabilities[position..<end]))
                #expect(new.allSatisfy { $0.start >= retained - 1e-9 }, "\(generator)")
                found += new
                position = end
            }
            found += segmenter.finish(duration: duration)
            #expect(found == spans(probabilities, settings), "\(generator)")
            for span in found {
                #expect(span.start >= 0 && span.start < span.end && span.end <= duration + 1e-9, "\(generator)")
                if let longest = settings.maximumLength {
                    #expect(span.end - span.start <= longest + 0.033, "\(generator)")
                }
            }
            for (left, right) in zip(found, found.dropFirst()) {
                #expect(left.end <= right.start + 1e-9, "\(generator)")
            }
        }
    }
}
