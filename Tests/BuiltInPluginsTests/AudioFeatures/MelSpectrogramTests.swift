import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct MelSpectrogramTests {
    private static let clap = MelSpectrogram(
        sampleRate: 48_000, frameSize: 1024, hop: 480, bands: 64, lowest: 50, highest: 14_000, scale: .slaney,
        hasUnitArea: true, output: .decibels)

    @Test func speakerFeaturesEqualTheReference() throws {
        let golden = try AudioGoldens.load().ge2e
        var spectrogram = SpeakerFeatures.melSpectrogram
        let values = spectrogram.frames(of: AudioGoldens.signal(1700), padding: .zero)
        #expect(values.count == golden.frames * 40)
        #expect(golden.difference(from: values, bands: 40, isRelative: true) < 1e-5)
    }

    @Test func decibelsMirroredAtTheEndsEqualTheReference() throws {
        let golden = try AudioGoldens.load().clapHalfSecond
        var spectrogram = Self.clap
        let values = spectrogram.frames(of: AudioGoldens.signal(24_000), padding: .reflect)
        #expect(values.count == golden.frames * 64)
        #expect(golden.difference(from: values, bands: 64, isRelative: false) < 1e-4)
    }

    @Test func otherScaleEqualsTheReference() throws {
        let golden = try AudioGoldens.load().htk
        var spectrogram = MelSpectrogram(
            sampleRate: 16_000, frameSize: 512, hop: 160, bands: 80, lowest: 20, highest: 7600, scale: .htk,
            hasUnitArea: false, output: .power)
        let values = spectrogram.frames(of: AudioGoldens.signal(9000), padding: .reflect)
        #expect(values.count == golden.frames * 80)
        #expect(golden.difference(from: values, bands: 80, isRelative: true) < 1e-5)
    }

    @Test func oddFrameSizeEqualsTheReference() throws {
        let golden = try AudioGoldens.load().oddSize
        var spectrogram = MelSpectrogram(
            sampleRate: 16_000, frameSize: 375, hop: 125, bands: 20, lowest: 0, highest: 8000, scale: .slaney,
            hasUnitArea: true, output: .power)
        let values = spectrogram.frames(of: AudioGoldens.signal(3000), padding: .zero)
        #expect(values.count == golden.frames * 20)
        #expect(golden.difference(from: values, bands: 20, isRelative: true) < 1e-5)
    }

    @Test func silenceIsTheFloor() {
        var spectrogram = Self.clap
        let values = spectrogram.frames(of: [Float](repeating: 0, count: 480), padding: .reflect)
        #expect(values == [Float](repeating: -100, count: 2 * 64))
        #expect(spectrogram.frames(of: [], padding: .reflect).isEmpty)
        // One sample can only be mirrored into itself.
        #expect(spectrogram.frames(of: [0.5], padding: .reflect).allSatisfy { $0.isFinite })
    }

    @Test func streamGivesTheFramesOfTheWhole() {
        SeededGenerator.withSeeds(20) { generator in
            let samples = AudioGoldens.signal(Int.random(in: 1...2500, using: &generator))
            var whole = SpeakerFeatures.melSpectrogram
            var stream = MelStream(SpeakerFeatures.melSpectrogram)
            var values: [Float] = []
            var position = 0
            while position < samples.count {
                let end = min(samples.count, position + Int.random(in: 1...700, using: &generator))
                values += samples[position..<end].withUnsafeBufferPointer { stream.add($0) }
                position = end
            }
            values += stream.finish()
            #expect(values == whole.frames(of: samples, padding: .zero), "\(generator)")
        }
    }

    @Test func samplesThatAreNoNumbersAreSilence() {
        var stream = MelStream(SpeakerFeatures.melSpectrogram)
        let samples: [Float] = [.nan, .infinity, -.infinity, .greatestFiniteMagnitude, 0.5]
        let values = samples.withUnsafeBufferPointer { stream.add($0) } + stream.finish()
        #expect(values.count == 40)
        #expect(values.allSatisfy { $0.isFinite })
    }
}
