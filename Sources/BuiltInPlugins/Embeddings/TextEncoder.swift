import Inference
import PluginKit

/// Turns texts into vectors with a sentence-transformers network that pools and normalises by itself.
struct TextEncoder: Sendable {
    /// Columns of all-MiniLM-L6-v2.
    static let dimensions = 384

    let network: InferenceModel
    let tokenizer: WordPieceTokenizer
    let contract: TensorContract

    init(network: InferenceModel, tokenizer: WordPieceTokenizer, model: String) {
        self.network = network
        self.tokenizer = tokenizer
        contract = TensorContract(
            model: model, inputs: "input_ids and attention_mask int64 [1,tokens]",
            output: "sentence_embedding float32 [1,\(Self.dimensions)]")
    }

    /// The vector of a text, of length 1, and how many of its tokens were left out. Blocks, about 3 ms for a sentence.
    ///
    /// - Throws: `PluginError` with `invalidModel` where the network is another one.
    func encode(_ text: String) throws -> (vector: [Float], dropped: Int) {
        let encoding = tokenizer.encode(text)
        // One text at a time: batches gain nothing on processors, and padding would cost.
        let shape = [1, encoding.ids.count]
        let mask = [Int64](repeating: 1, count: encoding.ids.count)
        let vector = try contract.checked {
            try network.withSession { session in
                try encoding.ids.withUnsafeBufferPointer { ids in
                    try mask.withUnsafeBufferPointer { mask in
                        try session.run([
                            .integers(.name("input_ids"), ids, shape: shape),
                            .integers(.name("attention_mask"), mask, shape: shape),
                        ])
                    }
                }
                return try session.withFloats(.name("sentence_embedding")) { values, shape in
                    try contract.check(shape, isValid: shape == [1, Self.dimensions])
                    return Array(values)
                }
            }
        }
        return (vector, encoding.dropped)
    }
}
