import Foundation
import Inference
import MediaValues
public import PluginKit

/// `diarization`: who spoke when.
///
/// While the audio is decoded, the voice detector and the mel spectrogram run over it; the samples themselves are not
/// kept. Then every window of speech becomes a vector, the vectors are clustered into voices, and each tenth of a second
/// goes to the voice that it is nearest to. One voice at a time: of people who talk at once, the clearest is named.
public struct DiarizationPlugin: Plugin {
    /// Read from `config/plugins/`.
    public let manifest: PluginManifest
    private let models: SharedModels

    /// Creates the plugin.
    public init(manifest: PluginManifest, models: SharedModels) {
        self.manifest = manifest
        self.models = models
    }

    /// 16 kHz, one channel.
    public func mediaDemand(for operation: PluginKit.Operation) throws -> MediaDemand {
        _ = try Self.bounds(operation)
        return MediaDemand(audio: .speech)
    }

    /// The speaker encoder with the voice detector, or a model that does all by itself.
    public func requiredModels(for operation: PluginKit.Operation) throws -> [String] {
        let model = try modelName(operation)
        return try isComplete(model) ? [model] : [SharedModels.voiceDetector, model]
    }

    /// Whether the model finds speech and voices by itself.
    private func isComplete(_ model: String) throws -> Bool {
        do {
            return try models.store.catalogue.entry(model).family == "sherpa-diarization"
        } catch {
            throw SharedModels.translated(error)
        }
    }

    private func modelName(_ operation: PluginKit.Operation) throws -> String {
        try models.model(of: operation, task: "diarization")
    }

    /// The number of speakers asked for; contradictions are refused.
    static func bounds(_ operation: PluginKit.Operation) throws -> SpeakerClustering.Bounds {
        let bounds = SpeakerClustering.Bounds(
            exact: operation.integer("num_speakers"), minimum: operation.integer("min_speakers") ?? 1,
            maximum: operation.integer("max_speakers"))
        let most = bounds.maximum ?? .max
        guard bounds.minimum <= most else {
            throw PluginError(
                .invalidParameter,
                "diarization: min_speakers (\(bounds.minimum)) must not be above max_speakers (\(most))")
        }
        if let exact = bounds.exact, !(bounds.minimum...most).contains(exact) {
            throw PluginError(
                .invalidParameter,
                "diarization: num_speakers (\(exact)) is outside of min_speakers and max_speakers; leave these out")
        }
        return bounds
    }

    /// Tells the voices apart.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        let model = try modelName(input.operation)
        let bounds = try Self.bounds(input.operation)
        let result =
            try isComplete(model)
            ? try await LibraryDiarization(diarizers: models.diarizers, store: models.store).run(
                input.feed.audio, model: model, bounds: bounds, context: context)
            : try await diarize(input.feed.audio, model: model, bounds: bounds, context: context)
        let segments = result.segments
        for segment in segments { try await context.emit(PartialResult(segment)) }
        let transcript = try await input.results()[.transcription]?.document(as: Transcript.self)
        let document = Diarization(
            model: model, method: result.method, isSpeakerCountEstimated: bounds.exact == nil, segments: segments,
            transcript: transcript.map { TranscriptSpeakers.assign($0, turns: segments) },
            durationMs: milliseconds(result.duration))
        return try finish(document, context: context)
    }

    private func diarize(
        _ audio: BoundedChannel<AudioBuffer>?, model: String, bounds: SpeakerClustering.Bounds, context: PluginContext
    ) async throws -> DiarizationResult {
        // Loading takes a large part of a short run, so it goes on while the audio is heard.
        async let encoder = encoder(model, context: context)
        let features = try await listen(audio, context: context)
        let windows = SpeakerWindows(
            segments: features.segments.map { ($0.start, $0.end) }, frameCount: features.mel.frameCount)
        var result = DiarizationResult(method: "average-linkage", segments: [], duration: features.duration)
        guard !windows.starts.isEmpty else { return result }
        let vectors = try await encoder.encode(windows, mel: features.mel, gain: features.gain, context: context)
        result.segments = try await cluster(vectors, windows: windows, bounds: bounds, context: context)
        return result
    }

    private func encoder(_ model: String, context: PluginContext) async throws -> VoiceEncoder {
        try VoiceEncoder(network: try await models.network(model, context: context).network, model: model)
    }

    private func listen(
        _ audio: BoundedChannel<AudioBuffer>?, context: PluginContext
    ) async throws -> SpeakerFeatures {
        // Guarded rather than copied from step to step: it grows with the recording.
        let features = Guarded(SpeakerFeatures(detector: try await models.voiceDetectorModel()))
        if let audio {
            for try await buffer in audio {
                try await context.pool.run {
                    try features.withLock { features in
                        try buffer.samples.withUnsafeBufferPointer { try features.add($0) }
                    }
                }
            }
        }
        return try await context.pool.run {
            try features.withLock { features in
                try features.finish()
                return features
            }
        }
    }

    private func cluster(
        _ vectors: VoiceVectors, windows: SpeakerWindows, bounds: SpeakerClustering.Bounds, context: PluginContext
    ) async throws -> [Diarization.Segment] {
        let cancellation = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await context.pool.run {
                let step = SpeakerClustering.step(windows: vectors.count)
                let centroids = try SpeakerClustering.centroids(
                    of: vectors, sampled: windows.sampled(every: step), step: step, bounds: bounds
                ) { cancellation.isSet }
                let turns = SpeakerTurns.turns(
                    windows: windows, products: vectors.products(with: centroids), voices: centroids.count)
                return SpeakerTurns.segments(turns)
            }
        } onCancel: {
            cancellation.set()
        }
    }

    private func finish(_ diarization: Diarization, context: PluginContext) throws -> StageOutput {
        let isEmpty = diarization.segments.isEmpty
        if !isEmpty {
            let text = RTTM.text(diarization.segments, file: "audio")
            try context.files.write(Data(text.utf8), to: "diarization.rttm")
        }
        return try context.files.finish(
            document: diarization, at: "diarization.json",
            outcome: isEmpty ? .empty(reason: "no speech was found") : .done,
            counts: ["speakers": diarization.speakers.count, "segments": diarization.segments.count])
    }
}

/// What a method found.
struct DiarizationResult: Sendable {
    /// How voices were grouped.
    var method: String
    var segments: [Diarization.Segment]
    /// Seconds of audio.
    var duration: Double
}
