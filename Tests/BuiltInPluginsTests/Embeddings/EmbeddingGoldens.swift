import Foundation

/// Recorded answers of the reference implementations; each was made by a script of `scripts/golden/`.
enum EmbeddingGoldens {
    /// `Fixtures/{name}.json` beside this file.
    static func data(_ name: String) throws -> Data {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        return try Data(contentsOf: folder.appendingPathComponent("Fixtures/\(name).json"))
    }
}
