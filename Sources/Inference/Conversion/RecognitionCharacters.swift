/// The characters that a PP-OCR recognition network knows, which its file carries in the metadata entry `character`.
enum RecognitionCharacters {
    /// One character a line, in the order of the network's classes (without the blank before and the space after them).
    ///
    /// - Throws: ``InferenceError`` (`corruptModel`) when the network has no such entry.
    static func text(fromNetwork bytes: [UInt8]) throws -> [UInt8] {
        let file = try? bytes.withUnsafeBytes { try ONNXFile($0) }
        guard let characters = file?.metadata["character"], !characters.isEmpty else {
            throw InferenceError(
                .corruptModel, "the recognition network carries no list of characters; install the model again")
        }
        return Array((characters.hasSuffix("\n") ? characters : characters + "\n").utf8)
    }
}
