import MediaValues

/// The loaded diarizers of a process, shared by everybody who uses the same model with the same options.
public struct SpeakerDiarizers: Sendable {
    private struct Key: Hashable {
        var model: String
        var digest: String
        var options: SpeakerDiarizer.Options
    }

    private let loads: SharedLoads<Key, SpeakerDiarizer>

    /// Creates an empty set; nothing is loaded yet.
    public init() { loads = SharedLoads(pool: .loading) }

    /// The diarizer, loaded at the first call.
    ///
    /// - Throws: ``InferenceError``; `CancellationError`.
    public func diarizer(
        _ model: InstalledModel, options: SpeakerDiarizer.Options = SpeakerDiarizer.Options()
    ) async throws -> SpeakerDiarizer {
        let key = Key(model: model.entry.id, digest: model.digest, options: options)
        return try await loads.value(for: key) { try SpeakerDiarizer(model: model, options: options) }
    }

    /// For processes that live long: lets go of each diarizer some time after its last use, until the task is cancelled.
    public func run(unloadingAfter age: Duration) async { await loads.removeIdleRepeatedly(after: age) }
}

/// The loaded audio taggers of a process, shared by everybody who uses the same model with the same number of threads.
public struct AudioTaggers: Sendable {
    private struct Key: Hashable {
        var model: String
        var digest: String
        var threads: Int
    }

    private let loads: SharedLoads<Key, AudioTagger>

    /// Creates an empty set; nothing is loaded yet.
    public init() { loads = SharedLoads(pool: .loading) }

    /// The tagger, loaded at the first call.
    ///
    /// - Throws: ``InferenceError``; `CancellationError`.
    public func tagger(_ model: InstalledModel, threads: Int = 1) async throws -> AudioTagger {
        let key = Key(model: model.entry.id, digest: model.digest, threads: threads)
        return try await loads.value(for: key) { try AudioTagger(model: model, threads: threads) }
    }

    /// For processes that live long: lets go of each tagger some time after its last use, until the task is cancelled.
    public func run(unloadingAfter age: Duration) async { await loads.removeIdleRepeatedly(after: age) }
}
