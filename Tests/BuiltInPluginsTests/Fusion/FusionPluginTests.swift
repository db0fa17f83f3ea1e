import Foundation
import MediaValues
import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct FusionPluginTests {
    private let folder: TemporaryDirectory
    private let plugin: FusionPlugin

    init() throws {
        folder = try TemporaryDirectory()
        plugin = FusionPlugin(manifest: try Repository.manifest("fusion"))
    }

    private func files() throws -> StageFiles {
        let directory = folder.file(UUID().uuidString)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        return StageFiles(directory: directory)
    }

    private func run(
        _ parameters: [String: ParameterValue] = [:], _ results: [DataType: StageOutput]
    ) async throws -> (output: StageOutput, document: Fusion) {
        var media = MediaDescription(container: .init(formatNames: ["made"], durationMs: 10_000))
        media.warnings = []
        var operation = Operation("fusion")
        for definition in plugin.manifest.operation.parameters {
            operation.parameters[definition.name] = parameters[definition.name] ?? definition.defaultValue
        }
        let context = PluginContext(
            mode: .performance, threads: 2, pool: .shared, files: try files(), emitPartial: { _ in },
            emitWarning: { Issue.record("warning: \($0)") })
        let output = try await plugin.execute(
            StageInput(operation: operation, media: media, results: results), context: context)
        return (output, try output.document(as: Fusion.self))
    }

    @Test func resultsAreReadAndFused() async throws {
        let transcript = try files().finish(
            document: MadeResults.transcript([(0, 1000, "a dog")]).document, at: "transcription.json",
            counts: ["segments": 1])
        let objects = try files().finish(
            document: MadeResults.objects(tracks: [(0, 2000, "dog")]).document, at: "objects.json")
        let (output, document) = try await run([:], [.transcription: transcript, .objects: objects])
        #expect(output.outcome == .done && output.documentPath == "fusion.json")
        #expect(document.settings == .init())
        #expect(document.durationMs == 10_000)
        #expect(document.relationships.map(\.type) == [.simultaneous, .describesVisual])
        #expect(output.counts["events"] == 2 && output.counts["relationships"] == 2)
        #expect(document.modalities.first?.counts == ["segments": 1])
        let (_, less) = try await run(["build_relationships": .boolean(false)], [.objects: objects])
        #expect(less.relationships.isEmpty && less.entities.count == 1)
    }

    @Test func nothingIsEmptyAndSaysWhy() async throws {
        let (output, document) = try await run([:], [:])
        #expect(document.events.isEmpty)
        #expect(
            output.outcome
                == .empty(reason: "none of the operations that fusion brings together delivered a result"))
        let silent = try files().finish(document: MadeResults.transcript([]).document, at: "transcription.json")
        let (nothing, _) = try await run([:], [.transcription: silent])
        #expect(nothing.outcome == .empty(reason: "nothing was found by transcription"))
        #expect(try Repository.schema("fusion").problems(in: JSONValue(parsing: nothing.documentData())) == [])
    }

    @Test func aResultThatCannotBeReadIsAnError() async throws {
        let damaged = try files().finish(document: ["pictures": 3], at: "objects.json")
        let error = await #expect(throws: PluginError.self) { try await run([:], [.objects: damaged]) }
        #expect(error?.message.contains("objects.json") == true)
    }
}
