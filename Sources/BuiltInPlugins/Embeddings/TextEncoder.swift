import Inference
import PluginKit

/// Turns texts into vectors with a sentence-transformers network that pools and normalises by itself.
struct TextEncoder: Sendable {
    /// Columns of all-MiniLM-L6-v2.
    static let dimensions = 384

    private let signature: NetworkSignature
    private let tokenizer: WordPieceTokenizer
    private static let output = TensorRequirement(.name("sentence_embedding"), .f32, [1, .length(dimensions)])

    /// - Throws: `PluginError` with `invalidModel` where the network is another one.
    init(network: InferenceModel, tokenizer: WordPieceTokenizer, model: String) throws {
        signature = NetworkSignature(network: network, model: model)
        self.tokenizer = tokenizer
        try signature.require(
            inputs: ["input_ids", "attention_mask"].map { .init(.name($0), .i64, [1, nil]) }, outputs: [Self.output])
    }

    /// The vector of a text, of length 1, and how many of its tokens were left out. Blocks, about 3 ms for a sentence.
    ///
    /// - Throws: `PluginError` with `invalidModel` where the network fails.
    func encode(_ text: String) throws -> (vector: [Float], dropped: Int) {
        let encoding = tokenizer.encode(text)
        // One text at a time: batches gain nothing on processors, and padding would cost.
        let shape = [1, encoding.ids.count]
        let mask = [Int64](repeating: 1, count: encoding.ids.count)
        let vector = try signature.floats(of: Self.output) { session in
            try encoding.ids.withUnsafeBufferPointer { ids in
                try mask.withUnsafeBufferPointer { mask in
                    try session.run([
                        .integers(.name("input_ids"), ids, shape: shape),
                        .integers(.name("attention_mask"), mask, shape: shape),
                    ])
                }
            }
        }
        return (vector, encoding.dropped)
    }
}
