import Foundation
import Inference
import MediaValues

/// What telling voices apart needs of a recording: where there is speech, its mel spectrogram there, and its loudness.
///
/// One pass over 16 kHz mono samples, none of which are kept. The settings are those measured best for this purpose on
/// telephone and far-field recordings: eager thresholds and long pauses, so that turns are cut by voice and not by
/// breath; loudness over a stricter notion of speech.
struct SpeakerFeatures: Sendable {
    /// Power that the voices are brought to, in decibels of full scale: the encoder hears power, not its logarithm, and
    /// tells voices apart best at this level (equal error rate 20 %, without it 41 %).
    static let targetLevel = -22.0
    /// Frames of one window of the encoder: 1.6 s.
    static let windowFrames = 160

    private static var speechSettings: SpeechSegmenter.Settings {
        var settings = SpeechSegmenter.Settings()
        settings.onset = 0.3
        settings.offset = 0.2
        settings.minimumSilence = 0.8
        settings.padding = 0.15
        return settings
    }

    private static var levelSettings: SpeechSegmenter.Settings {
        var settings = SpeechSegmenter.Settings()
        settings.minimumSilence = 0.1
        settings.padding = 0
        return settings
    }

    /// Power mel bands as librosa makes them by default: 25 ms Hann windows every 10 ms, 40 Slaney bands up to 8 kHz.
    static var melSpectrogram: MelSpectrogram {
        MelSpectrogram(
            sampleRate: SileroVAD.sampleRate, frameSize: 400, hop: 160, bands: SpeakerMel.bands, lowest: 0,
            highest: 8000, scale: .slaney, hasUnitArea: true, output: .power)
    }

    /// Stretches of speech in seconds, in order; complete after ``finish()``.
    private(set) var segments: [SpeechSegmenter.Span] = []
    private(set) var mel = SpeakerMel()
    private(set) var sampleCount = 0
    private var detector: SileroVAD
    private var segmenter = SpeechSegmenter(settings: speechSettings)
    private var levelSegmenter = SpeechSegmenter(settings: levelSettings)
    private var level = SpeechLevel(windowSize: SileroVAD.windowSize)
    private var melStream = MelStream(melSpectrogram)

    /// Begins a recording.
    init(detector: InferenceModel) { self.detector = SileroVAD(model: detector) }

    var duration: Double { Double(sampleCount) / Double(SileroVAD.sampleRate) }

    /// What mel power must be multiplied by to bring the speech to ``targetLevel``.
    var gain: Float { Float(powerRatio(decibels: Self.targetLevel - level.decibels)) }

    /// Takes the next samples. Blocking, about 2 ms for each second of audio.
    mutating func add(_ samples: UnsafeBufferPointer<Float>) throws {
        sampleCount += samples.count
        level.add(samples)
        mel.append(melStream.add(samples))
        take(try detector.feed(samples))
        release()
    }

    /// Ends the recording. Blocking.
    mutating func finish() throws {
        level.finish()
        mel.append(melStream.finish())
        if let last = try detector.finish() { take([last]) }
        segments += segmenter.finish(duration: duration)
        count(levelSegmenter.finish(duration: duration))
    }

    private mutating func take(_ probabilities: [Float]) {
        segments += segmenter.add(probabilities)
        count(levelSegmenter.add(probabilities))
    }

    private mutating func count(_ spans: [SpeechSegmenter.Span]) {
        for span in spans {
            let first = (span.start / SpeechSegmenter.windowSeconds).rounded()
            let end = (span.end / SpeechSegmenter.windowSeconds).rounded(.up)
            level.countSpeech(Int(first)..<max(Int(first), Int(end)))
        }
    }

    private mutating func release() {
        level.release(before: Int(levelSegmenter.retainedFrom / SpeechSegmenter.windowSeconds) - 1)
        // A short stretch of speech gets a window that reaches beyond it on both sides.
        let margin = Self.windowFrames
        let frames = Double(SpeakerMel.framesPerSecond)
        // No buffer is long enough for more stretches than these.
        let recent = segments.suffix(64).map { span in
            (Int(span.start * frames) - margin)..<(Int(span.end * frames) + margin)
        }
        mel.release(before: Int(segmenter.retainedFrom * frames) - margin, except: recent[...])
    }
}

/// A ratio of powers from decibels.
func powerRatio(decibels: Double) -> Double { pow(10, decibels / 10) }
