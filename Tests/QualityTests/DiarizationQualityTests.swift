import Foundation
import Inference
import MediaDecoding
import MediaValues
import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

/// Who spoke when on real recordings: thirty seconds of a telephone call and of a far-field meeting.
struct DiarizationQualityTests {
    private static let media = ProcessInfo.processInfo.environment["VIDEO_EXTRACT_TEST_MEDIA"]
    private static let store: ModelStore? = {
        let repository = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return (try? ModelCatalogue.load(path: repository.path + "/config/models.yaml")).map {
            ModelStore.standard(catalogue: $0)
        }
    }()
    private static let isReady: Bool = {
        guard media != nil, let store else { return false }
        return ["silero-vad", "ge2e"].allSatisfy { (try? store.installed($0)) != nil }
    }()

    private func diarize(_ path: String, _ parameters: [String: ParameterValue] = [:]) async throws -> Diarization {
        let plugin = DiarizationPlugin(
            manifest: PluginManifest(
                name: "diarization", version: "1.0.0", inputs: [.audio], outputs: [.diarization],
                operation: .init(name: "diarization"), implementation: .builtIn(factory: "diarization")),
            models: SharedModels(store: try #require(Self.store)))
        let operation = PluginKit.Operation(
            "diarization", parameters: ["model": .text("ge2e")].merging(parameters) { $1 })
        let handle = try await FFmpegMediaAccess().resolve(DataSource(argument: path)) { false }
        let pass = try await handle.makePass(
            [try plugin.mediaDemand(for: operation)], options: DecodingOptions(threads: 2))
        let folder = try TemporaryDirectory()
        let context = PluginContext(
            mode: .performance, threads: 2, pool: .shared, files: StageFiles(directory: folder.path),
            emitPartial: { _ in }, emitWarning: { _ in })
        async let report = pass.run()
        let output = try await plugin.execute(
            StageInput(operation: operation, media: try await handle.describe(), feed: try #require(pass.feeds.first)),
            context: context)
        _ = await report
        return try output.document(as: Diarization.self)
    }

    private func errorRate(_ name: String, _ parameters: [String: ParameterValue] = [:]) async throws -> Double {
        let folder = try #require(Self.media)
        let found = try await diarize("\(folder)/\(name).wav", parameters).segments.map {
            DiarizationScorer.Turn(
                start: Double($0.startMs) / 1000, end: Double($0.endMs) / 1000, speaker: $0.speaker)
        }
        let reference = DiarizationScorer.turns(
            rttm: try String(contentsOfFile: "\(folder)/\(name).rttm", encoding: .utf8), file: name)
        let score = DiarizationScorer().score(found, reference: reference, duration: 30)
        #expect(score.total > 15)
        print("\(name): diarization error rate \(score.errorRate) % \(parameters.isEmpty ? "" : "\(parameters)")")
        return score.errorRate
    }

    /// Figures of the recipe's prototype, ±0.25 s collar, overlap excluded, plus one point.
    @Test(.enabled(if: isReady, need), arguments: [("sample", 1.6), ("dev00", 16.7)])
    func errorRateIsThatOfTheRecipe(name: String, limit: Double) async throws {
        #expect(try await errorRate(name) <= limit)
    }

    /// To know the number of speakers must not make it worse.
    @Test(.enabled(if: isReady, need), arguments: [("sample", 1.6), ("dev00", 16.7)])
    func givenNumberOfSpeakersIsAsGood(name: String, limit: Double) async throws {
        #expect(try await errorRate(name, ["num_speakers": .integer(2)]) <= limit)
    }

    private static let need: Comment =
        "needs VIDEO_EXTRACT_TEST_MEDIA and: video-extract models install silero-vad ge2e"
}
