import Configuration

/// One model of the catalogue.
public struct ModelEntry: Sendable, Equatable {
    /// Unique name, also that of the model's folder.
    public let id: String
    /// What it is for: `transcription`, `vad`, `object-detection`, …
    public let task: String
    /// One line for people.
    public let description: String
    /// Name of the licence of the weights.
    public let licence: String
    /// Whether `models install --default` includes it.
    public let isDefault: Bool
    /// BCP 47 tags of the spoken languages; `*` stands for many; empty where language plays no part.
    public let languages: [String]
    /// The library that runs it: `sherpa-onnx` or `openvino`.
    public let runtime: String
    /// How inputs and outputs look: `moonshine`, `whisper`, `silero-vad-sequence`, …
    public let family: String
    /// Whether the digests were computed from the files themselves rather than copied from a publisher.
    public let digestVerified: Bool
    /// The files of its folder.
    public let files: [ModelFile]
    /// Files that are fetched only to derive others from them, and not kept.
    public let transientFiles: [ModelFile]

    /// Size of all files in bytes; nil where the catalogue lacks one.
    public var size: Int64? {
        files.reduce(0 as Int64?) { sum, file in sum.flatMap { sum in file.size.map { sum + $0 } } }
    }

    /// Digest over the file digests of the catalogue, which an intact installation shares; nil where one is not given.
    public var digest: String? {
        let digests = files.compactMap(\.sha256)
        return digests.count == files.count ? ModelDigest.of(files: zip(files.map(\.name), digests)) : nil
    }

    /// - Parameter folder: that of the catalogue file, which relative paths refer to; nil where there is none.
    init(reader: inout MappingReader, folder: String?) throws {
        id = try reader.string("id")
        task = try reader.string("task")
        description = try reader.optionalString("description") ?? id
        licence = try reader.optionalString("licence") ?? "not stated"
        isDefault = try reader.optionalBool("default") ?? false
        languages = try reader.optionalStrings("languages") ?? []
        runtime = try reader.optionalChoice("runtime", of: ["sherpa-onnx", "openvino"]) ?? "openvino"
        family = try reader.string("family")
        let verified = try reader.optionalBool("digest_verified") ?? true
        digestVerified = verified
        let all = try reader.mappings("files") {
            try ModelFile(reader: &$0, digestVerified: verified, folder: folder)
        }
        files = all.filter { !$0.isTransient }
        transientFiles = all.filter(\.isTransient)
        guard ModelFile.isPlainName(id) else { throw reader.node.failure("a model id is a plain file name") }
        guard !files.isEmpty else { throw reader.node.failure("model \"\(id)\" has no files") }
        let names = all.map(\.name)
        guard Set(names).count == names.count else { throw reader.node.failure("model \"\(id)\" names a file twice") }
        for case .derived(let from, _) in all.map(\.origin) where !names.contains(from) {
            throw reader.node.failure("\"\(from)\", from which a file is derived, is not a file of model \"\(id)\"")
        }
    }
}

enum ModelDigest {
    /// Digest over names and digests, independent of their order.
    static func of(files: some Sequence<(String, String)>) -> String {
        var hash = SHA256()
        let text = files.map { "\($0.0)\n\($0.1)\n" }.sorted().joined()
        Array(text.utf8).withUnsafeBytes { hash.update($0) }
        return hash.hexDigest()
    }

    static func isSHA256(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
