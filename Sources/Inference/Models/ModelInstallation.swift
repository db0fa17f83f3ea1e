import Glibc

/// One installation: lock → fetch and check every file in a staging folder → derive → manifest → rename into place.
///
/// The staging folder is a sibling of the final one (same file system), removed on every way out; what a killed process left
/// is removed by the next installation of the same model.
final class ModelInstallation {
    private let store: ModelStore
    private let entry: ModelEntry
    private let allowUnverified: Bool
    private let progress: (ModelInstallProgress) -> Void
    private let isCancelled: @Sendable () -> Bool

    init(
        store: ModelStore, entry: ModelEntry, allowUnverified: Bool,
        progress: @escaping (ModelInstallProgress) -> Void, isCancelled: @escaping @Sendable () -> Bool
    ) {
        self.store = store
        self.entry = entry
        self.allowUnverified = allowUnverified
        self.progress = progress
        self.isCancelled = isCancelled
    }

    func run() throws -> InstalledModel {
        if !allowUnverified, let file = unverifiedFile {
            throw InferenceError(
                .unverified,
                "the catalogue has no digest for \(file.name) of model \(entry.id), so it cannot be checked; "
                    + "run: video-extract models install \(entry.id) --allow-unverified")
        }
        try ModelFiles.makeFolder(store.stagingRoot)
        let lock = try FileLock(path: store.lockPath(entry), isCancelled: isCancelled)
        defer { withExtendedLifetime(lock) {} }
        // Another process may have finished while we waited.
        if case .installed(let model) = try store.status(of: entry, rehash: false) { return model }
        for name in ModelFiles.names(in: store.stagingRoot) where name.hasPrefix("\(entry.id)@") {
            try? ModelFiles.remove("\(store.stagingRoot)/\(name)")
        }
        let staging = store.stagingFolder(entry)
        try ModelFiles.makeFolder("\(staging)/model")
        defer { try? ModelFiles.remove(staging) }
        try fill("\(staging)/model", scratch: staging)
        return try publish("\(staging)/model", replacedTo: "\(staging)/replaced")
    }

    /// A fetched file that cannot be checked. Derived files are as good as what they are made from.
    private var unverifiedFile: ModelFile? {
        (entry.files + entry.transientFiles).first { file in
            guard case .fetched = file.origin else { return false }
            return file.sha256 == nil && !file.isLocal
        }
    }

    private func fill(_ folder: String, scratch: String) throws {
        let fetcher = ModelFileFetcher(
            modelID: entry.id, mirror: store.mirror, scratch: scratch, partials: store.partialRoot,
            isCancelled: isCancelled)
        var digests: [String: String] = [:]
        let transients = "\(scratch)/transient"
        if !entry.transientFiles.isEmpty { try ModelFiles.makeFolder(transients) }
        var paths: [String: String] = [:]
        for file in entry.files { paths[file.name] = "\(folder)/\(file.name)" }
        for file in entry.transientFiles { paths[file.name] = "\(transients)/\(file.name)" }
        for file in entry.files + entry.transientFiles {
            guard case .fetched(let sources) = file.origin, let path = paths[file.name] else { continue }
            digests[file.name] = try fetcher.fetch(file, from: sources, to: path) { bytes, total in
                progress(ModelInstallProgress(model: entry.id, file: file.name, bytes: bytes, total: total))
            }
        }
        for file in entry.files {
            guard case .derived(let from, let recipe) = file.origin, let path = paths[file.name],
                let source = paths[from]
            else { continue }
            try ModelFiles.write(recipe.apply(ModelFiles.read(source)), to: path)
            digests[file.name] = try ModelFileFetcher.check(path, against: file, isCancelled: isCancelled)
        }
        var manifest = ModelManifest(id: entry.id, family: entry.family, files: [])
        for file in entry.files {
            guard let stamp = ModelFiles.stamp("\(folder)/\(file.name)"), let digest = digests[file.name] else {
                throw InferenceError(.storage, "\(file.name) vanished while model \(entry.id) was installed; try again")
            }
            manifest.files.append(
                .init(name: file.name, size: stamp.size, sha256: digest, modifiedNs: stamp.modified))
        }
        try manifest.write(folder: folder)
    }

    private func publish(_ folder: String, replacedTo replaced: String) throws -> InstalledModel {
        if isCancelled() { throw InferenceError(.cancelled, "installing model \(entry.id) was cancelled") }
        let target = store.folder(entry)
        if ModelFiles.exists(target) { try ModelFiles.rename(target, replaced) }
        try? ModelFiles.remove(store.compiledFolder(entry.id))
        try ModelFiles.rename(folder, target)
        guard case .installed(let model) = try store.status(of: entry, rehash: false) else {
            throw InferenceError(.storage, "model \(entry.id) changed while it was installed; try again")
        }
        return model
    }
}
