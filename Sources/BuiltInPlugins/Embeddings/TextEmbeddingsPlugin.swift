import Foundation
import Inference
import MediaValues
public import PluginKit

/// `text-embeddings`: a vector for each segment of the transcript, to search speech by meaning.
public struct TextEmbeddingsPlugin: Plugin {
    /// Read from `config/plugins/`.
    public let manifest: PluginManifest
    private let models: SharedModels
    /// By digest of the model: reading a vocabulary takes longer than embedding a sentence.
    private let tokenizers = Guarded<[String: WordPieceTokenizer]>([:])

    /// Creates the plugin.
    public init(manifest: PluginManifest, models: SharedModels) {
        self.manifest = manifest
        self.models = models
    }

    /// The sentence encoder.
    public func requiredModels(for operation: PluginKit.Operation) throws -> [String] { [try modelName(operation)] }

    private func modelName(_ operation: PluginKit.Operation) throws -> String {
        try models.model(of: operation, task: "text-embeddings")
    }

    /// Embeds the segments, several at a time.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        let model = try modelName(input.operation)
        guard let transcription = try await input.results()[.transcription] else {
            throw PluginError(.pluginFault, "text-embeddings was started without a transcript")
        }
        let segments = try transcription.document(as: Transcript.self).segments
            .filter { !$0.text.allSatisfy(\.isWhitespace) }
        var rows = EmbeddingRows(name: "text", model: model)
        guard !segments.isEmpty else {
            return try finish(rows, context: context)
        }
        let encoder = try await encoder(model, context: context)
        let texts = BoundedChannel<Transcript.Segment>(capacity: 1)
        async let sent: Void = send(segments, to: texts)
        var cut = 0
        try await texts.mapInOrder(width: context.threads) { segment in
            (segment, try await context.pool.run { try encoder.encode(segment.text) })
        } consume: { segment, encoded in
            if encoded.dropped > 0 { cut += 1 }
            let row = rows.append(
                encoded.vector, startMs: segment.startMs, endMs: segment.endMs, text: segment.text,
                segmentIndex: segment.index)
            try await context.emit(PartialResult(row))
            return true
        }
        await sent
        if cut > 0 {
            context.warn(
                "\(cut == 1 ? "1 segment is" : "\(cut) segments are") longer than the \(WordPieceTokenizer.maximumTokens) "
                    + "tokens that \(model) takes, so that only the beginning was embedded; a lower max_segment_sec of "
                    + "transcription gives shorter ones")
        }
        return try finish(rows, context: context)
    }

    private func finish(_ rows: EmbeddingRows, context: PluginContext) throws -> StageOutput {
        try rows.finish(dimensions: TextEncoder.dimensions, emptyReason: "nothing was said", context: context)
    }

    private func encoder(_ name: String, context: PluginContext) async throws -> TextEncoder {
        let (network, model) = try await models.network(name, context: context)
        do {
            let path = try model.path("vocabulary") { $0 == "vocab.txt" }
            if let known = tokenizers.withLock({ $0[model.digest] }) {
                return try TextEncoder(network: network, tokenizer: known, model: name)
            }
            let tokenizer = try await context.pool.run { try WordPieceTokenizer(vocabularyFile: path) }
            tokenizers.withLock { $0[model.digest] = tokenizer }
            return try TextEncoder(network: network, tokenizer: tokenizer, model: name)
        } catch {
            throw SharedModels.translated(error)
        }
    }

    private func send(_ segments: [Transcript.Segment], to channel: BoundedChannel<Transcript.Segment>) async {
        for segment in segments {
            guard await channel.push(segment) else { return }
        }
        channel.finish()
    }
}
