import Foundation
import Inference
import MediaValues
import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct DiarizationPluginTests {
    private let small: SmallAudioModels
    private let plugin: DiarizationPlugin

    init() throws {
        small = try SmallAudioModels()
        plugin = DiarizationPlugin(
            manifest: .named("diarization", output: .diarization), models: small.models)
    }

    private func operation(_ more: [String: ParameterValue] = [:]) -> PluginKit.Operation {
        PluginKit.Operation("diarization", parameters: ["model": .text("ge2e")].merging(more) { $1 })
    }

    private func tone(_ hertz: Double, seconds: Double, amplitude: Double = 0.3) -> [Float] {
        (0..<Int(seconds * 16_000)).map { Float(amplitude * sin(2 * .pi * hertz * Double($0) / 16_000)) }
    }

    private func run(
        _ samples: [Float], _ more: [String: ParameterValue] = [:], results: [DataType: StageOutput] = [:]
    ) async throws -> (document: Diarization, output: StageOutput) {
        let output = try await plugin.execute(
            SmallAudioModels.input(operation(more), samples: samples, sampleRate: 16_000, results: results),
            context: small.context)
        return (try output.document(as: Diarization.self), output)
    }

    @Test func twoVoicesAreToldApart() async throws {
        let silence = [Float](repeating: 0, count: 16_000)
        let samples = silence + tone(300, seconds: 3) + tone(3000, seconds: 3) + silence + tone(300, seconds: 1)
        let (document, output) = try await run(samples)
        #expect(document.segments.map(\.speaker) == ["SPEAKER_00", "SPEAKER_01", "SPEAKER_00"])
        #expect(document.speakers.map(\.segments) == [2, 1])
        #expect(abs((document.segments.first?.startMs ?? 0) - 850) <= 40)
        #expect(abs((document.segments.first?.endMs ?? 0) - 4000) <= 400)
        #expect(abs((document.segments.last?.startMs ?? 0) - 7850) <= 40)
        #expect(document.segments.last?.endMs == 9000)
        #expect(document.segments.allSatisfy { ($0.confidence ?? 0) > 0.3 })
        #expect(document.isSpeakerCountEstimated)
        #expect(document.durationMs == 9000)
        #expect(document.transcript == nil)
        #expect(try Repository.problems(output, schema: "diarization") == [])
        #expect(output.files == ["diarization.json", "diarization.rttm"])
        #expect(output.counts == ["speakers": 2, "segments": 3])
        #expect(small.emitted == 3)
        #expect(small.text("diarization.rttm")?.split(separator: "\n").count == 3)
    }

    @Test func givenNumberOfSpeakersIsKept() async throws {
        let samples = tone(300, seconds: 3) + tone(3000, seconds: 3)
        let (document, _) = try await run(samples, ["num_speakers": .integer(1)])
        #expect(document.speakers.count == 1)
        #expect(!document.isSpeakerCountEstimated)
        #expect(document.segments.map(\.confidence) == [nil])
    }

    @Test func transcriptGetsItsSpeakers() async throws {
        let folder = try TemporaryDirectory()
        let transcript = Transcript(
            model: "m", language: nil,
            segments: [
                .init(index: 0, startMs: 0, endMs: 3900, text: "one"),
                .init(index: 1, startMs: 4100, endMs: 8000, text: "two"),
            ], durationMs: 8000)
        let output = try StageFiles(directory: folder.path).finish(
            document: transcript, at: "transcription.json", outcome: .done, counts: [:])
        let (document, written) = try await run(
            tone(300, seconds: 4) + tone(3000, seconds: 4), results: [.transcription: output])
        #expect(document.transcript?.map(\.speaker) == ["SPEAKER_00", "SPEAKER_01"])
        #expect(try Repository.problems(written, schema: "diarization") == [])
        #expect(document.transcript?.map(\.text) == ["one", "two"])
    }

    @Test(arguments: [0, 1, 160, 1600, 24_000])
    func silenceOfAnyLengthIsEmpty(samples: Int) async throws {
        let (document, output) = try await run([Float](repeating: 0, count: samples))
        #expect(document.segments.isEmpty && document.speakers.isEmpty)
        #expect(document.durationMs == Int64((Double(samples) / 16).rounded()))
        #expect(output.files == ["diarization.json"])
        if case .done = output.outcome { Issue.record("silence must be empty") }
    }

    @Test func soundOfATenthOfASecondIsEmpty() async throws {
        let (document, _) = try await run(tone(300, seconds: 0.1))
        #expect(document.segments.isEmpty)
    }

    @Test func shortRecordingsAreFilledWithSilence() async throws {
        let (document, _) = try await run(tone(300, seconds: 0.6))
        #expect(document.segments.map(\.startMs) == [0])
        #expect(document.segments.map(\.endMs) == [600])
    }

    @Test func silenceTakesNoMemory() async throws {
        let detector = try await small.models.voiceDetectorModel()
        var features = SpeakerFeatures(detector: detector)
        let silence = [Float](repeating: 0, count: 16_000)
        for _ in 0..<12 { try silence.withUnsafeBufferPointer { try features.add($0) } }
        #expect(features.mel.frameCount > 1000)
        #expect(features.mel.heldValues <= 4 * 100 * SpeakerMel.bands)
    }

    @Test func unknownModelIsRefusedByName() throws {
        let error = #expect(throws: PluginError.self) {
            try plugin.requiredModels(for: operation(["model": .text("ge2")]))
        }
        #expect(error?.message.contains("did you mean 'ge2e'") == true)
        #expect(try plugin.requiredModels(for: operation()) == ["silero-vad", "ge2e"])
    }

    @Test func modelsThatDoAllByThemselvesNeedNoVoiceDetector() async throws {
        let model = ["model": ParameterValue.text("pyannote-titanet")]
        #expect(try plugin.requiredModels(for: operation(model)) == ["pyannote-titanet"])
        let silence = [Float](repeating: 0, count: 16_000)
        let (document, output) = try await run(tone(300, seconds: 2) + silence + tone(5000, seconds: 2), model)
        #expect(document.method == "sherpa-onnx")
        #expect(document.segments.map(\.speaker) == ["SPEAKER_00", "SPEAKER_01"])
        #expect(abs((document.segments.last?.startMs ?? 0) - 3000) < 150)
        #expect(document.durationMs == 5000)
        #expect(output.files == ["diarization.json", "diarization.rttm"])
        let (one, _) = try await run(
            tone(300, seconds: 2) + silence + tone(5000, seconds: 2),
            model.merging(["max_speakers": .integer(1)]) { $1 })
        #expect(one.speakers.count == 1)
        #expect(try await run([], model).document.segments.isEmpty)
    }
}
