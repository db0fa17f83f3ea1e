import CommandLineParsing
import Pipeline
import PluginKit
import VideoExtract

/// `plan`: the pipeline of a run, without running it.
struct PlanCommand: Sendable {
    private struct Document: Encodable {
        struct Stage: Encodable {
            var id: Int
            var operation: String
            var parameters: [String: ParameterValue]
            var plugin: String
            var pluginVersion: String
            var inputs: [Int]
            var decoderDemand: [String]
            var requiredModels: [String]
            var isRequested: Bool
        }
        var stages: [Stage]
    }

    private let setup: RunSetup
    private let source: DataSource
    private let isJSON: Bool

    init(_ command: ParsedCommand) throws {
        setup = try RunSetup(command)
        source = DataSource(argument: try Inputs.single(command))
        isJSON = command.flag("--json")
    }

    func run() throws -> ExitStatus {
        let request = ExtractionRequest(source: source, outputs: setup.outputs)
        let pipeline = try setup.client.plan(request, policy: setup.policy(.performance()))
        guard isJSON else {
            Console.print(pipeline.description)
            return .done
        }
        let stages = try pipeline.stages.map { stage in
            Document.Stage(
                id: stage.id, operation: stage.operation.name, parameters: stage.operation.parameters,
                plugin: stage.plugin.manifest.name, pluginVersion: stage.plugin.manifest.version, inputs: stage.inputs,
                decoderDemand: stage.demand.descriptions,
                requiredModels: try stage.plugin.requiredModels(for: stage.operation), isRequested: stage.isRequested)
        }
        try Console.printJSON(Document(stages: stages))
        return .done
    }
}
