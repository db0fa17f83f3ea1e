import Configuration

/// The models that can be installed, in the order of the catalogue file (`config/models.yaml`).
public struct ModelCatalogue: Sendable {
    /// All entries.
    public let models: [ModelEntry]

    /// Reads a catalogue file; files that it names by path are looked for beside it.
    ///
    /// - Throws: `ConfigurationError` with file, line and key.
    public static func load(path: String) throws -> ModelCatalogue {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return try ModelCatalogue(document: ConfigurationDocument.load(path: path), folder: folder)
    }

    /// Reads catalogue text; `fileName` appears in errors.
    ///
    /// - Throws: `ConfigurationError` with file, line and key.
    public static func parse(text: String, fileName: String) throws -> ModelCatalogue {
        try ModelCatalogue(document: ConfigurationDocument.parse(text: text, fileName: fileName), folder: nil)
    }

    /// This catalogue followed by the models of another one, such as the user's own.
    ///
    /// - Throws: ``InferenceError`` (`duplicateModel`) when both have a model of one id.
    public func merging(_ other: ModelCatalogue) throws -> ModelCatalogue {
        let known = Set(models.map(\.id))
        if let twice = other.models.first(where: { known.contains($0.id) }) {
            throw InferenceError(
                .duplicateModel, "there is already a model \"\(twice.id)\"; give yours another id in its catalogue file"
            )
        }
        return ModelCatalogue(models: models + other.models)
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

    private init(models: [ModelEntry]) { self.models = models }

    private init(document: ConfigurationDocument, folder: String?) throws {
        var seen: Set<String> = []
        models = try MappingReader.read(document.root) { reader in
            _ = try reader.integer("version", in: 1...1)
            return try reader.sequence("models").map { node in
                let entry = try MappingReader.read(node) { try ModelEntry(reader: &$0, folder: folder) }
                guard seen.insert(entry.id).inserted else {
                    throw node.failure("model id \"\(entry.id)\" appears twice")
                }
                return entry
            }
        }
    }
}
