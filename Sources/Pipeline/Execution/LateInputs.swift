import MediaValues
import PluginKit

/// What a stage takes from the stages above it, waited for when it asks.
final class LateInputs: Sendable {
    /// A stage above did not deliver, which ends this one as well.
    struct NotDelivered: Error {
        /// How this stage ends.
        let ending: StageResult
    }

    private let stage: Pipeline.Stage
    private let pipeline: Pipeline
    private let board: StageBoard
    private let isComplete = Guarded(true)

    init(stage: Pipeline.Stage, pipeline: Pipeline, board: StageBoard) {
        self.stage = stage
        self.pipeline = pipeline
        self.board = board
    }

    /// False where a result that was taken came with warnings, or an optional one failed.
    var areComplete: Bool { isComplete.withLock { $0 } }

    /// The results. An optional stage that was skipped or failed is merely noted.
    ///
    /// - Throws: `NotDelivered`, `CancellationError`.
    func collect() async throws -> StageResults {
        var results = StageResults()
        for id in stage.inputs {
            let source = pipeline.stages[id]
            let isOptional = stage.optionalInputs.contains(id)
            let manifest = source.plugin.manifest
            switch await board.result(of: id) {
            case .output(let output, let isWhole):
                results.add(
                    output, of: manifest.outputs,
                    by: .init(operation: source.operation.name, version: manifest.version))
                if !isWhole { isComplete.withLock { $0 = false } }
            case .skipped(let reason):
                guard !isOptional else {
                    results.note(missing: manifest.outputs, because: "skipped: \(reason)")
                    continue
                }
                throw NotDelivered(
                    ending: .skipped(reason: "it needs \(source.operation.name), which was skipped: \(reason)"))
            case .failed(let error):
                guard !isOptional else {
                    isComplete.withLock { $0 = false }
                    results.note(missing: manifest.outputs, because: "failed: \(error.message)")
                    continue
                }
                throw NotDelivered(
                    ending: .failed(
                        PluginError(
                            .dependencyFailed, "it needs \(source.operation.name), which failed: \(error.message)")))
            }
        }
        try Task.checkCancellation()
        return results
    }
}
