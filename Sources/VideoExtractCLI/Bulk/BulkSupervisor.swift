import Foundation
import MediaValues
import Pipeline
import PluginKit

/// Keeps a worker process busy and replaces it when it dies.
struct BulkSupervisor {
    /// How much longer than the time limit the worker may take to end a file by itself.
    private static let timeoutGrace = Duration.seconds(5)
    /// How long an interrupted worker may take to clean up.
    private static let endGrace = Duration.milliseconds(140)
    /// A worker that dies this often in a row without finishing a file is broken itself.
    private static let mostFruitlessDeaths = 3

    private let setup: BulkProtocol.Setup
    private let jobs: [BulkProtocol.Job]
    /// Position in `jobs` by the index that the worker reports.
    private let positions: [Int: Int]

    init(setup: BulkProtocol.Setup, jobs: [BulkProtocol.Job]) {
        self.setup = setup
        self.jobs = jobs
        positions = Dictionary(uniqueKeysWithValues: jobs.enumerated().map { ($0.element.index, $0.offset) })
    }

    /// Reports every file that ends; `onEnd` returns false to stop the run.
    typealias Report = (Int, BulkOutcome) throws -> Bool

    func run(onEnd: Report) async throws {
        var schedule = BulkSchedule(jobs: Array(jobs.indices), width: setup.workers)
        var fruitlessDeaths = 0
        while !schedule.isFinished {
            try Task.checkCancellation()
            let before = schedule.waiting.count + schedule.suspects.count
            guard try await runWorker(&schedule, onEnd: onEnd) else { return }
            let after = schedule.waiting.count + schedule.suspects.count
            fruitlessDeaths = after < before ? 0 : fruitlessDeaths + 1
            guard fruitlessDeaths < Self.mostFruitlessDeaths else {
                throw PluginError(.crashed, "the worker process dies before it finishes a file; try --verbose")
            }
        }
    }

    /// One worker from start to end.
    ///
    /// - Returns: false where the run was stopped by `onEnd`.
    private func runWorker(_ schedule: inout BulkSchedule, onEnd: Report) async throws -> Bool {
        let worker = try ChildProcess(arguments: [Self.program(), BulkWorkerCommand.name], name: "the bulk worker")
        defer { worker.terminate() }
        // It cleans up after itself, if it can.
        Interruption.onInterrupt { worker.askToEnd(grace: Self.endGrace) }
        Interruption.onEnd { worker.terminate() }
        let lines = BoundedChannel<ChildProcess.Line>(capacity: 64)
        let setupLine = try ResultEncoding.compact(setup) + [UInt8(ascii: "\n")]
        let pool = BlockingPool(name: "bulk", threads: 1)
        guard worker.write(setupLine) else { throw PluginError(.crashed, "the worker process does not start") }
        async let pumping: Void = pool.run {
            worker.converse(request: [], into: lines, silenceLimit: 1, endsWhenSilent: false)
        }
        // Runs before the wait for `pumping` on every way out; otherwise an error would wait for a living worker.
        defer {
            worker.terminate()
            lines.abandon()
        }
        var errorText = ""
        var shouldGoOn = true
        try await withTaskCancellationHandler {
            reading: while true {
                while let job = schedule.next(now: .now) { try send(jobs[job], to: worker) }
                if schedule.isFinished {
                    worker.closeInput()
                    return
                }
                guard let line = try await lines.next() else { break }
                switch line {
                case .text(let bytes):
                    guard try take(bytes, &schedule, onEnd: onEnd) else {
                        shouldGoOn = false
                        return
                    }
                case .silent:
                    if try endOverdue(&schedule, worker: worker, onEnd: onEnd, shouldGoOn: &shouldGoOn) { return }
                case .endless:
                    throw PluginError(.crashed, "the worker process writes rubbish; try --verbose")
                case .ended(let description, let text):
                    try Task.checkCancellation()
                    errorText = text
                    if let culprit = schedule.workerDied() {
                        shouldGoOn = try giveUp(
                            culprit, status: .quarantined,
                            message: "the decoder or a model crashed on this file: the worker \(description)", onEnd)
                    }
                    break reading
                }
            }
        } onCancel: {
            worker.terminate()
        }
        worker.terminate()
        lines.abandon()
        try await pumping
        if !errorText.isEmpty { Console.detail(errorText) }
        return shouldGoOn
    }

    private func take(_ bytes: [UInt8], _ schedule: inout BulkSchedule, onEnd: Report) throws -> Bool {
        let answer = try ResultEncoding.decoder.decode(BulkProtocol.Answer.self, from: Data(bytes))
        guard let job = positions[answer.index] else { return true }
        guard let outcome = answer.outcome else {
            schedule.started(job, now: .now)
            return true
        }
        schedule.finished(job)
        return try onEnd(answer.index, outcome)
    }

    /// Ends the worker if a file is long past its time limit: native code that does not return.
    private func endOverdue(
        _ schedule: inout BulkSchedule, worker: ChildProcess, onEnd: Report, shouldGoOn: inout Bool
    ) throws -> Bool {
        guard let seconds = setup.timeoutSeconds else { return false }
        let overdue = schedule.overdue(limit: .seconds(seconds) + Self.timeoutGrace, now: .now)
        guard !overdue.isEmpty else { return false }
        worker.terminate()
        schedule.abandon(overdue)
        for job in overdue {
            let goesOn = try giveUp(
                job, status: .timedOut, message: "native code did not return within the time limit of \(seconds) s",
                onEnd)
            shouldGoOn = shouldGoOn && goesOn
        }
        return true
    }

    private func giveUp(_ job: Int, status: BulkOutcome.Status, message: String, _ onEnd: Report) throws -> Bool {
        let source = DataSource(argument: jobs[job].source).displayName
        return try onEnd(
            jobs[job].index, BulkOutcome(source: source, status: status, message: message, durationMs: 0))
    }

    private func send(_ job: BulkProtocol.Job, to worker: ChildProcess) throws {
        _ = worker.write(try ResultEncoding.compact(job) + [UInt8(ascii: "\n")])
    }

    /// This program's own file.
    private static func program() throws -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { throw PluginError(.crashed, "the program's own file cannot be found") }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
