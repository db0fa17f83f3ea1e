/// Code that turns some input types into one or more output types; its manifest describes it.
///
/// A plugin is shared by every run in the process, so it holds no per-run state. Blocking work goes through
/// `context.pool`, never onto Swift's cooperative threads.
public protocol Plugin: Sendable {
    /// What the plugin says of itself.
    var manifest: PluginManifest { get }

    /// What `operation` needs from the decode pass. Parameters were checked and completed with their defaults.
    ///
    /// - Throws: `PluginError` with `invalidParameter` for combinations that ranges alone cannot exclude.
    func mediaDemand(for operation: Operation) throws -> MediaDemand

    /// The same when the file is known; asked before the decode pass. It may change which pictures or samples are wanted,
    /// not whether any are.
    func mediaDemand(for operation: Operation, of media: MediaDescription) throws -> MediaDemand

    /// Models that must be installed for `operation`, by catalogue identifier.
    func requiredModels(for operation: Operation) throws -> [String]

    /// Does the work: takes media and upstream results from `input`, writes files through `context`, emits partial
    /// results while it goes, and returns what it made.
    ///
    /// - Throws: `PluginError`, or `CancellationError`.
    func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput

    /// Whether a cached result may still be used; the default compares versions and `invalidate_before`.
    func isValidCacheHit(_ entry: CacheEntryDescription) -> Bool
}

extension Plugin {
    /// Nothing from the decoder.
    public func mediaDemand(for operation: Operation) throws -> MediaDemand { .nothing }

    /// The same for every file.
    public func mediaDemand(for operation: Operation, of media: MediaDescription) throws -> MediaDemand {
        try mediaDemand(for: operation)
    }

    /// No models.
    public func requiredModels(for operation: Operation) throws -> [String] { [] }

    /// Compares versions and `invalidate_before`.
    public func isValidCacheHit(_ entry: CacheEntryDescription) -> Bool {
        entry.cacheVersion >= manifest.cache.version
            && manifest.cache.invalidateBefore.map { entry.createdAt >= $0 } ?? true
    }

    /// Whether the plugin can start from `type`.
    public func supports(input type: DataType) -> Bool { manifest.inputs.contains(type) }

    /// Whether the plugin makes `type`.
    public func produces(output type: DataType) -> Bool { manifest.outputs.contains(type) }
}

/// What a plugin may judge a cached result by.
public struct CacheEntryDescription: Sendable, Hashable {
    /// Manifest `cache.version` at the time.
    public var cacheVersion: Int
    /// Plugin version at the time.
    public var pluginVersion: String
    /// When it was made, ISO 8601 in UTC.
    public var createdAt: String

    /// Creates a description.
    public init(cacheVersion: Int, pluginVersion: String, createdAt: String) {
        self.cacheVersion = cacheVersion
        self.pluginVersion = pluginVersion
        self.createdAt = createdAt
    }
}

/// What one stage works on.
public struct StageInput: Sendable {
    /// What to do, with every parameter set.
    public var operation: Operation
    /// What the probe found.
    public var media: MediaDescription
    /// The stage's share of the decode pass.
    public var feed: MediaFeed
    private let fetchResults: @Sendable () async throws -> StageResults

    /// Creates an input whose results are there already.
    public init(
        operation: Operation, media: MediaDescription, feed: MediaFeed = MediaFeed(),
        results: [DataType: StageOutput] = [:]
    ) {
        self.init(operation: operation, media: media, feed: feed) { StageResults(results) }
    }

    /// Creates an input whose results are waited for.
    public init(
        operation: Operation, media: MediaDescription, feed: MediaFeed,
        results: @escaping @Sendable () async throws -> StageResults
    ) {
        self.operation = operation
        self.media = media
        self.feed = feed
        fetchResults = results
    }

    /// Results of the stages before it; optional ones only where they exist. Waits for those stages.
    ///
    /// A stage that takes media too reads its feed to the end first: the stages that it waits for live on the same decode
    /// pass, and an unread feed would hold the decoder up for all of them.
    ///
    /// - Throws: `PluginError` where a needed stage did not deliver, or the feed was not read; `CancellationError`.
    public func results() async throws -> StageResults {
        guard feed.isDrained else {
            throw PluginError(
                .pluginFault,
                "\(operation.name) asked for the results of other operations before it had read its media to the end")
        }
        return try await fetchResults()
    }
}
