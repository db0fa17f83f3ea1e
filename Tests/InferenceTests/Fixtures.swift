import FoundationEssentials
import Glibc
import Inference

/// A folder that is removed with this object.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = "/tmp/video-extract-inference-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ bytes: [UInt8], to name: String) throws {
        let file = "\(path)/\(name)"
        let folder = String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)])
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: file))
    }

    /// All files below, relative, without the lock files that installing leaves.
    var files: [String] {
        ((try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []).filter { name in
            var isFolder = false
            return FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder) && !isFolder
                && !name.hasSuffix(".lock")
        }.sorted()
    }
}

func hexSHA256(_ bytes: [UInt8]) -> String {
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.update($0) }
    return hash.hexDigest()
}

/// The folder of the package.
let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

/// Models of the user, for tests that run real networks.
enum InstalledModels {
    static let store: ModelStore? = (try? ModelCatalogue.load(path: "\(packageRoot)/config/models.yaml")).map {
        ModelStore.standard(catalogue: $0)
    }

    static func has(_ id: String) -> Bool {
        guard let store, case .installed = try? store.status(id) else { return false }
        return true
    }
}
