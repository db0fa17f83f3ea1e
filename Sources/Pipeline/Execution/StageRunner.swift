import Foundation
import MediaValues
import PluginKit

/// Runs the stages that the cache could not answer: all of them at once, fed by one decode pass. A stage without media
/// waits for the stages it needs; one with media starts with them and waits when it has read its feed.
struct StageRunner: Sendable {
    let run: PipelineRun
    let description: MediaDescription
    let keys: [CacheKey?]
    let standings: [PipelineRun.Standing]
    let folder: String?
    let reports: ReportCollector

    private var stagesToRun: [Pipeline.Stage] {
        run.pipeline.stages.filter { if case .mustRun = standings[$0.id] { true } else { false } }
    }

    func runAll(_ handle: any MediaHandle) async throws -> DecodingReport? {
        let board = StageBoard()
        for stage in run.pipeline.stages {
            switch standings[stage.id] {
            case .cached(let output): await board.post(.output(output, isComplete: true), for: stage.id)
            case .skipped(let reason): await board.post(.skipped(reason: reason), for: stage.id)
            case .failed(let error): await board.post(.failed(error), for: stage.id)
            case .mustRun, .unneeded: break
            }
        }
        let stages = stagesToRun
        guard !stages.isEmpty else { return nil }
        let demanding = stages.filter { !$0.demand.isNothing }
        var feeds: [Int: MediaFeed] = [:]
        var pass: DecodingPass?
        if !demanding.isEmpty {
            let made = try await makePass(demanding, of: handle)
            for (stage, feed) in zip(demanding, made.feeds) { feeds[stage.id] = feed }
            pass = made
        }
        return try await withThrowingTaskGroup(of: DecodingReport?.self) { group in
            if let pass {
                group.addTask { await run.traced("decode") { await pass.run() } }
            }
            for stage in stages {
                let feed = feeds[stage.id]
                group.addTask {
                    await runStage(stage, feed: feed ?? MediaFeed(), board: board)
                    return nil
                }
            }
            var report: DecodingReport?
            for try await value in group { report = value ?? report }
            try Task.checkCancellation()
            return report
        }
    }

    private func makePass(_ stages: [Pipeline.Stage], of handle: any MediaHandle) async throws -> DecodingPass {
        try await run.traced("open decoders") {
            try await handle.makePass(
                stages.map { try $0.plugin.mediaDemand(for: $0.operation, of: description) },
                options: DecodingOptions(threads: run.policy.threads))
        }
    }

    private func runStage(_ stage: Pipeline.Stage, feed: MediaFeed, board: StageBoard) async {
        let start = ContinuousClock().now
        let warnings = Guarded<[String]>([])
        let result: StageResult
        do {
            let inputs = LateInputs(stage: stage, pipeline: run.pipeline, board: board)
            // A stage that is fed by the decoder starts at once and waits for the others when it has read everything;
            // in one pass it would hold them up otherwise.
            if stage.demand.isNothing { _ = try await inputs.collect() }
            if stage.isRequested { await run.sink(.started(operation: stage.operation.name)) }
            let output = try await execute(
                stage, feed: feed, inputs: inputs,
                warn: { text in
                    warnings.withLock { $0.append(text) }
                })
            result = .output(
                output,
                isComplete: inputs.areComplete && feed.warnings().isEmpty && warnings.withLock { $0.isEmpty })
        } catch let missing as LateInputs.NotDelivered {
            result = missing.ending
        } catch let error as PluginError where error.code == .missingModel {
            // What only shows when the work begins, such as language data of another package.
            result = .skipped(reason: error.message)
        } catch {
            result = .failed(PluginError(wrapping: error, doing: stage.operation.name))
        }
        feed.abandon()
        let texts = feed.warnings() + warnings.withLock { $0 }
        await finish(stage, result, since: start, warnings: texts, board: board)
    }

    private func finish(
        _ stage: Pipeline.Stage, _ result: StageResult, since start: ContinuousClock.Instant, warnings: [String],
        board: StageBoard
    ) async {
        run.trace?.record(stage.operation.name, category: "stage", lane: stage.id + 1, since: start)
        switch result {
        case .output(let output, let isComplete):
            do {
                let kept = try await keep(stage, output, isComplete: isComplete)
                await board.post(.output(kept.output, isComplete: isComplete), for: stage.id)
                await run.deliver(
                    stage, kept.output, status: .done, since: start, folder: folder, reports: reports,
                    key: kept.isCached ? keys[stage.id] : nil, warnings: warnings)
            } catch {
                let failure = PluginError(wrapping: error, doing: stage.operation.name)
                await board.post(.failed(failure), for: stage.id)
                await run.end(stage, .failed(failure), since: start, reports: reports, warnings: warnings)
            }
        case .skipped(let reason):
            await board.post(result, for: stage.id)
            await run.end(stage, .skipped(reason: reason), since: start, reports: reports, warnings: warnings)
        case .failed(let error):
            await board.post(result, for: stage.id)
            await run.end(stage, .failed(error), since: start, reports: reports, warnings: warnings)
        }
    }

    private func execute(
        _ stage: Pipeline.Stage, feed: MediaFeed, inputs: LateInputs,
        warn: @escaping @Sendable (String) -> Void
    ) async throws -> StageOutput {
        let staging = try await makeStaging(stage)
        do {
            let sink = run.sink
            let context = PluginContext(
                mode: run.policy.mode, threads: run.policy.threads, usesFastMath: run.policy.usesFastMath,
                pool: run.engine.pool, files: StageFiles(directory: staging),
                emitPartial: { partial in
                    if stage.isRequested {
                        await sink(.partial(operation: stage.operation.name, data: partial))
                    }
                },
                emitWarning: warn)
            let input = StageInput(
                operation: stage.operation, media: description, feed: feed, results: { try await inputs.collect() })
            let output = try await stage.plugin.execute(input, context: context)
            // A stage that did not ask still depends on what it needs.
            _ = try await inputs.collect()
            try Task.checkCancellation()
            return output
        } catch {
            TemporaryFolders.remove(staging)
            throw error
        }
    }

    private func makeStaging(_ stage: Pipeline.Stage) async throws -> String {
        let engine = run.engine
        return try await engine.pool.run {
            if let cache = engine.cache { return try cache.makeStaging().directory }
            return try TemporaryFolders.make(in: engine.temporaryDirectory)
        }
    }

    /// Commits a result to the cache. A result with warnings, or made from one, is not kept: the damage may be a file
    /// that is still being written.
    private func keep(
        _ stage: Pipeline.Stage, _ output: StageOutput, isComplete: Bool
    ) async throws -> (output: StageOutput, isCached: Bool) {
        guard let cache = run.engine.cache, let key = keys[stage.id], isComplete else {
            run.ownedFolders.add(output.directory)
            return (output, false)
        }
        let manifest = stage.plugin.manifest
        // The commit may never begin, where the run is cancelled before a thread is free.
        run.ownedFolders.add(output.directory)
        let committed = try await run.engine.pool.run {
            try cache.commit(.init(directory: output.directory), output: output, key: key, manifest: manifest)
        }
        return (committed, true)
    }
}
