public import Foundation
import MediaValues

/// What a program did.
public struct ProgramResult: Sendable {
    /// Exit status; 128 + signal where it was killed by one.
    public var status: Int32
    /// Standard output.
    public var output: Data
    /// Standard error.
    public var errors: Data

    /// Standard output as text.
    public var outputText: String { String(decoding: output, as: UTF8.self) }
    /// Standard error as text.
    public var errorText: String { String(decoding: errors, as: UTF8.self) }
}

/// Runs programs and keeps what they write.
public enum BinaryRunner {
    /// A running program that a test can signal.
    public final class Running: Sendable {
        private let process: Guarded<Process>
        private let finished: Task<ProgramResult, Never>

        fileprivate init(_ process: sending Process, finished: Task<ProgramResult, Never>) {
            self.process = Guarded(process)
            self.finished = finished
        }

        /// Process identifier; nil before it runs.
        public var identifier: pid_t? {
            let identifier = process.withLock { $0.processIdentifier }
            return identifier > 0 ? identifier : nil
        }

        /// Sends a signal to the program alone.
        public func signal(_ number: Int32) {
            let identifier = process.withLock { $0.processIdentifier }
            if identifier > 0 { kill(identifier, number) }
        }

        /// Waits for the end.
        public func result() async -> ProgramResult { await finished.value }
    }

    /// The path of a product that was built with the tests: beside the running test program.
    public static func builtProduct(_ name: String) -> String {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (own as NSString).deletingLastPathComponent + "/" + name
    }

    /// Runs a program to its end; it is killed when `seconds` pass.
    ///
    /// - Parameters:
    ///   - path: a path, or a name looked up in `PATH`.
    ///   - environment: variables added to those of the tests.
    /// - Throws: where it cannot be started, or `DeadlinePassed`.
    public static func run(
        _ path: String, _ arguments: [String], input: Data = Data(), environment: [String: String] = [:],
        directory: String? = nil, seconds: Double = 120
    ) async throws -> ProgramResult {
        let running = try start(path, arguments, input: input, environment: environment, directory: directory)
        do {
            return try await withDeadline(seconds: seconds) { await running.result() }
        } catch {
            running.signal(SIGKILL)
            _ = await running.result()
            throw error
        }
    }

    /// Starts a program.
    ///
    /// - Throws: where it cannot be started.
    public static func start(
        _ path: String, _ arguments: [String], input: Data = Data(), environment: [String: String] = [:],
        directory: String? = nil
    ) throws -> Running {
        // Files rather than pipes: nothing has to be read while the program runs.
        let folder = try TemporaryDirectory()
        for name in ["output", "errors"] { try folder.write("", to: name) }
        try input.write(to: URL(fileURLWithPath: folder.file("input")))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path.contains("/") ? path : "/usr/bin/env")
        process.arguments = path.contains("/") ? arguments : [path] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        process.standardInput = FileHandle(forReadingAtPath: folder.file("input"))
        process.standardOutput = FileHandle(forWritingAtPath: folder.file("output"))
        process.standardError = FileHandle(forWritingAtPath: folder.file("errors"))
        let ended = Gate()
        process.terminationHandler = { _ in ended.open() }
        try process.run()
        let status = StatusReader(process)
        let finished = Task {
            await ended.wait()
            func content(_ name: String) -> Data { FileManager.default.contents(atPath: folder.file(name)) ?? Data() }
            return ProgramResult(status: status.value, output: content("output"), errors: content("errors"))
        }
        return Running(process, finished: finished)
    }

    /// Reads the exit status once the program has ended.
    private final class StatusReader: @unchecked Sendable {
        // Unchecked: `Process` says its status from any thread after the termination handler was called.
        private let process: Process
        init(_ process: Process) { self.process = process }
        var value: Int32 {
            process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus
        }
    }
}
