import Foundation
import Inference
import Testing

/// Speech probabilities against ONNX Runtime on the same weights; recorded by `scripts/golden/voice-activity`.
@Suite(.enabled(if: Installed.has("silero-vad"), "needs: video-extract models install silero-vad"))
struct VoiceActivityQualityTests {
    /// Largest difference allowed in any window.
    private static let tolerance: Float = 2e-6

    private func probabilities(_ samples: [Float]) throws -> [Float] {
        let path = try SileroVAD.networkPath(of: try #require(Installed.store).installed("silero-vad"))
        let network = try OpenVINORuntime.shared().compile(path: path, options: SileroVAD.options(cacheFolder: nil))
        var detector = SileroVAD(model: network)
        var result = try samples.withUnsafeBufferPointer { try detector.feed($0) }
        if let last = try detector.finish() { result.append(last) }
        return result
    }

    private func expectGolden(_ name: String, _ samples: [Float]) throws {
        let golden = try #require(
            try Installed.fixture("voice-activity.json", as: [String: [Float]].self)[name])
        let found = try probabilities(samples)
        #expect(found.count == golden.count)
        let worst = zip(found, golden).map { abs($0 - $1) }.max() ?? 1
        #expect(worst <= Self.tolerance, "largest difference \(worst)")
    }

    @Test func aMadeVowelIsHeardAsByTheReference() throws {
        try expectGolden("vowel", Self.vowel())
    }

    @Test(.enabled(if: Installed.media != nil, "VIDEO_EXTRACT_TEST_MEDIA is not set"))
    func aConversationIsHeardAsByTheReference() async throws {
        try expectGolden("recording", try await Installed.speech(of: try #require(Installed.media) + "/sample.wav"))
    }

    /// Pulses at 110 to 140 Hz through four resonances, on for 0.7 s of every second: the signal of the script.
    private static func vowel(seconds: Int = 4, rate: Int = 16_000) -> [Float] {
        var signal = [Double](repeating: 0, count: seconds * rate)
        var phase = 0.0
        for index in signal.indices {
            phase += (110 + 30 * Double(index % rate) / Double(rate)) / Double(rate)
            if phase >= 1 {
                phase -= 1
                signal[index] = 1
            }
        }
        for (frequency, width) in [(700.0, 80.0), (1200, 90), (2600, 120), (3300, 160)] {
            let radius = exp(-Double.pi * width / Double(rate))
            let first = 2 * radius * cos(2 * Double.pi * frequency / Double(rate))
            let second = -radius * radius
            var (last, beforeLast) = (0.0, 0.0)
            for index in signal.indices {
                let value = signal[index] + first * last + second * beforeLast
                (last, beforeLast) = (value, last)
                signal[index] = value
            }
        }
        for index in signal.indices where Double(index % rate) >= 0.7 * Double(rate) { signal[index] = 0 }
        let peak = signal.map { abs($0) }.max() ?? 1
        return signal.map { Float(0.5 * $0 / peak) }
    }
}
