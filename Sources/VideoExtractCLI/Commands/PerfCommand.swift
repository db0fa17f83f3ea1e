import CommandLineParsing
import Foundation
import Pipeline
import PluginKit
import VideoExtract

/// `perf`: one file, results as they appear.
struct PerfCommand: Sendable {
    private let setup: RunSetup
    private let request: ExtractionRequest
    private let output: String?
    private let isText: Bool

    init(_ command: ParsedCommand) throws {
        setup = try RunSetup(command)
        let source = DataSource(argument: try Inputs.single(command))
        let folder =
            command.optionalString("--output-dir")
            ?? (Self.writesFiles(setup.outputs, registry: setup.client.engine.registry) ? "outputs" : nil)
        request = ExtractionRequest(source: source, outputs: setup.outputs, outputDirectory: folder)
        output = command.optionalString("--output")
        let format = command.optionalString("--format")
        if command.flag("--stream") || command.flag("--json") || output != nil {
            isText = false
        } else {
            isText = format.map { $0 == "text" } ?? Console.outputIsTerminal
        }
    }

    /// Whether an operation makes files that cannot be shown as text.
    private static func writesFiles(_ outputs: [OutputSpec], registry: Registry) -> Bool {
        let types: Set<DataType> = [.audio, .frames, .keyframes]
        return outputs.contains { spec in
            let name = (try? registry.normalized(spec.operation).name) ?? ""
            return registry.plugins(for: name).first?.manifest.outputs.contains(where: types.contains) ?? false
        }
    }

    func run() async throws -> ExitStatus {
        let policy = setup.policy(.performance())
        try await setup.installModels(for: request, policy: policy)
        let report: RunReport
        if isText {
            let text = TextReport(operations: setup.outputs.map(\.operation.name))
            report = try await run(policy) { event in text.handle(event) }
            if let folder = report.outputDirectory { Console.note("files: \(folder)") }
        } else if let output, output != "-" {
            let file = try LineFile(path: output)
            let lines = JSONLines { try file.write($0) }
            report = try await run(policy) { event in file.attempt { try lines.handle(event) } }
            try file.close()
        } else {
            let lines = JSONLines { Console.write($0, to: STDOUT_FILENO) }
            report = try await run(policy) { event in try? lines.handle(event) }
        }
        if !isText { Summary.noteProblems(report) }
        return report.hasFailures ? .failed : .done
    }

    private func run(
        _ policy: ExecutionPolicy, _ handle: @escaping @Sendable (RunEvent) -> Void
    ) async throws -> RunReport {
        // Not through the client's event sequence: a cancelled command waits here until the run has cleaned up.
        try await setup.client.engine.run(request, policy: policy) { handle($0) }
    }
}
