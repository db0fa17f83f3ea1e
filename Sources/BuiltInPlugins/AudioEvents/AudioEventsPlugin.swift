import Inference
import MediaValues
public import PluginKit

/// `audio-events`: which sounds are heard when — speech, music, applause, an engine — where a model for it is installed.
public struct AudioEventsPlugin: Plugin {
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

    /// The tagger.
    public func requiredModels(for operation: Operation) throws -> [String] { [try modelName(operation)] }

    private func modelName(_ operation: Operation) throws -> String {
        try models.model(of: operation, task: "audio-events")
    }

    /// Listens to window after window while later audio is decoded.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        let model = try modelName(input.operation)
        let tagger = try await tagger(model, threads: context.threads)
        let rate = AudioTagger.sampleRate
        let length = Int((input.operation.number("window_sec") ?? 4) * Double(rate))
        let top = input.operation.integer("top") ?? 5
        let threshold = input.operation.number("threshold") ?? 0.3
        var windows = AudioWindows(length: length, hop: length, shortestRest: rate / 2)
        var builder = AudioEventBuilder(threshold: threshold, sampleRate: rate)
        func hear(_ window: AudioWindows.Window) async throws {
            let tags = try await context.pool.run {
                try window.samples.withUnsafeBufferPointer { try tagger.tag($0, top: top) }
            }
            let heard = tags.map { (label: $0.label, probability: Double($0.probability)) }
            for event in builder.add(heard, start: window.start, end: window.start + window.samples.count) {
                try await context.emit(PartialResult(event))
            }
        }
        do {
            if let audio = input.feed.audio {
                for try await buffer in audio {
                    for window in windows.add(buffer.samples) { try await hear(window) }
                }
            }
            if let rest = windows.finish() { try await hear(rest) }
        } catch {
            throw SharedModels.translated(error)
        }
        for event in builder.finish() { try await context.emit(PartialResult(event)) }
        let document = AudioEventList(
            model: model, events: builder.events,
            durationMs: milliseconds(Double(windows.sampleCount) / Double(rate)))
        return try context.files.finish(
            document: document, at: "audio_events.json",
            outcome: document.events.isEmpty
                ? .empty(reason: "no sound was recognised with a probability of \(threshold) or more") : .done,
            counts: ["events": document.events.count])
    }

    private func tagger(_ name: String, threads: Int) async throws -> AudioTagger {
        do {
            return try await models.taggers.tagger(try models.store.installed(name), threads: threads)
        } catch {
            throw SharedModels.translated(error)
        }
    }
}
