import Foundation
import MediaValues
import PluginKit

/// One request being carried out. Made for one call of `execute`.
struct PipelineRun: Sendable {
    let engine: Engine
    let request: ExtractionRequest
    let policy: ExecutionPolicy
    let pipeline: Pipeline
    let trace: TraceRecorder?
    let sink: Engine.Sink
    /// Results that are not in the cache; removed at the end.
    let ownedFolders = OwnedFolders()

    /// What is known of a stage before anything runs.
    enum Standing: Sendable {
        /// Nobody needs it: everything below it came from the cache.
        case unneeded
        case cached(StageOutput)
        case mustRun
        case skipped(reason: String)
        case failed(PluginError)
    }

    func execute() async throws -> RunReport {
        defer { ownedFolders.removeAll() }
        let clock = ContinuousClock()
        let start = clock.now
        let startedAt = Timestamps.iso8601(Date())
        let reports = ReportCollector(pipeline: pipeline)
        var source = RunReport.Source(name: request.source.displayName, contentHash: nil, sizeBytes: nil)
        var decoding: DecodingReport?
        var folder: String?
        do {
            let handle = try await traced("resolve and hash") { try await resolve() }
            source.contentHash = handle.identity
            source.sizeBytes = handle.byteCount
            folder = try await claimFolder(handle)
            decoding = try await execute(handle, folder: folder, reports: reports)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            let failure = PluginError(wrapping: error, doing: "opening \(request.source.displayName)")
            if failure.code == .cancelled { throw CancellationError() }
            for stage in pipeline.stages where !reports.isKnown(stage.id) {
                await end(stage, .failed(failure), since: start, reports: reports)
            }
        }
        try Task.checkCancellation()
        let report = RunReport(
            toolVersion: ProductVersion.current, mode: policy.mode, source: source, startedAt: startedAt,
            durationMs: (clock.now - start).milliseconds, outputDirectory: folder, operations: reports.all,
            decoding: decoding)
        if let folder {
            let writer = OutputWriter(directory: folder)
            try await engine.pool.run { try writer.write(ResultEncoding.pretty(report), to: "run.json") }
        }
        return report
    }

