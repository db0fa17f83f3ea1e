public import MediaValues
public import PluginKit

/// How an operation ended.
public enum OperationStatus: String, Sendable, Codable, Hashable, CaseIterable {
    /// Computed, with a result.
    case done
    /// Taken from the cache.
    case cached
    /// Computed, and there was nothing to find.
    case empty
    /// Not attempted, for a reason that is no failure: no such stream, a model not installed.
    case skipped
    /// Attempted and failed, or something it needs failed.
    case failed
}

/// What became of one operation.
public struct OperationReport: Sendable, Codable, Hashable {
    /// Why an operation failed.
    public struct Failure: Sendable, Codable, Hashable {
        /// Kind of failure.
        public var code: PluginError.Code
        /// For people.
        public var message: String
        /// Text of the library underneath.
        public var details: String?

        /// Takes over an error.
        public init(_ error: PluginError) {
            code = error.code
            message = error.message
            details = error.details
        }
    }

    /// Operation name.
    public var operation: String
    /// Its parameters, defaults included.
    public var parameters: [String: ParameterValue]
    /// Plugin that did it.
    public var plugin: String
    /// That plugin's version.
    public var pluginVersion: String
    /// False for stages that were inserted because another needed them.
    public var isRequested: Bool
    /// How it ended.
    public var status: OperationStatus
    /// Why it was skipped, or is empty.
    public var reason: String?
    /// Why it failed.
    public var error: Failure?
    /// Wall-clock milliseconds.
    public var durationMs: Double
    /// Counts of what was found.
    public var counts: [String: Int]
    /// Files written, relative to the output folder.
    public var files: [String]
    /// What was unusual.
    public var warnings: [String]
    /// Cache key, where the result has one.
    public var cacheKey: String?
}

/// What a run did: every operation with its status. Written as `run.json`.
public struct RunReport: Sendable, Codable, Hashable {
    /// The source of a run.
    public struct Source: Sendable, Codable, Hashable {
        /// As the user named it.
        public var name: String
        /// BLAKE3 of its content.
        public var contentHash: ContentHash?
        /// Size.
        public var sizeBytes: Int64?
    }

    /// Version of this document's layout.
    public var schemaVersion = 1
    /// Version of the program.
    public var toolVersion: String
    /// Policy of the run.
    public var mode: ExecutionMode
    /// What was worked on.
    public var source: Source
    /// ISO 8601, UTC.
    public var startedAt: String
    /// Wall-clock milliseconds.
    public var durationMs: Double
    /// Output folder, where files were written.
    public var outputDirectory: String?
    /// Every operation in the order of the plan.
    public var operations: [OperationReport]
    /// What the decode pass did; absent where nothing was decoded.
    public var decoding: DecodingReport?

    /// Whether an operation failed.
    public var hasFailures: Bool { operations.contains { $0.status == .failed } }

    /// The operations that somebody asked for.
    public var requestedOperations: [OperationReport] { operations.filter(\.isRequested) }
}

/// What happens during a run, in order.
public enum RunEvent: Sendable {
    /// An operation began.
    case started(operation: String)
    /// A piece of an operation's result.
    case partial(operation: String, data: PartialResult)
    /// An operation ended; `document` is its result as compact JSON, where there is one.
    case ended(OperationReport, document: [UInt8]?)
    /// The run ended.
    case finished(RunReport)
}
