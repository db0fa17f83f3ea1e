/// How one file of a model is made from another at install. The same input gives the same bytes on every machine.
public enum DerivationRecipe: String, Sendable, CaseIterable {
    /// `tokens.txt` for sherpa-onnx from Moonshine's `tokenizer.bin`.
    case moonshineTokens = "moonshine-tokens"
    /// The sentence embedding network all-MiniLM-L6-v2 in ONNX from its `model.safetensors`.
    case miniLM = "minilm-onnx"
    /// The speaker embedding network GE2E in ONNX from Resemblyzer's `pretrained.pt`.
    case speakerEncoder = "ge2e-onnx"
    /// The character list of a PP-OCR recognition network, one a line, from the network's own metadata.
    case recognitionCharacters = "ppocr-keys"

    /// Converts the whole contents of a file.
    ///
    /// - Throws: ``InferenceError`` (`corruptModel`) unless the bytes are such a file.
    func apply(_ bytes: [UInt8]) throws -> [UInt8] {
        switch self {
        case .moonshineTokens: try MoonshineTokens.tokensFile(fromTokenizer: bytes)
        case .miniLM: try MiniLMNetwork.onnx(from: SafeTensors(bytes))
        case .speakerEncoder: try SpeakerEncoderNetwork.onnx(from: TorchCheckpoint(bytes))
        case .recognitionCharacters: try RecognitionCharacters.text(fromNetwork: bytes)
        }
    }
}

/// Named arrays of floats: what the networks are built from.
protocol WeightSource {
    /// The array of that name, row-major.
    ///
    /// - Throws: ``InferenceError`` (`corruptModel`) when there is none or it has another shape.
    func floats(_ name: String, shape: [Int]) throws -> [Float]
}

/// Rearranges weights.
enum WeightLayout {
    /// The transpose of a row-major matrix.
    static func transposed(_ values: [Float], rows: Int, columns: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: rows * columns) { buffer, count in
            values.withUnsafeBufferPointer { source in
                var row = 0
                while row < rows {
                    var column = 0
                    while column < columns {
                        buffer[column * rows + row] = source[row * columns + column]
                        column += 1
                    }
                    row += 1
                }
            }
            count = rows * columns
        }
    }
}
