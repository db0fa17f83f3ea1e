import MediaDecoding
import MediaValues
public import PluginKit
import Synchronization

/// `audio`: the sound track as PCM WAV.
public struct AudioPlugin: Plugin {
    /// Read from `config/plugins/`.
    public let manifest: PluginManifest

    /// Creates the plugin.
    public init(manifest: PluginManifest) { self.manifest = manifest }

    /// Samples at the wanted rate.
    public func mediaDemand(for operation: Operation) throws -> MediaDemand {
        MediaDemand(
            audio: AudioDemand(sampleRate: operation.integer("sample_rate"), channels: operation.integer("channels")))
    }

    /// Writes the samples as they come.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        let path = try context.files.prepare("audio.wav")
        let rate = input.operation.integer("sample_rate") ?? 16000
        let channels = input.operation.integer("channels") ?? 1
        let writer = try SharedWriter(WAVWriter(path: path, sampleRate: rate, channels: channels))
        if let audio = input.feed.audio {
            for try await buffer in audio {
                try await context.pool.run { try writer.append(buffer.samples) }
            }
        }
        let count = try await context.pool.run { try writer.finish() }
        let track = AudioTrack(
            file: "audio.wav", encoding: "pcm_s16le", sampleRate: rate, channels: channels, sampleCount: count)
        return try context.files.finish(
            document: track, at: "audio.json",
            outcome: count == 0 ? .empty(reason: "the audio track holds no samples") : .done,
            counts: ["samples": Int(count)])
    }
}

/// A writer that blocking jobs share, one after the other.
private final class SharedWriter: Sendable {
    private let writer: Mutex<WAVWriter>

    init(_ writer: sending WAVWriter) { self.writer = Mutex(writer) }

    func append(_ samples: [Float]) throws { try writer.withLock { try $0.append(samples) } }

    /// Completes the file; returns the samples per channel.
    func finish() throws -> Int64 {
        try writer.withLock { writer in
            try writer.finish()
            return writer.frameCount
        }
    }
}
