import FoundationEssentials

/// `model.json` in a model's folder: what was installed, so that a run need not hash the files again.
struct ModelManifest: Codable, Sendable, Equatable {
    struct File: Codable, Sendable, Equatable {
        var name: String
        var size: Int64
        var sha256: String
        var modifiedNs: Int64

        enum CodingKeys: String, CodingKey {
            case name, size, sha256
            case modifiedNs = "modified_ns"
        }
    }

    static let fileName = "model.json"

    var version = 1
    var id: String
    var family: String
    var files: [File]

    var digest: String { ModelDigest.of(files: files.map { ($0.name, $0.sha256) }) }

    static func read(folder: String) throws -> ModelManifest {
        let bytes = try ModelFiles.read("\(folder)/\(fileName)")
        do {
            return try JSONDecoder().decode(ModelManifest.self, from: Data(bytes))
        } catch {
            throw InferenceError(.corruptModel, "\(folder)/\(fileName) is damaged", underlying: "\(error)")
        }
    }

    func write(folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try ModelFiles.write(Array(encoder.encode(self)), to: "\(folder)/\(Self.fileName)")
    }
}
