public import PluginKit

/// How one file of a bulk run ended.
public struct BulkResult: Sendable {
    /// Position in the list of requests.
    public var index: Int
    /// Where the bytes came from.
    public var source: DataSource
    /// What became of its operations; nil where the file as a whole failed.
    public var report: RunReport?
    /// Why the file as a whole failed: a time limit, a request that makes no sense.
    public var failure: PluginError?

    /// Creates a result.
    public init(index: Int, source: DataSource, report: RunReport?, failure: PluginError?) {
        self.index = index
        self.source = source
        self.report = report
        self.failure = failure
    }

    /// Whether the file or one of its operations failed.
    public var hasFailures: Bool { failure != nil || report?.hasFailures ?? false }
}

/// Works on many files, a fixed number at a time, each on its own.
public struct BulkRunner: Sendable {
    private let engine: Engine
    private let policy: ExecutionPolicy
    private let workers: Int
    private let timeout: Duration?

    /// Creates a runner.
    ///
    /// - Parameters:
    ///   - workers: files at one time, at least 1.
    ///   - timeout: most time for one file; nil for any.
    public init(engine: Engine, policy: ExecutionPolicy, workers: Int, timeout: Duration?) {
        self.engine = engine
        self.policy = policy
        self.workers = max(1, workers)
        self.timeout = timeout
    }

    /// Carries the requests out.
    ///
    /// - Returns: one result for each request, in their order.
    /// - Throws: `CancellationError`.
    public func run(
        _ requests: [ExtractionRequest], onCompletion: @escaping @Sendable (BulkResult) async -> Void
    ) async throws -> [BulkResult] {
        try await withThrowingTaskGroup(of: BulkResult.self) { group in
            var results = [BulkResult?](repeating: nil, count: requests.count)
            var next = 0
            while next < min(workers, requests.count) {
                let index = next
                group.addTask { try await process(requests[index], index: index) }
                next += 1
            }
            while let result = try await group.next() {
                results[result.index] = result
                await onCompletion(result)
                if next < requests.count {
                    let index = next
                    group.addTask { try await process(requests[index], index: index) }
                    next += 1
                }
            }
            return results.compactMap { $0 }
        }
    }

    /// Works on one file within the time limit.
    ///
    /// - Throws: `CancellationError` where the task was cancelled; everything else is in the result.
    public func process(_ request: ExtractionRequest, index: Int) async throws -> BulkResult {
        do {
            let report = try await limited { try await engine.run(request, policy: policy) { _ in } }
            return BulkResult(index: index, source: request.source, report: report, failure: nil)
        } catch {
            try Task.checkCancellation()
            let failure = PluginError(wrapping: error, doing: request.source.displayName)
            return BulkResult(index: index, source: request.source, report: nil, failure: failure)
        }
    }

    private func limited(_ body: @escaping @Sendable () async throws -> RunReport) async throws -> RunReport {
        guard let timeout else { return try await body() }
        return try await withThrowingTaskGroup(of: RunReport?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            guard let report = try await group.next() ?? nil else {
                throw PluginError(
                    .timedOut, "the time limit of \(timeout) for one file passed; raise it with --timeout")
            }
            return report
        }
    }
}
