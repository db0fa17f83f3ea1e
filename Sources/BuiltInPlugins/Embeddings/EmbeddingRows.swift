import Foundation
import PluginKit

/// Collects vectors with what they stand for, and writes `embeddings/{name}.npy` and `embeddings/{name}.json`.
struct EmbeddingRows {
    private let name: String
    private let model: String
    private var vectors: [[Float]] = []
    private var rows: [EmbeddingIndex.Row] = []

    init(name: String, model: String) {
        self.name = name
        self.model = model
    }

    /// Columns, once there is a row.
    var dimensions: Int? { vectors.first?.count }

    /// Adds a vector of length 1.
    ///
    /// - Returns: its row, to be emitted.
    mutating func append(
        _ vector: [Float], startMs: Int64, endMs: Int64, frame: FrameReference? = nil, text: String? = nil,
        segmentIndex: Int? = nil
    ) -> EmbeddingIndex.Row {
        let row = EmbeddingIndex.Row(
            row: rows.count, startMs: startMs, endMs: endMs, frame: frame, text: text, segmentIndex: segmentIndex)
        vectors.append(vector)
        rows.append(row)
        return row
    }

    /// Writes the files; also without rows, so that readers always find a matrix with the right number of columns.
    ///
    /// - Throws: `PluginError` with `outputFailed`.
    func finish(
        dimensions: Int, sampling: PictureSamplingRecord? = nil, emptyReason: String, context: PluginContext
    ) throws -> StageOutput {
        try context.files.write(NPYWriter.bytes(rows: vectors, dimensions: dimensions), to: "embeddings/\(name).npy")
        let index = EmbeddingIndex(
            model: model, file: "\(name).npy", dimensions: dimensions, sampling: sampling, rows: rows)
        return try context.files.finish(
            document: index, at: "embeddings/\(name).json",
            outcome: rows.isEmpty ? .empty(reason: emptyReason) : .done, counts: ["rows": rows.count])
    }
}
