import Foundation
import HTTPClient
import MediaValues
import Pipeline
import PluginKit
import Synchronization
import VideoExtract

/// The hidden command behind `bulk`: works on the files that its supervisor names on standard input, several at a time
/// with shared models, and reports each on standard output. If a decoder crashes, only this process dies.
struct BulkWorkerCommand: Sendable {
    static let name = "bulk-worker"

    /// Files begun and not yet answered.
    private static let inHand = Atomic<Int>(0)

    func run() async throws -> ExitStatus {
        let lines = BoundedChannel<[UInt8]>(capacity: 4)
        let input = BlockingPool(name: "bulk-input", threads: 1)
        async let reading: Void = input.run { Self.readLines(into: lines) }
        guard let first = try await lines.next() else { return .usage }
        let setup = try ResultEncoding.decoder.decode(BulkProtocol.Setup.self, from: Data(first))
        Console.isVerbose = setup.isVerbose
        let client = try Self.client(setup)
        let cache = client.engine.cache
        Interruption.onEnd { cache?.abandonStaging() }
        var policy = ExecutionPolicy(mode: .bulk, threads: setup.threads, usesCache: setup.usesCache)
        policy.profile = setup.profile
        policy.usesFastMath = setup.usesFastMath
        let runner = BulkRunner(
            engine: client.engine, policy: policy, workers: setup.workers,
            timeout: setup.timeoutSeconds.map { .seconds($0) })
        // The supervisor sends no more than `workers` files at a time, so the group stays that small.
        try await withThrowingDiscardingTaskGroup { group in
            for try await line in lines {
                group.addTask { try await Self.work(line, runner: runner, setup: setup) }
            }
        }
        try await reading
        return .done
    }

    private static func work(_ line: [UInt8], runner: BulkRunner, setup: BulkProtocol.Setup) async throws {
        let job = try ResultEncoding.decoder.decode(BulkProtocol.Job.self, from: Data(line))
        inHand.add(1, ordering: .sequentiallyConsistent)
        try send(BulkProtocol.Answer(index: job.index, outcome: nil))
        let start = ContinuousClock.now
        let request = ExtractionRequest(
            source: DataSource(argument: job.source), outputs: setup.outputs, outputDirectory: setup.outputDirectory,
            needsFolderSuffix: job.needsFolderSuffix)
        let result = try await runner.process(request, index: job.index)
        let duration = (ContinuousClock.now - start).milliseconds
        inHand.subtract(1, ordering: .sequentiallyConsistent)
        try send(BulkProtocol.Answer(index: job.index, outcome: BulkOutcome(result, durationMs: duration)))
    }

    private static func client(_ setup: BulkProtocol.Setup) throws -> Client {
        var builder = Client.builder().workers(setup.workers).verbose(setup.isVerbose)
        builder = setup.usesCache ? builder : builder.cacheDirectory(nil)
        if setup.usesCache, let folder = setup.cacheDirectory { builder = builder.cacheDirectory(folder) }
        builder = builder.temporaryDirectory(setup.temporaryDirectory)
        if let limit = setup.cacheSizeLimit { builder = builder.cacheSizeLimit(limit) }
        for folder in setup.pluginDirectories { builder = builder.pluginDirectory(folder) }
        if setup.allowsPrivateAddresses {
            var policy = HTTPPolicy.media
            policy.allowsPrivateAddresses = true
            builder = builder.network(policy)
        }
        return try builder.build()
    }

    private static func send(_ answer: BulkProtocol.Answer) throws {
        Console.write(try ResultEncoding.compact(answer) + [UInt8(ascii: "\n")], to: STDOUT_FILENO)
    }

    /// Blocking: passes lines on until the input ends or nobody takes them.
    private static func readLines(into lines: BoundedChannel<[UInt8]>) {
        defer { lines.finish() }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var text: [UInt8] = []
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                // A supervisor that waits for answers keeps the line open: this one was killed.
                if inHand.load(ordering: .sequentiallyConsistent) > 0 { Interruption.end() }
                return
            }
            text += buffer[..<count]
            while let end = text.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(text[..<end])
                text.removeFirst(end + 1)
                if !line.isEmpty, !lines.send(line) { return }
            }
        }
    }
}
