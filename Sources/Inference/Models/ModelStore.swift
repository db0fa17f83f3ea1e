import FoundationEssentials
import Glibc

/// The folder of installed models: one sub-folder per model, put there by one rename.
///
/// A value without state of its own: every question is answered from the disk, and installing is safe under several
/// processes. Calls block.
public struct ModelStore: Sendable {
    /// What can be installed.
    public let catalogue: ModelCatalogue
    /// Absolute path of the folder.
    public let root: String
    /// A directory or an http(s) address that holds files by name; asked before the catalogue's sources.
    public let mirror: String?

    /// State of one model.
    public enum Status: Sendable {
        /// Ready for use.
        case installed(InstalledModel)
        /// Not there.
        case missing
        /// There, but changed or incomplete; the text says what is wrong.
        case corrupt(String)
    }

    /// Creates a store; nothing is read or made yet.
    public init(catalogue: ModelCatalogue, root: String, mirror: String? = nil) {
        self.catalogue = catalogue
        self.root = root
        self.mirror = mirror
    }

    /// The store of the user: `VIDEO_EXTRACT_MODEL_DIR`, else `video-extract/models` in `XDG_DATA_HOME` or `~/.local/share`;
    /// mirror from `VIDEO_EXTRACT_MODEL_MIRROR`. `environment` is that of the process unless given.
    public static func standard(
        catalogue: ModelCatalogue, environment: [String: String]? = nil
    ) -> ModelStore {
        let environment = environment ?? ProcessInfo.processInfo.environment
        return ModelStore(
            catalogue: catalogue, root: defaultRoot(environment: environment),
            mirror: environment["VIDEO_EXTRACT_MODEL_MIRROR"].flatMap { $0.isEmpty ? nil : $0 })
    }

    /// As ``standard(catalogue:environment:)``, with the models of the user's own `catalogue.yaml` in that folder, if there is one.
    ///
    /// - Parameter root: the folder of models; nil for that of the environment.
    /// - Throws: `ConfigurationError` with file, line and key; ``InferenceError`` (`duplicateModel`).
    public static func withOwnModels(
        catalogue: ModelCatalogue, root: String? = nil, environment: [String: String]? = nil
    ) throws -> ModelStore {
        let standard = standard(catalogue: catalogue, environment: environment)
        let root = root ?? standard.root
        let own = "\(root)/\(ownCatalogueName)"
        let merged = ModelFiles.exists(own) ? try catalogue.merging(.load(path: own)) : catalogue
        return ModelStore(catalogue: merged, root: root, mirror: standard.mirror)
    }

    /// Name of the user's own catalogue in the folder of models.
    public static let ownCatalogueName = "catalogue.yaml"

    /// Where the models of the user are; `environment` is that of the process unless given.
    public static func defaultRoot(environment: [String: String]? = nil) -> String {
        let environment = environment ?? ProcessInfo.processInfo.environment
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let folder = value("VIDEO_EXTRACT_MODEL_DIR") { return folder }
        let data =
            value("XDG_DATA_HOME")
            ?? "\(value("HOME") ?? FileManager.default.homeDirectoryForCurrentUser.path)/.local/share"
        return "\(data)/video-extract/models"
    }

    /// State of a model, from the manifest and the files' sizes and dates (a changed date leads to hashing that file).
    ///
    /// - Throws: ``InferenceError`` (`unknownModel`).
    public func status(_ id: String) throws -> Status {
        try status(of: catalogue.entry(id), rehash: false)
    }

    /// The model, ready for use.
    ///
    /// - Throws: ``InferenceError``: `missingModel` or `corruptModel`, naming the command that installs it.
    public func installed(_ id: String) throws -> InstalledModel {
        switch try status(id) {
        case .installed(let model): return model
        case .missing:
            throw InferenceError(
                .missingModel, "model \(id) is not installed; run: video-extract models install \(id)")
        case .corrupt(let reason):
            throw InferenceError(
                .corruptModel, "model \(id) is damaged: \(reason); run: video-extract models install \(id)")
        }
    }

    /// Digest over the model's files as recorded at installation; part of cache keys.
    ///
    /// - Throws: as ``installed(_:)``.
    public func digest(_ id: String) throws -> String { try installed(id).digest }

    /// State of a model after hashing all its files.
    ///
    /// - Throws: ``InferenceError`` (`unknownModel`).
    public func verify(_ id: String) throws -> Status {
        try status(of: catalogue.entry(id), rehash: true)
    }

    /// Folder for the compiled networks of a model; goes with it.
    public func compiledFolder(_ id: String) -> String { "\(root)/.compiled/\(id)" }

    /// Deletes an installed model; also a damaged one. Nothing happens when there is none.
    ///
    /// - Throws: ``InferenceError`` (`unknownModel`, `storage`).
    public func remove(_ id: String) throws {
        let entry = try catalogue.entry(id)
        guard ModelFiles.exists(folder(entry)) else { return }
        try ModelFiles.makeFolder(stagingRoot)
        let lock = try FileLock(path: lockPath(entry), isCancelled: { false })
        defer { withExtendedLifetime(lock) {} }
        // Out of sight first, so that nobody sees half of it.
        let doomed = stagingFolder(entry)
        guard ModelFiles.exists(folder(entry)) else { return }
        try ModelFiles.rename(folder(entry), doomed)
        try? ModelFiles.remove(compiledFolder(id))
        try ModelFiles.remove(doomed)
    }

