import Foundation
import MediaValues
import Pipeline
import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct MarkersPluginTests {
    private let folder: TemporaryDirectory
    private let plugin: MarkersPlugin

    init() throws {
        folder = try TemporaryDirectory()
        plugin = MarkersPlugin(manifest: try Repository.manifest("markers"))
    }

    private func run(
        kinds: [String] = [], frames: [VideoFrame]? = nil, audio: [AudioBuffer]? = nil,
        results: [DataType: StageOutput] = [:]
    ) async throws -> (output: StageOutput, document: TemporalMarkers, partials: [TemporalMarkers.Marker]) {
        let video = frames.map { _ in BoundedChannel<VideoFrame>(capacity: 4) }
        let sound = audio.map { _ in BoundedChannel<AudioBuffer>(capacity: 4) }
        async let sent: Void = {
            for frame in frames ?? [] { await video?.push(frame) }
            video?.finish()
        }()
        async let heard: Void = {
            for buffer in audio ?? [] { await sound?.push(buffer) }
            sound?.finish()
        }()
        let partials = Guarded<[PartialResult]>([])
        let directory = folder.file(UUID().uuidString)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let context = PluginContext(
            mode: .performance, threads: 2, pool: .shared, files: StageFiles(directory: directory),
            emitPartial: { partial in partials.withLock { $0.append(partial) } },
            emitWarning: { Issue.record("warning: \($0)") })
        let operation = Operation(
            "markers", parameters: kinds.isEmpty ? [:] : ["kinds": .list(kinds)])
        let output = try await plugin.execute(
            StageInput(
                operation: operation, media: MediaDescription(container: .init(formatNames: ["made"])),
                feed: MediaFeed(video: video, audio: sound), results: results), context: context)
        _ = await (sent, heard)
        let pieces = try partials.withLock { $0 }.map { try $0.decode(as: TemporalMarkers.Marker.self) }
        return (output, try output.document(as: TemporalMarkers.self), pieces)
    }

    private func result(_ document: some Encodable) throws -> StageOutput {
        let directory = folder.file(UUID().uuidString)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        return try StageFiles(directory: directory).finish(document: document, at: "result.json")
    }

    private var pictures: [VideoFrame] {
        (0..<100).map { index in
            (25..<50).contains(index)
                ? MadePictures.grey(16, at: Int64(index) * 40) : MadePictures.pattern(index, at: Int64(index) * 40)
        }
    }

    @Test func picturesSoundAndResultsMakeOneList() async throws {
        let scenes = SceneList(
            method: "content", threshold: 12,
            scenes: [
                .init(
                    sceneIndex: 0, startMs: 0, endMs: 1500, pts: 0, timeBase: "1/1000", frameNumber: 0,
                    transition: .start, score: 0),
                .init(
                    sceneIndex: 1, startMs: 1500, endMs: 4000, pts: 1500, timeBase: "1/1000", frameNumber: 37,
                    transition: .fade, score: 20),
            ], framesAnalyzed: 100)
        let (output, document, partials) = try await run(
            frames: pictures, audio: MadeMedia.silence(seconds: 4), results: [.scenes: try result(scenes)])
        #expect(document.kinds == [.shotBoundary, .sceneChange, .technicalCue])
        #expect(document.markers.map(\.label) == ["silence", "black", "fade", "fade"])
        #expect(document.markers.map(\.startMs) == [0, 1000, 1500, 1500])
        #expect(output.outcome == .done)
        #expect(output.counts["markers"] == 4 && output.counts["technical_cues"] == 2)
        #expect(Set(partials) == Set(document.markers))
        let written = try JSONValue(parsing: try output.documentData())
        #expect(try Repository.schema("markers").problems(in: written) == [])
    }

    @Test func onlyWhatWasAskedForIsLookedFor() async throws {
        #expect(try plugin.mediaDemand(for: Operation("markers")).acceptsAnyTrack)
        let asked = Operation("markers", parameters: ["kinds": .list(["speaker_change"])])
        #expect(try plugin.mediaDemand(for: asked).isNothing)
        let turns = Diarization(
            model: "m", method: "x", isSpeakerCountEstimated: true,
            segments: [
                .init(startMs: 0, endMs: 900, speaker: "A"), .init(startMs: 1000, endMs: 1900, speaker: "B"),
            ], durationMs: 2000)
        let (_, document, _) = try await run(
            kinds: ["speaker_change"], results: [.diarization: try result(turns)])
        #expect(document.kinds == [.speakerChange])
        #expect(document.markers.map(\.label) == ["B"])
    }

    @Test func nothingFoundIsEmptyAndSaysWhatCouldBeLookedFor() async throws {
        let (output, document, _) = try await run(frames: [MadePictures.pattern(0, at: 0)])
        #expect(document.kinds == [.technicalCue])
        #expect(output.outcome == .empty(reason: "no markers were found"))
        let (none, nothing, _) = try await run()
        #expect(nothing.kinds.isEmpty)
        guard case .empty(let reason) = none.outcome else {
            Issue.record("must be empty")
            return
        }
        #expect(reason.contains("could be looked for"))
    }
}
