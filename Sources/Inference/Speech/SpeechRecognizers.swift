import MediaValues

/// The loaded speech recognisers of a process, shared by everybody who uses the same model with the same options.
public struct SpeechRecognizers: Sendable {
    private struct Key: Hashable {
        var model: String
        var digest: String
        var options: SpeechRecognizer.Options
    }

    private let loads: SharedLoads<Key, SpeechRecognizer>

    /// Creates an empty set; nothing is loaded yet.
    public init() { loads = SharedLoads(pool: .loading) }

    /// The recogniser, loaded at the first call.
    ///
    /// - Throws: ``InferenceError``; `CancellationError`.
    public func recognizer(
        _ model: InstalledModel, options: SpeechRecognizer.Options
    ) async throws -> SpeechRecognizer {
        let key = Key(model: model.entry.id, digest: model.digest, options: options)
        return try await loads.value(for: key) { try SpeechRecognizer(model: model, options: options) }
    }

    /// Lets go of recognisers that nobody has held or asked for since `age`.
    public func unloadIdle(longerThan age: Duration) async { await loads.removeIdle(longerThan: age) }

    /// For processes that live long: lets go of each recogniser some time after its last use, until the task is cancelled.
    public func run(unloadingAfter age: Duration) async { await loads.removeIdleRepeatedly(after: age) }
}
