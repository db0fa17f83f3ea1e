import Inference
import MediaValues
import PluginKit

/// Runs the voice detector and the segmenter over a stream of 16 kHz mono audio, keeping only the samples that a
/// later span may still need.
struct SpeechDetection: Sendable {
    /// A span with its samples.
    struct Piece: Sendable {
        var span: SpeechSegmenter.Span
        var samples: [Float]
    }

    static let sampleRate = 16_000

    private var detector: SileroVAD
    private var segmenter: SpeechSegmenter
    private let keepsSamples: Bool
    private var samples: [Float] = []
    /// Position of `samples[0]` in the stream.
    private var base = 0
    private(set) var sampleCount = 0

    init(model: InferenceModel, settings: SpeechSegmenter.Settings, keepsSamples: Bool) {
        detector = SileroVAD(model: model)
        segmenter = SpeechSegmenter(settings: settings)
        self.keepsSamples = keepsSamples
    }

    var durationMs: Int64 { milliseconds(Double(sampleCount) / Double(Self.sampleRate)) }

    /// Takes the next samples. Blocking, about 1 ms for each second of audio.
    mutating func add(_ buffer: AudioBuffer) throws -> [Piece] {
        sampleCount += buffer.samples.count
        if keepsSamples { samples += buffer.samples }
        let probabilities = try buffer.samples.withUnsafeBufferPointer { try detector.feed($0) }
        let pieces = segmenter.add(probabilities).map(piece)
        release()
        return pieces
    }

    /// Ends the stream. Blocking.
    mutating func finish() throws -> [Piece] {
        var spans: [SpeechSegmenter.Span] = []
        if let last = try detector.finish() { spans += segmenter.add([last]) }
        spans += segmenter.finish(duration: Double(sampleCount) / Double(Self.sampleRate))
        return spans.map(piece)
    }

    /// Runs over a whole stream on the blocking pool and hands over each piece as it ends; `take` returns false to stop.
    ///
    /// - Returns: the length of the audio seen, in milliseconds.
    static func run(
        _ audio: BoundedChannel<AudioBuffer>?, model: InferenceModel, settings: SpeechSegmenter.Settings,
        keepsSamples: Bool, pool: BlockingPool, take: (Piece) async throws -> Bool
    ) async throws -> Int64 {
        var detection = SpeechDetection(model: model, settings: settings, keepsSamples: keepsSamples)
        if let audio {
            for try await buffer in audio {
                let state = detection
                let (next, pieces) = try await pool.run {
                    var state = state
                    let pieces = try state.add(buffer)
                    return (state, pieces)
                }
                detection = next
                for piece in pieces { guard try await take(piece) else { return detection.durationMs } }
            }
        }
        let state = detection
        let rest = try await pool.run {
            var state = state
            return try state.finish()
        }
        for piece in rest { guard try await take(piece) else { break } }
        return detection.durationMs
    }

    private func piece(_ span: SpeechSegmenter.Span) -> Piece {
        guard keepsSamples else { return Piece(span: span, samples: []) }
        let from = max(0, Int(span.start * Double(Self.sampleRate)) - base)
        let to = min(samples.count, Int(span.end * Double(Self.sampleRate)) - base)
        return Piece(span: span, samples: from < to ? Array(samples[from..<to]) : [])
    }

    /// Lets go of what no later span can begin in, in steps of a second or more.
    private mutating func release() {
        let unneeded = Int(segmenter.retainedFrom * Double(Self.sampleRate)) - base
        guard unneeded >= Self.sampleRate else { return }
        let count = min(unneeded, samples.count)
        samples.removeFirst(count)
        base += count
    }
}
