import CommandLineParsing
import Foundation
import Pipeline
import PluginKit
import VideoExtract

/// `debug`: one file, with everything that can be seen of the run.
struct DebugCommand: Sendable {
    private let setup: RunSetup
    private let request: ExtractionRequest
    private let policy: ExecutionPolicy
    private let tracePath: String?

    init(_ command: ParsedCommand) throws {
        setup = try RunSetup(command)
        request = ExtractionRequest(
            source: DataSource(argument: try Inputs.single(command)), outputs: setup.outputs,
            outputDirectory: command.optionalString("--output-dir") ?? "debug-outputs")
        var policy = setup.policy(.debug())
        policy.materializesStreams = command.flag("--save-intermediates")
        self.policy = policy
        tracePath = command.optionalString("--trace")
    }

    func run() async throws -> ExitStatus {
        try await setup.installModels(for: request, policy: policy)
        let pipeline = try setup.client.plan(request, policy: policy)
        Console.note("pipeline with \(pipeline.stages.count) stages:\n\(pipeline)")
        let trace = TraceRecorder()
        let report = try await setup.client.engine.run(request, policy: policy, trace: trace) { event in
            Self.log(event)
        }
        let document = DebugDocument(report: report, pipeline: pipeline)
        try Console.printJSON(document)
        if let tracePath {
            try trace.json().withUnsafeBytes { try FileWriting.write($0, to: tracePath) }
            Console.note("trace: \(tracePath) (open it at https://ui.perfetto.dev)")
        }
        Console.note("total: \(Amounts.duration(milliseconds: report.durationMs))")
        if let folder = report.outputDirectory { Console.note("files: \(folder)") }
        Summary.noteProblems(report)
        return report.hasFailures ? .failed : .done
    }

    private static func log(_ event: RunEvent) {
        switch event {
        case .started(let operation): Console.note("→ \(operation)")
        case .partial(let operation, let data):
            Console.detail("  \(operation): \(String(decoding: data.json, as: UTF8.self))")
        case .ended(let report, _):
            let time = Amounts.duration(milliseconds: report.durationMs)
            Console.note("← \(report.operation): \(report.status.rawValue) in \(time)")
        case .finished: break
        }
    }
}

/// The report with every stage nested into those that use it.
struct DebugDocument: Encodable {
    struct Node: Encodable {
        var operation: OperationReport
        var decoderDemand: [String]
        var inputs: [Node]
    }

    var source: RunReport.Source
    var durationMs: Double
    var decoding: DecodingReport?
    var results: [Node]

    init(report: RunReport, pipeline: Pipeline) {
        source = report.source
        durationMs = report.durationMs
        decoding = report.decoding
        func node(_ stage: Pipeline.Stage) -> Node? {
            let known = report.operations.first {
                $0.operation == stage.operation.name && $0.parameters == stage.operation.parameters
            }
            return known.map {
                Node(
                    operation: $0, decoderDemand: stage.demand.descriptions,
                    inputs: stage.inputs.compactMap { node(pipeline.stages[$0]) })
            }
        }
        results = pipeline.stages.filter(\.isRequested).compactMap(node)
    }
}
