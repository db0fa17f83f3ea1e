import CommandLineParsing
import Foundation
import MediaValues
import Pipeline
import PluginKit
import VideoExtract

/// `bulk`: many files through a worker process that may die without taking the run along.
struct BulkCommand: Sendable {
    private struct SummaryDocument: Encodable {
        var schemaVersion = 1
        var toolVersion = ProductVersion.current
        var operations: [String]
        var startedAt: String
        var durationMs: Double
        var filesTotal: Int
        var filesDone: Int
        var filesFailed: Int
        var filesResumed: Int
        var filesNotStarted: Int
        var filesPerSecond: Double
        var files: [BulkOutcome]
    }

    private let setup: RunSetup
    private let inputs: [String]
    private let worker: BulkProtocol.Setup
    private let resumes: Bool
    private let failsFast: Bool
    private let showsProgress: Bool

    init(_ command: ParsedCommand) throws {
        let workers = try command.optionalInteger("--workers", in: 1...256) ?? BulkProtocol.Setup.usualWorkers
        setup = try RunSetup(command, workers: workers)
        inputs = try Inputs.many(command)
        resumes = command.flag("--resume")
        failsFast = command.flag("--fail-fast")
        showsProgress = Console.errorIsTerminal && !command.flag("--no-progress")
        worker = try BulkProtocol.Setup(
            command, setup: setup, workers: workers,
            outputDirectory: RunSetup.absolute(command.optionalString("--output-dir") ?? "outputs"))
    }

    func run() async throws -> ExitStatus {
        let start = ContinuousClock.now
        let startedAt = Timestamps.iso8601(Date())
        let example = ExtractionRequest(
            source: DataSource(argument: inputs[0]), outputs: worker.outputs, outputDirectory: worker.outputDirectory)
        // A request that makes no sense is said once, not once for each file.
        _ = try setup.client.plan(example, policy: setup.policy(.bulk()))
        try await setup.installModels(for: example, policy: setup.policy(.bulk()))
        try DurableFiles.makeFolder(worker.outputDirectory)
        let journal = try BulkJournal(
            directory: worker.outputDirectory, outputs: worker.outputs, profile: worker.profile, resumes: resumes)
        if journal.wasStartedOver { Console.warn("the earlier run had other operations; starting over") }
        let outcomes = try await process(journal)
        let summary = summarize(outcomes, resumed: journal.finished, startedAt: startedAt, since: start)
        let path = worker.outputDirectory + "/batch_summary.json"
        let temporary = DurableFiles.temporaryName(for: path)
        do {
            try ResultEncoding.pretty(summary).withUnsafeBytes { try FileWriting.write($0, to: temporary) }
            try FileWriting.rename(temporary, to: path)
        } catch {
            unlink(temporary)
            throw error
        }
        note(summary)
        return summary.filesFailed + summary.filesNotStarted > 0 ? .failed : .done
    }

    /// What an input is called in the journal and the summary.
    private func sourceName(_ index: Int) -> String { DataSource(argument: inputs[index]).displayName }

    /// Positions of the inputs whose folder needs a suffix because an earlier input has the same stem.
    private func repeatedStems() -> Set<Int> {
        var seen: Set<String> = []
        return Set(inputs.indices.filter { !seen.insert(DataSource(argument: inputs[$0]).stem).inserted })
    }

    private func process(_ journal: BulkJournal) async throws -> [Int: BulkOutcome] {
        let repeated = repeatedStems()
        let jobs = inputs.indices.filter { journal.finished[sourceName($0)] == nil }.map { index in
            BulkProtocol.Job(index: index, source: inputs[index], needsFolderSuffix: repeated.contains(index))
        }
        var progress = BulkProgress(total: jobs.count, isShown: showsProgress)
        var outcomes: [Int: BulkOutcome] = [:]
        var worker = worker
        worker.temporaryDirectory =
            setup.usesCache ? nil : try TemporaryFolders.make(in: NSTemporaryDirectory())
        defer { worker.temporaryDirectory.map(TemporaryFolders.remove) }
        let supervisor = BulkSupervisor(setup: worker, jobs: jobs)
        try await supervisor.run { index, outcome in
            outcomes[index] = outcome
            try journal.record(outcome)
            if outcome.status != .done {
                progress.clear()
                let text = outcome.errors.joined(separator: "; ")
                Console.error(text.contains(outcome.source) ? text : "\(outcome.source): \(text)")
            }
            progress.count(isFailure: outcome.status != .done)
            return !(failsFast && outcome.status != .done)
        }
        progress.clear()
        return outcomes
    }

    private func summarize(
        _ outcomes: [Int: BulkOutcome], resumed: [String: BulkOutcome], startedAt: String,
        since start: ContinuousClock.Instant
    ) -> SummaryDocument {
        let all = inputs.indices.compactMap { outcomes[$0] ?? resumed[sourceName($0)] }
        let duration = (ContinuousClock.now - start).milliseconds
        let done = all.count { $0.status == .done }
        return SummaryDocument(
            operations: worker.outputs.map(\.operation.description), startedAt: startedAt, durationMs: duration,
            filesTotal: inputs.count, filesDone: done, filesFailed: all.count - done,
            filesResumed: inputs.indices.count { resumed[sourceName($0)] != nil },
            filesNotStarted: inputs.count - all.count,
            filesPerSecond: duration > 0 ? (Double(outcomes.count) / duration * 1e5).rounded() / 100 : 0, files: all)
    }

    private func note(_ summary: SummaryDocument) {
        var parts = ["\(summary.filesDone) of \(summary.filesTotal) files done"]
        if summary.filesFailed > 0 { parts.append("\(summary.filesFailed) failed") }
        if summary.filesResumed > 0 { parts.append("\(summary.filesResumed) from the earlier run") }
        if summary.filesNotStarted > 0 { parts.append("\(summary.filesNotStarted) not started") }
        parts.append("\(Amounts.fixed(summary.filesPerSecond, 1)) files/s")
        Console.note(parts.joined(separator: ", "))
        Console.note("summary: \(worker.outputDirectory)/batch_summary.json")
    }
}
