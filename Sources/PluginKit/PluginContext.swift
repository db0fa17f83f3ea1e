import Foundation
public import MediaValues

/// How a run balances observability, latency and throughput. A policy over one engine, not an engine of its own.
public enum ExecutionMode: String, Sendable, Codable, CaseIterable {
    /// One file, everything observable.
    case debug
    /// One file, lowest latency, all cores.
    case performance
    /// Many files, highest throughput.
    case bulk
}

/// What the engine lends to a stage while it runs.
public struct PluginContext: Sendable {
    /// Policy of the run.
    public let mode: ExecutionMode
    /// Threads that the stage may keep busy at one time, at least 1.
    public let threads: Int
    /// Whether networks may compute in the processor's fastest arithmetic rather than in 32-bit floats.
    public let usesFastMath: Bool
    /// Where blocking work runs.
    public let pool: BlockingPool
    /// Writes the stage's files.
    public let files: StageFiles
    private let emitPartial: @Sendable (PartialResult) async -> Void
    private let emitWarning: @Sendable (String) -> Void

    /// Creates a context; the closures receive partial results and warnings.
    public init(
        mode: ExecutionMode, threads: Int, usesFastMath: Bool = false, pool: BlockingPool, files: StageFiles,
        emitPartial: @escaping @Sendable (PartialResult) async -> Void,
        emitWarning: @escaping @Sendable (String) -> Void
    ) {
        self.mode = mode
        self.threads = max(1, threads)
        self.usesFastMath = usesFastMath
        self.pool = pool
        self.files = files
        self.emitPartial = emitPartial
        self.emitWarning = emitWarning
    }

    /// Hands out a piece of the result before the rest exists; waits while the reader is behind.
    public func emit(_ partial: PartialResult) async { await emitPartial(partial) }

    /// Adds a sentence to the operation's warnings in the run report.
    public func warn(_ text: String) { emitWarning(text) }
}

/// A piece of a result: one transcript segment, one scene, one keyframe.
public struct PartialResult: Sendable, Hashable {
    /// The piece as compact JSON.
    public var json: [UInt8]

    /// Wraps compact JSON.
    public init(json: [UInt8]) { self.json = json }

    /// Encodes a value.
    ///
    /// - Throws: `EncodingError` for values that JSON cannot hold (NaN).
    public init(_ value: some Encodable) throws {
        json = try ResultEncoding.compact(value)
    }

    /// The piece as a value.
    ///
    /// - Throws: `DecodingError`.
    public func decode<Value: Decodable>(as type: Value.Type) throws -> Value {
        try ResultEncoding.decoder.decode(type, from: Data(json))
    }
}
