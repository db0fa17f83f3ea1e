import Inference
import MediaValues
public import PluginKit

/// `audio-embeddings`: a vector for every ten seconds of the sound track, to search sound by description or example.
public struct AudioEmbeddingsPlugin: Plugin {
    /// Read from `config/plugins/`.
    public let manifest: PluginManifest
    private let models: SharedModels

    /// Creates the plugin.
    public init(manifest: PluginManifest, models: SharedModels) {
        self.manifest = manifest
        self.models = models
    }

    /// 48 kHz, one channel.
    public func mediaDemand(for operation: Operation) throws -> MediaDemand {
        MediaDemand(audio: AudioDemand(sampleRate: AudioFrontEnd.sampleRate, channels: 1))
    }

    /// The encoder.
    public func requiredModels(for operation: Operation) throws -> [String] { [try modelName(operation)] }

    private func modelName(_ operation: Operation) throws -> String {
        try models.model(of: operation, task: "audio-embeddings")
    }

    /// Embeds the windows, several at a time, while later audio is decoded.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        let model = try modelName(input.operation)
        let hop = input.operation.number("hop_sec") ?? 10
        let encoder = try AudioEncoder(
            network: try await models.network(model, context: context).network, model: model)
        let windows = BoundedChannel<AudioWindows.Window>(capacity: 1)
        async let cut: Void = cut(input.feed.audio, hop: hop, into: windows)
        var rows = EmbeddingRows(name: "audio", model: model)
        do {
            try await windows.mapInOrder(width: context.threads) { window in
                let vector = try await context.pool.run {
                    var frontEnd = AudioFrontEnd()
                    return try encoder.encode(frontEnd.features(window.samples))
                }
                return (window, vector)
            } consume: { window, vector in
                guard let vector else {
                    throw PluginError(.invalidModel, "the model \(model) gave a vector without a direction")
                }
                let row = rows.append(
                    vector, startMs: milliseconds(ofSample: window.start, sampleRate: AudioFrontEnd.sampleRate),
                    endMs: milliseconds(
                        ofSample: window.start + window.samples.count, sampleRate: AudioFrontEnd.sampleRate))
                try await context.emit(PartialResult(row))
                return true
            }
        } catch {
            windows.abandon()
            throw error
        }
        try await cut
        return try rows.finish(
            dimensions: AudioEncoder.dimensions, emptyReason: "there is no sound", context: context)
    }

    private func cut(
        _ audio: BoundedChannel<AudioBuffer>?, hop: Double, into channel: BoundedChannel<AudioWindows.Window>
    ) async throws {
        let rate = Double(AudioFrontEnd.sampleRate)
        var windows = AudioWindows(
            length: AudioFrontEnd.windowSamples, hop: Int(hop * rate), shortestRest: AudioFrontEnd.sampleRate)
        do {
            if let audio {
                for try await buffer in audio {
                    for window in windows.add(buffer.samples) { guard await channel.push(window) else { return } }
                }
            }
            if let rest = windows.finish() { _ = await channel.push(rest) }
            channel.finish()
        } catch {
            channel.finish(throwing: error)
            throw error
        }
    }
}
