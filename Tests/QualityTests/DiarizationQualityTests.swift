import Foundation
import Inference
import PluginKit
import Testing

@testable import BuiltInPlugins

/// Who spoke when on real recordings: thirty seconds of a telephone call and of a far-field meeting.
struct DiarizationQualityTests {
    private static let isReady = Installed.media != nil && Installed.has("silero-vad", "ge2e")

    private func diarize(_ path: String, _ parameters: [String: ParameterValue] = [:]) async throws -> Diarization {
        let plugin = DiarizationPlugin(
            manifest: try Installed.manifest("diarization"),
            models: SharedModels(store: try #require(Installed.store)))
        return try await Installed.document(
            plugin, ["model": .text("ge2e")].merging(parameters) { $1 }, file: path, as: Diarization.self)
    }

    private func errorRate(_ name: String, _ parameters: [String: ParameterValue] = [:]) async throws -> Double {
        let folder = try #require(Installed.media)
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
