import Inference
import MediaValues
import PluginKit

/// Diarization by the models that sherpa-onnx runs as a whole: pyannote's segmentation, a speaker embedding, clustering.
///
/// The library wants all samples at once, 230 MB for an hour and the same again while it works, so the length is limited.
struct LibraryDiarization: Sendable {
    /// Longest recording in seconds.
    static let maximumSeconds = 3 * 3600

    let diarizers: SpeakerDiarizers
    let store: ModelStore

    func run(
        _ audio: BoundedChannel<AudioBuffer>?, model: String, bounds: SpeakerClustering.Bounds, context: PluginContext
    ) async throws -> DiarizationResult {
        do {
            let diarizer = try await diarizers.diarizer(
                try store.installed(model), options: SpeakerDiarizer.Options(threads: context.threads))
            let samples = try await collect(audio, model: model)
            let turns = try await context.pool.run {
                try samples.withUnsafeBufferPointer { samples in
                    try Self.turns(bounds: bounds) { try diarizer.diarize(samples, speakers: $0) }
                }
            }
            return DiarizationResult(
                method: "sherpa-onnx", segments: Self.segments(turns),
                duration: Double(samples.count) / Double(SpeakerDiarizer.sampleRate))
        } catch {
            throw SharedModels.translated(error)
        }
    }

    private func collect(_ audio: BoundedChannel<AudioBuffer>?, model: String) async throws -> [Float] {
        var samples: [Float] = []
        guard let audio else { return samples }
        for try await buffer in audio {
            samples += buffer.samples
            guard samples.count <= Self.maximumSeconds * SpeakerDiarizer.sampleRate else {
                throw PluginError(
                    .invalidParameter,
                    "diarization: \(model) takes at most \(Self.maximumSeconds / 3600) hours of audio; choose the "
                        + "default model for longer recordings")
            }
        }
        return samples
    }

    /// Lets the number of voices be estimated, and asks for the nearest allowed number where the estimate is outside.
    static func turns(
        bounds: SpeakerClustering.Bounds, diarize: (SpeakerDiarizer.Speakers) throws -> [SpeakerTurn]
    ) throws -> [SpeakerTurn] {
        if let exact = bounds.exact { return try diarize(.exactly(exact)) }
        let estimated = try diarize(.atDistance(0.5))
        let count = Set(estimated.map(\.speaker)).count
        let wanted = min(max(count, bounds.minimum), bounds.maximum ?? .max)
        return wanted == count || count == 0 ? estimated : try diarize(.exactly(wanted))
    }

    /// Voices become `SPEAKER_00`, … in order of appearance; a confidence below 0 is 0.
    private static func segments(_ turns: [SpeakerTurn]) -> [Diarization.Segment] {
        var names: [Int: String] = [:]
        return turns.map { turn in
            let name = names[turn.speaker] ?? SpeakerTurns.speakerName(names.count)
            names[turn.speaker] = name
            return Diarization.Segment(
                startMs: milliseconds(turn.start), endMs: milliseconds(turn.end), speaker: name,
                confidence: turn.confidence.map { Double(min(1, max(0, $0))).rounded(decimals: 3) })
        }
    }
}
