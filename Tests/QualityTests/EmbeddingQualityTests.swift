import Inference
import MediaValues
import Testing

@testable import BuiltInPlugins

/// Sentence embeddings from text to vector, against the same weights in double precision; recorded by
/// `scripts/golden/sentence-embeddings`.
struct EmbeddingQualityTests {
    private struct Row: Decodable {
        let text: String
        let vector: [Double]
    }

    private func encoder() throws -> TextEncoder {
        let model = try #require(Installed.store).installed("minilm-l6")
        let network = try OpenVINORuntime.shared().compile(path: model.path("network") { $0.hasSuffix(".onnx") })
        let tokenizer = try WordPieceTokenizer(vocabularyFile: model.path("vocabulary") { $0 == "vocab.txt" })
        return try TextEncoder(network: network, tokenizer: tokenizer, model: "minilm-l6")
    }

    private func cosine(_ left: [Double], _ right: [Double]) -> Double {
        func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        return dot(left, right) / (dot(left, left) * dot(right, right)).squareRoot()
    }

    @Test(.enabled(if: Installed.has("minilm-l6"), "needs: video-extract models install minilm-l6"))
    func vectorsAreThoseOfTheReference() async throws {
        let rows = try Installed.fixture("embedding-sentences.json", as: [Row].self)
        #expect(rows.count == 10)
        let encoder = try encoder()
        for row in rows {
            let vector = try await BlockingPool.shared.run { try encoder.encode(row.text).vector.map(Double.init) }
            #expect(cosine(vector, row.vector) >= 0.9999, "\(row.text)")
            #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
        }
    }

    @Test(.enabled(if: Installed.has("minilm-l6"), "needs: video-extract models install minilm-l6"))
    func meaningDecidesWhatIsNear() async throws {
        let encoder = try encoder()
        let texts = ["A man is eating food.", "A man is eating a piece of bread.", "The girl is carrying a baby."]
        let vectors = try await BlockingPool.shared.run {
            try texts.map { try encoder.encode($0).vector.map(Double.init) }
        }
        #expect(abs(cosine(vectors[0], vectors[1]) - 0.755) < 0.001)
        #expect(abs(cosine(vectors[0], vectors[2]) + 0.105) < 0.001)
        #expect(zip(vectors[0], [0.03324, 0.00441, -0.00628, 0.04838]).allSatisfy { abs($0 - $1) < 1e-4 })
    }
}
