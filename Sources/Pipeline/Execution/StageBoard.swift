import PluginKit

/// How a stage ended, for the stages that need it.
enum StageResult: Sendable {
    /// `isComplete` is false where it, or what it was made from, came with warnings.
    case output(StageOutput, isComplete: Bool)
    case skipped(reason: String)
    case failed(PluginError)
}

/// Where stages post their results and wait for those of others. Every stage posts exactly once, also when it fails or
/// is cancelled, so every wait ends.
actor StageBoard {
    private var results: [Int: StageResult] = [:]
    private var waiting: [Int: [CheckedContinuation<StageResult, Never>]] = [:]

    func post(_ result: StageResult, for stage: Int) {
        guard results[stage] == nil else { return }
        results[stage] = result
        for continuation in waiting.removeValue(forKey: stage) ?? [] { continuation.resume(returning: result) }
    }

    func result(of stage: Int) async -> StageResult {
        if let known = results[stage] { return known }
        return await withCheckedContinuation { waiting[stage, default: []].append($0) }
    }
}
