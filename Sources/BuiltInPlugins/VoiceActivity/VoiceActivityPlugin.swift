import Inference
import MediaValues
public import PluginKit

/// `vad`: spans that contain speech, streamed span by span.
public struct VoiceActivityPlugin: Plugin {
    /// Read from `config/plugins/`.
    public let manifest: PluginManifest
    private let models: SharedModels

    /// Creates the plugin.
    public init(manifest: PluginManifest, models: SharedModels) {
        self.manifest = manifest
        self.models = models
    }

    /// 16 kHz, one channel.
    public func mediaDemand(for operation: Operation) throws -> MediaDemand { MediaDemand(audio: .speech) }

    /// The voice detector.
    public func requiredModels(for operation: Operation) throws -> [String] { [SharedModels.voiceDetector] }

    /// Finds the spans.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        let operation = input.operation
        var settings = SpeechSegmenter.Settings()
        settings.onset = operation.number("threshold") ?? settings.onset
        // The lower threshold stays the measured 0.15 below the upper one.
        settings.offset = max(0.01, settings.onset - 0.15)
        settings.minimumSpeech = operation.number("min_speech_sec") ?? settings.minimumSpeech
        settings.minimumSilence = operation.number("min_silence_sec") ?? settings.minimumSilence
        settings.padding = operation.number("pad_sec") ?? settings.padding
        var spans: [SpeechActivity.Span] = []
        let durationMs = try await SpeechDetection.run(
            input.feed.audio, model: try await models.voiceDetectorModel(), settings: settings, keepsSamples: false,
            pool: context.pool
        ) { piece in
            let span = SpeechActivity.Span(
                startMs: milliseconds(piece.span.start), endMs: milliseconds(piece.span.end),
                confidence: piece.span.confidence.rounded(decimals: 3))
            spans.append(span)
            try await context.emit(PartialResult(span))
            return true
        }
        let activity = SpeechActivity(
            model: SharedModels.voiceDetector, segments: spans, durationMs: durationMs)
        return try context.files.finish(
            document: activity, at: "vad.json",
            outcome: spans.isEmpty ? .empty(reason: "no speech was found") : .done, counts: ["segments": spans.count])
    }
}
