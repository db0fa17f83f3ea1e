import BuiltInPlugins
import CommandLineParsing
import Foundation
import MediaValues
import Pipeline
import PluginKit
import VideoExtract

/// `duplicates`: which of many files are copies of each other, or share a part.
struct DuplicatesCommand: Sendable {
    private struct Document: Encodable {
        var filesCompared: Int
        var filesFailed: [String]
        var pairs: [DuplicateFinder.Pair]
    }

    private let inputs: [String]
    private let setup: RunSetup
    private let command: ParsedCommand
    private let isJSON: Bool

    init(_ command: ParsedCommand) throws {
        setup = try RunSetup(command, operations: [OutputSpec(PluginKit.Operation("duplicates"))])
        inputs = try Inputs.many(command)
        isJSON = command.flag("--json") || !Console.outputIsTerminal
        self.command = command
        guard inputs.count > 1 else {
            throw command.usageError(
                "there is one file only", code: .missingArgument, hint: "name two files or more, or a folder")
        }
    }

    func run() async throws -> ExitStatus {
        let folder = try TemporaryFolders.make(in: NSTemporaryDirectory())
        Interruption.onEnd { TemporaryFolders.remove(folder) }
        defer { TemporaryFolders.remove(folder) }
        let (files, failed) = try await fingerprints(folder)
        let pairs = try await setup.client.engine.pool.run { try DuplicateFinder.find(in: files) }
        if isJSON {
            try Console.printJSON(Document(filesCompared: files.count, filesFailed: failed, pairs: pairs))
        } else {
            for pair in pairs { Console.print(Self.line(pair)) }
        }
        var parts = ["\(Amounts.counted(files.count, "files")) compared"]
        for (verdict, name) in Self.verdicts {
            let count = pairs.count { $0.match.verdict == verdict }
            if count > 0 { parts.append(Amounts.counted(count, name)) }
        }
        if pairs.isEmpty { parts.append("nothing in common") }
        if !failed.isEmpty { parts.append("\(failed.count) failed") }
        Console.note(parts.joined(separator: ", "))
        return failed.isEmpty ? .done : .failed
    }

    /// The fingerprints by file, made in a worker process that may die over a damaged file, and the files without one.
    private func fingerprints(
        _ folder: String
    ) async throws -> (files: [(name: String, fingerprint: MediaFingerprint)], failed: [String]) {
        var worker = try BulkProtocol.Setup(
            command, setup: setup, workers: BulkProtocol.Setup.usualWorkers, outputDirectory: folder + "/results")
        worker.temporaryDirectory = folder
        let jobs = inputs.indices.map { index in
            BulkProtocol.Job(index: index, source: inputs[index], needsFolderSuffix: true)
        }
        var progress = BulkProgress(total: jobs.count, isShown: Console.errorIsTerminal)
        var outcomes: [Int: BulkOutcome] = [:]
        try await BulkSupervisor(setup: worker, jobs: jobs).run { index, outcome in
            outcomes[index] = outcome
            progress.count(isFailure: outcome.status != .done)
            return true
        }
        progress.clear()
        var files: [(name: String, fingerprint: MediaFingerprint)] = []
        var failed: [String] = []
        for index in inputs.indices {
            guard let outcome = outcomes[index], let place = outcome.folder,
                let data = FileManager.default.contents(atPath: place + "/fingerprint.json")
            else {
                failed.append(inputs[index])
                let reasons = outcomes[index]?.errors ?? []
                let text =
                    reasons.isEmpty ? "it has no pictures and no sound to compare" : reasons.joined(separator: "; ")
                Console.error(text.contains(inputs[index]) ? text : "\(inputs[index]): \(text)")
                continue
            }
            files.append((inputs[index], try ResultEncoding.decoder.decode(MediaFingerprint.self, from: data)))
        }
        return (files, failed)
    }

    private static let verdicts: [(FingerprintMatch.Verdict, String)] = [
        (.same, "pairs of copies"), (.contains, "pairs where one contains the other"),
        (.sharedIntro, "pairs that share a part"),
    ]

    /// `copy           a.mp4  b.mp4  pictures 98 %, sound 100 %`.
    private static func line(_ pair: DuplicateFinder.Pair) -> String {
        let match = pair.match
        let title =
            switch match.verdict {
            case .same: "copy          "
            case .contains: "contains      "
            case .sharedIntro: "shares a part "
            case .different: "different     "
            }
        func share(_ name: String, _ score: Double?) -> String? {
            score.map { "\(name) \(Int(($0 * 100).rounded())) %" }
        }
        let scores = [share("pictures", match.videoScore), share("sound", match.audioScore)].compactMap { $0 }
        var parts = [title + pair.first, pair.second, scores.joined(separator: ", ")]
        if match.verdict != .same, let span = match.spans.max(by: { $0.length < $1.length }) {
            parts.append(
                "\(Amounts.clock(span.firstStartMs)) – \(Amounts.clock(span.firstEndMs)) = "
                    + "\(Amounts.clock(span.secondStartMs)) – \(Amounts.clock(span.secondEndMs))")
        }
        return parts.joined(separator: "  ")
    }
}

extension FingerprintMatch.Span {
    /// Length in the first file, in milliseconds.
    fileprivate var length: Int64 { firstEndMs - firstStartMs }
}
