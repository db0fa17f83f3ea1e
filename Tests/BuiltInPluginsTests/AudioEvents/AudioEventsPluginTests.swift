import PluginKit
import Testing

@testable import BuiltInPlugins

struct AudioEventsPluginTests {
    private func run(_ samples: [Float], threshold: Double) async throws -> (AudioEventList, StageOutput, Int) {
        let small = try SmallAudioModels()
        let plugin = AudioEventsPlugin(
            manifest: .named("audio-events", output: .audioEvents), models: small.models)
        let operation = Operation(
            "audio-events",
            parameters: [
                "model": .text("ced-tiny"), "window_sec": .number(1), "threshold": .number(threshold),
                "top": .integer(5),
            ])
        #expect(try plugin.requiredModels(for: operation) == ["ced-tiny"])
        let output = try await plugin.execute(
            SmallAudioModels.input(operation, samples: samples, sampleRate: 16_000), context: small.context)
        #expect(try Repository.problems(output, schema: "audio_events") == [])
        return (try output.document(as: AudioEventList.self), output, small.emitted)
    }

    private static let noise = (0..<40_000).map { Float($0 % 7) / 10 - 0.3 }

    @Test func likelySoundsOfAllWindowsAreOneEvent() async throws {
        let (document, output, emitted) = try await run(Self.noise, threshold: 0.3)
        #expect(document.events == [.init(label: "Music", startMs: 0, endMs: 2500, confidence: 0.7)])
        #expect(document.model == "ced-tiny")
        #expect(document.durationMs == 2500)
        #expect(output.files == ["audio_events.json"])
        #expect(emitted == 1)
    }

    @Test func thresholdDecidesWhatIsReported() async throws {
        #expect(try await run(Self.noise, threshold: 0.15).0.events.map(\.label) == ["Music", "Speech"])
        let (document, output, _) = try await run(Self.noise, threshold: 0.9)
        #expect(document.events.isEmpty)
        if case .done = output.outcome { Issue.record("nothing must be empty") }
    }

    @Test func noSoundIsEmpty() async throws {
        let (document, _, emitted) = try await run([], threshold: 0.3)
        #expect(document.events.isEmpty && document.durationMs == 0 && emitted == 0)
    }
}
