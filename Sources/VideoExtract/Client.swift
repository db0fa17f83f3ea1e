@_exported public import PluginKit
import BuiltInPlugins
import Configuration
import Foundation
import HTTPClient
public import Inference
import MediaDecoding
import MediaValues
@_exported public import Pipeline

/// The way into the library: turns media files into results.
///
/// ```swift
/// let client = try Client.builder().cacheDirectory("/tmp/cache").build()
/// let result = try await client.execute(.file(path: "talk.mp4"), operations: "transcription,scenes")
/// let transcript = try result.document("transcription", as: Transcript.self)
/// ```
/// A client is an immutable value; use one for a whole process, so that models are loaded once. Foundation also has a
/// type called `Operation`: files that import both say `PluginKit.Operation`.
public struct Client: Sendable {
    /// Carries requests out.
    public let engine: Engine
    /// Which models there are.
    public let models: ModelStore
    /// Files worked on at one time by `executeBulk`.
    public let workers: Int
    private let loaded: SharedModels

    init(engine: Engine, models: SharedModels, workers: Int) {
        self.engine = engine
        self.models = models.store
        loaded = models
        self.workers = workers
    }

    /// Starts the configuration of a client.
    public static func builder() -> ClientBuilder { ClientBuilder() }

    /// For processes that live long, beside their work: lets go of each model some time after its last use, so that memory
    /// follows what is being done. Returns when the task is cancelled.
    public func unloadIdleModels(after age: Duration) async { await loaded.run(unloadingAfter: age) }

    /// Plans a request without touching the media.
    ///
    /// - Throws: `PluginError`.
    public func plan(_ request: ExtractionRequest, policy: ExecutionPolicy = .performance()) throws -> Pipeline {
        try engine.plan(request, policy: policy)
    }

    /// Produces `operations`, written as on the command line: `transcription(language=en),scenes`.
    ///
    /// - Throws: `PluginError` for an operation or parameter that does not exist, `CancellationError`. What fails while
    ///   running is in the report.
    public func execute(
        _ source: DataSource, operations: String, outputDirectory: String? = nil,
        policy: ExecutionPolicy = .performance()
    ) async throws -> ExtractionResult {
        let outputs = try OperationListParser.parse(operations).map { OutputSpec($0) }
        let request = ExtractionRequest(source: source, outputs: outputs, outputDirectory: outputDirectory)
        return try await execute(request, policy: policy)
    }

    /// Carries a request out and returns everything at the end.
    ///
    /// - Throws: as the simpler form does.
    public func execute(
        _ request: ExtractionRequest, policy: ExecutionPolicy = .performance(), trace: TraceRecorder? = nil
    ) async throws -> ExtractionResult {
        let documents = DocumentCollector()
        let report = try await engine.run(request, policy: policy, trace: trace) { event in
            if case .ended(let operation, let document?) = event {
                await documents.add(document, for: operation.operation)
            }
        }
        return ExtractionResult(report: report, documents: await documents.all)
    }

    /// Carries a request out and hands over events as they happen. Ending the iteration early cancels the run.
    public func executeStreaming(
        _ request: ExtractionRequest, policy: ExecutionPolicy = .performance(), trace: TraceRecorder? = nil
    ) -> RunEvents {
        RunEvents { sink in
            _ = try await engine.run(request, policy: policy, trace: trace, sink: sink)
        }
    }

    /// Carries many requests out, `workers` at a time, in this process. Each file stands alone: what fails is in its own
    /// report. Unlike the command line's `bulk`, a crash in native code ends the process.
    ///
    /// - Parameters:
    ///   - timeout: most time for one file; nil for any.
    ///   - onCompletion: called for each file as it ends, in the order of their ends.
    /// - Returns: one result for each request, in the order of the requests.
    /// - Throws: `CancellationError`.
    public func executeBulk(
        _ requests: [ExtractionRequest], policy: ExecutionPolicy = .bulk(), timeout: Duration? = nil,
        onCompletion: @escaping @Sendable (BulkResult) async -> Void = { _ in }
    ) async throws -> [BulkResult] {
        try await BulkRunner(engine: engine, policy: policy, workers: workers, timeout: timeout)
            .run(requests, onCompletion: onCompletion)
    }
}

/// What a request produced.
public struct ExtractionResult: Sendable {
    /// Every operation with its status.
    public let report: RunReport
    /// Documents of the requested operations as compact JSON, by operation name.
    public let documents: [String: [UInt8]]

    /// The document of an operation as a value.
    ///
    /// - Throws: `PluginError` where the operation has no result, saying how it ended; `DecodingError`.
    public func document<Value: Decodable>(_ operation: String, as type: Value.Type) throws -> Value {
        guard let bytes = documents[operation] else {
            let known = report.operations.first { $0.operation == operation }
            let reason = known.map { $0.error?.message ?? $0.reason ?? $0.status.rawValue } ?? "it was not asked for"
            throw PluginError(.noPlugin, "\(operation) has no result: \(reason)")
        }
        return try ResultEncoding.decoder.decode(type, from: Data(bytes))
    }
}

private actor DocumentCollector {
    private(set) var all: [String: [UInt8]] = [:]

    func add(_ document: [UInt8], for operation: String) { all[operation] = document }
}

/// The events of one run, as an asynchronous sequence for one reader.
public struct RunEvents: AsyncSequence, Sendable {
    /// One event.
    public typealias Element = RunEvent
    /// What the run throws.
    public typealias Failure = any Error

    private let body: @Sendable (@escaping Engine.Sink) async throws -> Void

    init(_ body: @escaping @Sendable (@escaping Engine.Sink) async throws -> Void) { self.body = body }

    /// Starts the run.
    public func makeAsyncIterator() -> Iterator { Iterator(body) }

    /// Walks the events; the run is cancelled when the iterator goes away.
    public struct Iterator: AsyncIteratorProtocol {
        private final class Run: Sendable {
            let channel = BoundedChannel<RunEvent>(capacity: 64)
            let task: Task<Void, Never>

            init(_ body: @escaping @Sendable (@escaping Engine.Sink) async throws -> Void) {
                let channel = channel
                // The sequence owns the run: there is no other task that could.
                task = Task {
                    do {
                        try await body { event in await channel.push(event) }
                        channel.finish()
                    } catch {
                        channel.finish(throwing: error)
                    }
                }
            }

            deinit {
                task.cancel()
                channel.abandon()
            }
        }

        private let run: Run

        fileprivate init(_ body: @escaping @Sendable (@escaping Engine.Sink) async throws -> Void) { run = Run(body) }

        /// The next event; nil after the last.
        ///
        /// - Throws: what the run throws.
        public func next() async throws -> RunEvent? { try await run.channel.next() }
    }
}