    /// Hashing runs on threads that do not see the task, so cancellation reaches it by a flag.
    private func resolve() async throws -> any MediaHandle {
        let flag = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await engine.media.resolve(request.source) { flag.isSet }
        } onCancel: {
            flag.set()
        }
    }

    private func claimFolder(_ handle: any MediaHandle) async throws -> String? {
        guard let base = request.outputDirectory else { return nil }
        let identity = handle.identity ?? .blake3(of: request.source.displayName)
        let stem = request.source.stem
        let needsSuffix = request.needsFolderSuffix
        return try await engine.pool.run {
            try OutputFolder.claim(base: base, stem: stem, identity: identity, needsSuffix: needsSuffix)
        }
    }

    private func execute(
        _ handle: any MediaHandle, folder: String?, reports: ReportCollector
    ) async throws -> DecodingReport? {
        let clock = ContinuousClock()
        let start = clock.now
        let models = try await engine.pool.run { [self] in pipeline.stages.map(modelStates) }
        let keys = makeKeys(handle, models: models)
        var standings = try await traced("cache lookup") { try await findStandings(keys, models: models) }
        for stage in pipeline.stages {
            switch standings[stage.id] {
            case .cached(let output):
                await deliver(
                    stage, output, status: .cached, since: start, folder: folder, reports: reports,
                    key: keys[stage.id])
            case .skipped(let reason): await end(stage, .skipped(reason: reason), since: start, reports: reports)
            case .failed(let error): await end(stage, .failed(error), since: start, reports: reports)
            case .unneeded, .mustRun: break
            }
        }
        guard standings.contains(where: { if case .mustRun = $0 { true } else { false } }) else { return nil }

        let description = try await traced("probe") { try await handle.describe() }
        for stage in pipeline.stages {
            if case .mustRun = standings[stage.id],
                let reason = excess(stage, of: handle) ?? missingStream(stage.demand, in: description)
            {
                standings[stage.id] = .skipped(reason: reason)
                await end(stage, .skipped(reason: reason), since: start, reports: reports)
            }
        }
        let runner = StageRunner(
            run: self, description: description, keys: keys, standings: standings, folder: folder, reports: reports)
        return try await runner.runAll(handle)
    }

    /// Nil for a stage whose result cannot be identified: no source identity, or a cache rule against it.
    private func makeKeys(_ handle: any MediaHandle, models: [ModelStates]) -> [CacheKey?] {
        guard let identity = handle.identity, engine.cache != nil, policy.usesCache else {
            return pipeline.stages.map { _ in nil }
        }
        var keys: [CacheKey?] = []
        // Stages that cannot run for want of a model; what takes them as optional inputs does without.
        var absent: Set<Int> = []
        for stage in pipeline.stages {
            let needed = stage.inputs.filter { !stage.optionalInputs.contains($0) }
            if isMissing(models[stage.id]) || needed.contains(where: absent.contains) { absent.insert(stage.id) }
            let digests = try? models[stage.id].get().map { state in
                if case .installed(let digest) = state { digest } else { "" }
            }
            let unavailable = stage.inputs.filter { stage.optionalInputs.contains($0) && absent.contains($0) }
            let inputs = stage.inputs.filter { !unavailable.contains($0) }.map { keys[$0] }
            guard stage.plugin.manifest.cache.isEnabled, let digests, !digests.contains(""),
                !inputs.contains(where: { $0 == nil })
            else {
                keys.append(nil)
                continue
            }
            keys.append(
                CacheKey(
                    source: identity, plugin: stage.plugin.manifest, operation: stage.operation,
                    modelDigests: digests, usesFastMath: policy.usesFastMath, inputs: inputs.compactMap { $0 },
                    absentInputs: unavailable.map { pipeline.stages[$0].operation }))
        }
        return keys
    }

    /// The states of the models that a stage needs, or why the plugin cannot name them.
    private typealias ModelStates = Result<[ModelState], any Error>

    private func isMissing(_ states: ModelStates) -> Bool {
        guard let states = try? states.get() else { return true }
        return states.contains { if case .missing = $0 { true } else { false } }
    }

    /// Touches the disk.
    private func modelStates(_ stage: Pipeline.Stage) -> ModelStates {
        Result { try stage.plugin.requiredModels(for: stage.operation).map(engine.models.state(of:)) }
    }

    /// Walks from the outputs backwards: a hit ends the demand for everything above it.
    private func findStandings(_ keys: [CacheKey?], models: [ModelStates]) async throws -> [Standing] {
        try await engine.pool.run { [self] in
            var standings = pipeline.stages.map { _ in Standing.unneeded }
            var isNeeded = pipeline.stages.map { $0.isRequested || $0.isWritten }
            for stage in pipeline.stages.reversed() where isNeeded[stage.id] {
                let hit = keys[stage.id].flatMap { key in
                    engine.cache?.lookup(key, isValid: stage.plugin.isValidCacheHit)
                }
                if let hit {
                    standings[stage.id] = .cached(hit)
                    continue
                }
                standings[stage.id] = standingWithoutCache(stage, models: models[stage.id])
                if case .mustRun = standings[stage.id] {
                    for input in stage.inputs { isNeeded[input] = true }
                }
            }
            return standings
        }
    }

    private func standingWithoutCache(_ stage: Pipeline.Stage, models: ModelStates) -> Standing {
        do {
            for state in try models.get() {
                if case .missing(let reason) = state { return .skipped(reason: reason) }
            }
            return .mustRun
        } catch {
            return .failed(PluginError(wrapping: error, doing: "preparing \(stage.operation.name)"))
        }
    }

    private func excess(_ stage: Pipeline.Stage, of handle: any MediaHandle) -> String? {
        guard let limit = stage.plugin.manifest.limits.maximumFileSizeMiB, let size = handle.byteCount,
            size >> 20 >= limit, size > Int64(limit) << 20
        else { return nil }
        return "the file is larger than the \(limit) MiB that \(stage.plugin.manifest.name) takes"
    }

    private func missingStream(_ demand: MediaDemand, in description: MediaDescription) -> String? {
        var missing: [String] = []
        var isAnyThere = false
        func check(_ isWanted: Bool, _ isThere: Bool, _ name: String) {
            guard isWanted else { return }
            if isThere { isAnyThere = true } else { missing.append(name) }
        }
        check(demand.video != nil, description.primaryVideo != nil, "video")
        check(demand.audio != nil, description.primaryAudio != nil, "audio")
        check(demand.subtitles, description.streams.contains { $0.kind == "subtitle" }, "subtitle")
        if missing.isEmpty || demand.acceptsAnyTrack && isAnyThere { return nil }
        return "the file has no \(missing.joined(separator: " and no ")) track"
    }

    // MARK: Ends of operations

    /// Copies a result to the output folder and reports it.
    func deliver(
        _ stage: Pipeline.Stage, _ output: StageOutput, status: OperationStatus, since start: ContinuousClock.Instant,
        folder: String?, reports: ReportCollector, key: CacheKey? = nil, warnings: [String] = []
    ) async {
        do {
            var files: [String] = []
            var document: [UInt8]?
            if stage.isRequested || stage.isWritten {
                (files, document) = try await engine.pool.run {
                    let target = stage.isWritten ? folder : nil
                    let written = try target.map {
                        try OutputWriter(directory: $0).write(output, operation: stage.operation.name, key: key)
                    }
                    return (written ?? [], ResultEncoding.minified(try output.documentData()))
                }
            }
            var report = reports.make(stage, status: status, since: start)
            if case .empty(let reason) = output.outcome {
                report.reason = reason
                if status == .done { report.status = .empty }
            }
            report.files = files
            report.counts = output.counts
            report.cacheKey = key?.description
            report.warnings = warnings
            reports.add(report, for: stage.id)
            if stage.isRequested { await sink(.ended(report, document: document)) }
        } catch {
            let failure = PluginError(wrapping: error, code: .outputFailed, doing: "writing \(stage.operation.name)")
            await end(stage, .failed(failure), since: start, reports: reports)
        }
    }

    /// Reports an operation that has no result.
    func end(
        _ stage: Pipeline.Stage, _ standing: Standing, since start: ContinuousClock.Instant, reports: ReportCollector,
        warnings: [String] = []
    ) async {
        var report = reports.make(stage, status: .failed, since: start)
        report.warnings = warnings
        switch standing {
        case .skipped(let reason):
            report.status = .skipped
            report.reason = reason
        case .failed(let error): report.error = OperationReport.Failure(error)
        case .cached, .mustRun, .unneeded: return
        }
        reports.add(report, for: stage.id)
        if stage.isRequested { await sink(.ended(report, document: nil)) }
    }

    func traced<Value: Sendable>(
        _ name: String, lane: Int = 0, _ body: () async throws -> Value
    ) async rethrows -> Value {
        let start = ContinuousClock().now
        defer { trace?.record(name, category: "run", lane: lane, since: start) }
        return try await body()
    }
}

/// Collects the reports of a run's operations.
final class ReportCollector: Sendable {
    private let pipeline: Pipeline
    private let reports = Guarded<[Int: OperationReport]>([:])

    init(pipeline: Pipeline) { self.pipeline = pipeline }

    func make(_ stage: Pipeline.Stage, status: OperationStatus, since start: ContinuousClock.Instant) -> OperationReport
    {
        OperationReport(
            operation: stage.operation.name, parameters: stage.operation.parameters,
            plugin: stage.plugin.manifest.name, pluginVersion: stage.plugin.manifest.version,
            isRequested: stage.isRequested, status: status, reason: nil, error: nil,
            durationMs: (ContinuousClock().now - start).milliseconds, counts: [:], files: [], warnings: [],
            cacheKey: nil)
    }

    func add(_ report: OperationReport, for stage: Int) { reports.withLock { $0[stage] = report } }

    func isKnown(_ stage: Int) -> Bool { reports.withLock { $0[stage] != nil } }

    var all: [OperationReport] { reports.withLock { known in pipeline.stages.compactMap { known[$0.id] } } }
}