    /// Fetches, checks and installs a model; returns at once when an intact one is there.
    ///
    /// - Parameters:
    ///   - allowUnverified: accept files for which the catalogue has no digest; the digest seen is recorded.
    ///   - progress: called from the calling thread.
    ///   - isCancelled: asked often; true ends the call with `cancelled`.
    /// - Throws: ``InferenceError``. Nothing is installed then; a download that broke off is kept for resuming.
    @discardableResult
    public func install(
        _ id: String, allowUnverified: Bool = false, progress: (ModelInstallProgress) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> InstalledModel {
        let entry = try catalogue.entry(id)
        if case .installed(let model) = try status(of: entry, rehash: false) { return model }
        return try withoutActuallyEscaping(progress) { progress in
            try ModelInstallation(
                store: self, entry: entry, allowUnverified: allowUnverified, progress: progress,
                isCancelled: isCancelled
            ).run()
        }
    }

    // MARK: - Places

    func folder(_ entry: ModelEntry) -> String { "\(root)/\(entry.id)" }
    var stagingRoot: String { "\(root)/.staging" }
    var partialRoot: String { "\(root)/.partial" }
    func lockPath(_ entry: ModelEntry) -> String { "\(stagingRoot)/\(entry.id).lock" }

    func stagingFolder(_ entry: ModelEntry) -> String {
        "\(stagingRoot)/\(entry.id)@\(getpid())-\(UInt32.random(in: 0 ... .max))"
    }

    // MARK: - Checking

    func status(of entry: ModelEntry, rehash: Bool) throws -> Status {
        let folder = folder(entry)
        guard ModelFiles.exists(folder) else { return .missing }
        var manifest: ModelManifest
        do {
            manifest = try ModelManifest.read(folder: folder)
        } catch {
            return .corrupt("its \(ModelManifest.fileName) is missing or damaged")
        }
        guard Set(manifest.files.map(\.name)) == Set(entry.files.map(\.name)) else {
            return .corrupt("its files are not those of the catalogue")
        }
        let expected = Dictionary(uniqueKeysWithValues: entry.files.map { ($0.name, $0.sha256) })
        var wasTouched = false
        for (index, file) in manifest.files.enumerated() {
            let path = "\(folder)/\(file.name)"
            guard let stamp = ModelFiles.stamp(path) else { return .corrupt("\(file.name) is missing") }
            guard stamp.size == file.size else { return .corrupt("\(file.name) has another size") }
            if let wanted = expected[file.name] ?? nil, wanted != file.sha256 {
                return .corrupt("\(file.name) is another version than in the catalogue")
            }
            if rehash || stamp.modified != file.modifiedNs {
                guard (try? ModelFiles.sha256(path)) == file.sha256 else {
                    return .corrupt("\(file.name) has another digest")
                }
                wasTouched = wasTouched || stamp.modified != file.modifiedNs
                manifest.files[index].modifiedNs = stamp.modified
            }
        }
        // A copied folder has new dates; noting them saves hashing next time. A read-only folder is fine too.
        if wasTouched { try? manifest.write(folder: folder) }
        return .installed(InstalledModel(entry: entry, folder: folder, digest: manifest.digest))
    }
}

/// A model that is ready for use.
public struct InstalledModel: Sendable {
    /// Its catalogue entry.
    public let entry: ModelEntry
    /// Absolute path of its folder.
    public let folder: String
    /// Digest over the names and digests of its files, 64 hexadecimal digits.
    public let digest: String

    /// Creates one for files that are in place, such as a model the user made.
    public init(entry: ModelEntry, folder: String, digest: String) {
        self.entry = entry
        self.folder = folder
        self.digest = digest
    }

    /// Whether its bytes are those that were loaded when its catalogue entry was written, so that loading needs no trial.
    var isKnownToLoad: Bool { entry.digestVerified && entry.digest != nil }

    /// Absolute path of the one file whose name satisfies the condition.
    ///
    /// - Throws: ``InferenceError`` (`unsupportedModel`) when there is none, or more than one.
    public func path(_ role: String, where matches: (String) -> Bool) throws -> String {
        let names = entry.files.map(\.name).filter(matches)
        guard names.count == 1, let name = names.first else {
            throw InferenceError(
                .unsupportedModel,
                "model \(entry.id) has \(names.isEmpty ? "no" : "more than one") \(role) file; check its catalogue entry"
            )
        }
        return "\(folder)/\(name)"
    }
}

/// How far an installation is.
public struct ModelInstallProgress: Sendable {
    /// The model.
    public let model: String
    /// The file that is being fetched.
    public let file: String
    /// Bytes of it so far.
    public let bytes: Int64
    /// Its size, where known.
    public let total: Int64?
}
