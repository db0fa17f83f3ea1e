public import Foundation
public import MediaValues
public import PluginKit

/// Carries requests out: resolves the source, plans, asks the cache from the outputs backwards, runs what is missing in
/// one decode pass, writes results, and reports every operation.
///
/// An engine is an immutable value that any number of runs share. It knows media, models and the cache only through
/// protocols, so it is tested with fakes and no native library.
public struct Engine: Sendable {
    /// Receives events in order; while it is suspended, the stage that emitted waits.
    public typealias Sink = @Sendable (RunEvent) async -> Void

    /// All plugins.
    public let registry: Registry
    /// Opens sources.
    public let media: any MediaAccess
    /// Knows the models.
    public let models: any ModelProviding
    /// Keeps results; nil keeps none.
    public let cache: ResultCache?
    /// Runs blocking work.
    public let pool: BlockingPool
    /// Folder for the files of running stages where there is no cache.
    public let temporaryDirectory: String

    /// Assembles an engine.
    public init(
        registry: Registry, media: any MediaAccess, models: any ModelProviding, cache: ResultCache?,
        pool: BlockingPool = .shared, temporaryDirectory: String = NSTemporaryDirectory()
    ) {
        self.registry = registry
        self.media = media
        self.models = models
        self.cache = cache
        self.pool = pool
        self.temporaryDirectory = temporaryDirectory
    }

    /// Plans a request without touching the media.
    ///
    /// - Throws: `PluginError`: `unknownOperation`, `invalidParameter`, `noPlugin`.
    public func plan(_ request: ExtractionRequest, policy: ExecutionPolicy) throws -> Pipeline {
        // metadata.json is always among the files.
        let isWritten = request.outputDirectory != nil && !registry.plugins(for: "metadata").isEmpty
        let companions = isWritten ? [OutputSpec(PluginKit.Operation("metadata"))] : []
        let planner = Planner(
            registry: registry, requirements: policy.requirements, profile: policy.profile,
            materializesStreams: policy.materializesStreams)
        let pipeline = try planner.plan(
            request.outputs, companions: companions, formatHint: request.source.formatHint)
        try refuseCollisions(pipeline)
        return pipeline
    }

    /// Two results of one operation would overwrite each other's files.
    private func refuseCollisions(_ pipeline: Pipeline) throws {
        var seen: [String: PluginKit.Operation] = [:]
        for stage in pipeline.stages where stage.isRequested {
            if let other = seen.updateValue(stage.operation, forKey: stage.operation.name) {
                throw PluginError(
                    .invalidConfiguration,
                    "\(other) and \(stage.operation) would write the same files; run them one after the other into "
                        + "different output folders")
            }
        }
    }

    /// Runs a request to its end.
    ///
    /// Failures of the source or of operations are in the report, not thrown.
    ///
    /// - Throws: `PluginError` where the request itself makes no sense (`plan`), `CancellationError`.
    public func run(
        _ request: ExtractionRequest, policy: ExecutionPolicy, trace: TraceRecorder? = nil, sink: @escaping Sink
    ) async throws -> RunReport {
        let pipeline = try plan(request, policy: policy)
        let run = PipelineRun(
            engine: self, request: request, policy: policy, pipeline: pipeline, trace: trace, sink: sink)
        let report = try await run.execute()
        await sink(.finished(report))
        return report
    }
}
