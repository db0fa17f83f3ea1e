import Foundation
import MediaValues
import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct SilenceDetectorTests {
    /// Runs over samples in buffers of the given sizes.
    private func silence(
        _ samples: [Float], sizes: [Int] = [1600], rate: Int = 16_000, channels: Int = 1, start: Int64 = 0,
        settings: MarkerSettings = MarkerSettings(version: "1")
    ) -> [TemporalMarkers.Marker] {
        var detector = SilenceDetector(settings: settings)
        var found: [TemporalMarkers.Marker] = []
        var position = 0
        var turn = 0
        while position < samples.count {
            let end = min(samples.count, position + sizes[turn % sizes.count] * channels)
            found += detector.add(
                AudioBuffer(
                    samples: Array(samples[position..<end]), sampleRate: rate, channels: channels,
                    start: MediaTime(milliseconds: start + Int64(position / channels * 1000 / rate))))
            position = end
            turn += 1
        }
        return found + detector.finish()
    }

    private func tone(_ seconds: Double, level: Float, rate: Int = 16_000) -> [Float] {
        (0..<Int(seconds * Double(rate))).map { level * sin(Float($0) * 2 * .pi * 440 / Float(rate)) }
    }

    @Test func silenceBetweenTonesIsFound() throws {
        let found = silence(tone(1, level: 0.3) + tone(2, level: 0) + tone(1, level: 0.3))
        let marker = try #require(found.first)
        #expect(found.count == 1)
        #expect(marker.label == "silence" && marker.kind == .technicalCue)
        #expect(marker.startMs == 1000 && marker.endMs == 3000)
        #expect(marker.confidence == 1)
    }

    @Test func theLevelDecides() {
        // RMS of a sine is its amplitude less 3 dB: 0.001 is -63 dBFS.
        let settings = MarkerSettings(version: "1")
        #expect(silence(tone(2, level: 0.001), settings: settings).count == 1)
        #expect(silence(tone(2, level: 0.002), settings: settings).isEmpty)
        var strict = settings
        strict.silenceLevel = -70
        #expect(silence(tone(2, level: 0.001), settings: strict).isEmpty)
    }

    @Test func shortSilenceIsNone() {
        #expect(silence(tone(1, level: 0.3) + tone(0.9, level: 0) + tone(1, level: 0.3)).isEmpty)
        #expect(silence([]).isEmpty)
        #expect(silence([0]).isEmpty)
    }

    @Test func bufferSizesAndChannelsMakeNoDifference() {
        let mono = tone(0.5, level: 0.2) + tone(1.5, level: 0) + tone(0.5, level: 0.2)
        let expected = silence(mono)
        #expect(expected.map(\.startMs) == [500] && expected.map(\.endMs) == [2000])
        #expect(silence(mono, sizes: [1, 7, 319, 320, 321, 5000]) == expected)
        #expect(silence(mono.flatMap { [$0, $0] }, sizes: [100, 999], channels: 2) == expected)
        #expect(silence(mono, start: 250).map(\.startMs) == [750])
    }

    @Test func samplesThatAreNoNumbersAreNoSilence() {
        #expect(silence([Float](repeating: .nan, count: 32_000)).isEmpty)
    }
}
