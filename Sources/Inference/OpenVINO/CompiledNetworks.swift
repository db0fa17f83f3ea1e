import Glibc

/// Networks as compiled for this processor, kept on disk so that the next process does not compile them again.
///
/// Each network with each set of options has a folder of its own, filled under another name and then renamed: nobody ever
/// reads a half-written one. What cannot be kept (read-only, full disk) costs time, not the result.
struct CompiledNetworks {
    /// The folder that holds the others.
    let base: String

    /// The folder of a network; its name stands for everything that the compiled form depends on, apart from the
    /// processor, which the runtime checks itself.
    func folder(path: String, stamp: (size: Int64, modified: Int64), properties: [(String, String)]) -> String {
        let facts =
            ["\(path) \(stamp.size) \(stamp.modified)", Self.runtimeVersion] + properties.map { "\($0)=\($1)" }
        var hash = SHA256()
        Array(facts.joined(separator: "\n").utf8).withUnsafeBytes { hash.update($0) }
        return "\(base)/\(hash.hexDigest().prefix(32))"
    }

    /// Lets `compile` fill a new folder, and puts it in place as `target`.
    ///
    /// - Returns: nil where no folder can be made.
    func filling<R>(_ target: String, _ compile: (_ folder: String) throws -> R) rethrows -> R? {
        removeAbandoned()
        let staging = "\(base)/\(Self.stagingPrefix)\(getpid())-\(UInt32.random(in: 0 ... .max))"
        guard (try? ModelFiles.makeFolder(staging)) != nil else { return nil }
        defer { try? ModelFiles.remove(staging) }
        let result = try compile(staging)
        // Another process may have been faster; then this one's work is not needed.
        _ = rename(staging, target)
        return result
    }

    private static let stagingPrefix = ".new-"

    /// Removes what processes left that were killed while they filled a folder.
    private func removeAbandoned() {
        for name in ModelFiles.names(in: base) where name.hasPrefix(Self.stagingPrefix) {
            let owner = name.dropFirst(Self.stagingPrefix.count).prefix { $0 != "-" }
            if let process = pid_t(owner), kill(process, 0) != 0, errno == ESRCH {
                try? ModelFiles.remove("\(base)/\(name)")
            }
        }
    }

    private static let runtimeVersion = OpenVINORuntime.version
}
