import Foundation
package import MediaValues
import PluginKit

/// Chooses the folder `{output_dir}/{stem}` of a source so that two sources never share one.
///
/// The first content to use a stem gets it; a different content of the same stem gets a short suffix of its hash,
/// and gets the same one in every later run. A hidden marker file in each folder says whose it is.
package enum OutputFolder {
    static let markerName = ".source"

    /// Creates or finds the folder of a source.
    ///
    /// - Parameters:
    ///   - identity: hash of the content, or of the address for sources without one.
    ///   - needsSuffix: true where the caller knows that another source of the run has the same stem.
    /// - Throws: `PluginError` with `outputFailed`.
    package static func claim(
        base: String, stem: String, identity: ContentHash, needsSuffix: Bool
    ) throws -> String {
        try DurableFiles.makeFolder(base)
        let hex = identity.description
        let lengths = needsSuffix ? [4, 8, 16, 64] : [0, 4, 8, 16, 64]
        for length in lengths {
            let name = length == 0 ? stem : "\(stem)-\(hex.prefix(length))"
            let path = base + "/" + name
            if try isClaimed(path, by: hex) { return path }
        }
        throw PluginError(.outputFailed, "every name for \(stem) in \(base) is taken by other sources")
    }

    private static func isClaimed(_ path: String, by hex: String) throws -> Bool {
        try DurableFiles.makeFolder(path)
        let marker = path + "/" + markerName
        if access(marker, F_OK) != 0 {
            // Linked into place with its content, so that no other claimant ever reads half a marker.
            let temporary = DurableFiles.temporaryName(for: marker)
            defer { unlink(temporary) }
            try Array((hex + "\n").utf8).withUnsafeBytes { try FileWriting.write($0, to: temporary) }
            if link(temporary, marker) == 0 { return true }
            if errno != EEXIST {
                // A file system without hard links.
                try FileWriting.rename(temporary, to: marker)
            }
        }
        let owner = FileManager.default.contents(atPath: marker).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return owner.trimmingSpaces == hex
    }
}
