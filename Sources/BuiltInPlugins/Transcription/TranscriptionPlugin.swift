import Foundation
import Inference
import MediaValues
public import PluginKit

/// `transcription`: speech to text, streamed segment by segment.
///
/// Audio flows through the voice detector; each stretch of speech goes to the recogniser as soon as it has ended, while
/// later audio is still being decoded. Silence never reaches the recogniser, so none of its text is invented.
public struct TranscriptionPlugin: Plugin {
    /// Read from `config/plugins/`.
    public let manifest: PluginManifest
    private let models: SharedModels

    /// Creates the plugin.
    public init(manifest: PluginManifest, models: SharedModels) {
        self.manifest = manifest
        self.models = models
    }

    /// 16 kHz, one channel.
    public func mediaDemand(for operation: PluginKit.Operation) throws -> MediaDemand { MediaDemand(audio: .speech) }

    /// The voice detector and the recogniser.
    public func requiredModels(for operation: PluginKit.Operation) throws -> [String] {
        let model = try modelName(operation)
        try models.checkLanguage(operation.text("language"), of: model)
        return [SharedModels.voiceDetector, model]
    }

    private func modelName(_ operation: PluginKit.Operation) throws -> String {
        try models.model(of: operation, task: "transcription")
    }

    /// Transcribes.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        let model = try modelName(input.operation)
        let language = input.operation.text("language")
        let longest = input.operation.number("max_segment_sec") ?? 10
        // Loading takes longer than anything else in a short run, so it begins before the audio does.
        async let recognizer = models.recognizer(model, language: language, threads: context.threads)
        let detector = try await models.voiceDetectorModel()
        let pieces = BoundedChannel<SpeechDetection.Piece>(capacity: 4)
        async let durationMs = detect(input, detector: detector, longest: longest, into: pieces, context: context)
        var transcript = TranscriptBuilder(language: language)
        do {
            let recognizer = try await recognizer
            let width = recognizer.decodesInParallel ? context.threads : 1
            try await pieces.mapInOrder(width: width) { piece in
                try await context.pool.run {
                    (piece.span, try piece.samples.withUnsafeBufferPointer { try recognizer.transcribe($0) })
                }
            } consume: { span, speech in
                for segment in transcript.add(speech, span: span) { try await context.emit(PartialResult(segment)) }
                return true
            }
        } catch {
            pieces.abandon()
            throw error
        }
        let document = Transcript(
            model: model, language: transcript.language ?? models.onlyLanguage(of: model),
            segments: transcript.segments, durationMs: try await durationMs)
        return try finish(document, context: context)
    }

    /// Sends the stretches of speech on as they end; returns the length of the audio.
    private func detect(
        _ input: StageInput, detector: InferenceModel, longest: Double,
        into pieces: BoundedChannel<SpeechDetection.Piece>, context: PluginContext
    ) async throws -> Int64 {
        var settings = SpeechSegmenter.Settings()
        settings.mergeGap = 1.0
        settings.maximumLength = longest
        do {
            let duration = try await SpeechDetection.run(
                input.feed.audio, model: detector, settings: settings, keepsSamples: true, pool: context.pool
            ) { await pieces.push($0) }
            pieces.finish()
            return duration
        } catch {
            pieces.finish(throwing: error)
            throw error
        }
    }

    private func finish(_ transcript: Transcript, context: PluginContext) throws -> StageOutput {
        let isEmpty = transcript.segments.isEmpty
        if !isEmpty {
            try context.files.write(Data(SubtitleText.srt(transcript.segments).utf8), to: "transcription.srt")
            try context.files.write(Data(SubtitleText.vtt(transcript.segments).utf8), to: "transcription.vtt")
        }
        return try context.files.finish(
            document: transcript, at: "transcription.json",
            outcome: isEmpty ? .empty(reason: "no speech was found") : .done,
            counts: ["segments": transcript.segments.count])
    }
}
