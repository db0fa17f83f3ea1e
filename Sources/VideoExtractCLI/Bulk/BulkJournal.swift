import Foundation
import PluginKit

/// The record of a bulk run in its output folder: one line for each file that ended, on the disk before the next is
/// counted. It is what `--resume` reads after the run was killed; a half-written last line is ignored.
struct BulkJournal {
    static let fileName = ".bulk-journal.jsonl"

    private struct Header: Codable, Equatable {
        var journal = 1
        var outputs: [OutputSpec]
        var profile: Profile
    }

    private let file: LineFile

    /// Files that are done according to an earlier run with the same operations, by source.
    private(set) var finished: [String: BulkOutcome] = [:]
    /// True where an earlier journal was for other operations and was started over.
    private(set) var wasStartedOver = false

    /// Opens the journal of a folder.
    ///
    /// - Throws: `PluginError` with `outputFailed`.
    init(directory: String, outputs: [OutputSpec], profile: Profile, resumes: Bool) throws {
        let path = directory + "/" + Self.fileName
        let header = Header(outputs: outputs, profile: profile)
        var appends = false
        if resumes, let data = FileManager.default.contents(atPath: path) {
            let lines = data.split(separator: UInt8(ascii: "\n"))
            let known = lines.first.flatMap { try? ResultEncoding.decoder.decode(Header.self, from: Data($0)) }
            if known == header {
                appends = true
                for line in lines.dropFirst() {
                    guard let outcome = try? ResultEncoding.decoder.decode(BulkOutcome.self, from: Data(line)) else {
                        continue
                    }
                    finished[outcome.source] = Self.isStillThere(outcome) ? outcome : nil
                }
            } else {
                wasStartedOver = true
            }
        }
        file = try LineFile(path: path, appends: appends)
        // A line that a kill cut short must not swallow the next one.
        try file.write(appends ? [UInt8(ascii: "\n")] : ResultEncoding.compact(header) + [UInt8(ascii: "\n")])
    }

    private static func isStillThere(_ outcome: BulkOutcome) -> Bool {
        guard outcome.status == .done, let folder = outcome.folder else { return false }
        return access(folder + "/run.json", R_OK) == 0
    }

    /// Records how a file ended.
    func record(_ outcome: BulkOutcome) throws {
        try file.write(ResultEncoding.compact(outcome) + [UInt8(ascii: "\n")])
        file.sync()
    }
}
