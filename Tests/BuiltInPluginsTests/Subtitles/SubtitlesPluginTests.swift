import Foundation
import MediaValues
import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct SubtitlesPluginTests {
    private func run(
        _ cues: [SubtitleCue], streams: [MediaDescription.Stream]
    ) async throws -> (output: StageOutput, document: SubtitleTracks, folder: TemporaryDirectory) {
        let folder = try TemporaryDirectory()
        let feed = BoundedChannel<SubtitleCue>(capacity: max(1, cues.count))
        for cue in cues { _ = feed.send(cue) }
        feed.finish()
        let plugin = SubtitlesPlugin(
            manifest: .named("subtitles", output: .subtitles))
        let context = PluginContext(
            mode: .debug, threads: 1, pool: .shared, files: StageFiles(directory: folder.path), emitPartial: { _ in },
            emitWarning: { _ in })
        var media = MediaDescription(container: .init(formatNames: ["matroska"]))
        media.streams = streams
        let operation = PluginKit.Operation("subtitles")
        #expect(try plugin.mediaDemand(for: operation) == MediaDemand(subtitles: true))
        let output = try await plugin.execute(
            StageInput(operation: operation, media: media, feed: MediaFeed(subtitles: feed)), context: context)
        return (output, try output.document(as: SubtitleTracks.self), folder)
    }

    private static func stream(_ index: Int, _ codec: String, language: String? = nil) -> MediaDescription.Stream {
        var stream = MediaDescription.Stream(index: index, kind: "subtitle", timeBase: "1/1000")
        stream.codec = codec
        stream.language = language
        return stream
    }

    private static func cue(_ stream: Int, _ start: Int64, _ end: Int64, _ text: String) -> SubtitleCue {
        SubtitleCue(
            stream: stream, start: MediaTime(milliseconds: start), end: MediaTime(milliseconds: end), text: text)
    }

    @Test func tracksBecomeFiles() async throws {
        let result = try await run(
            [
                Self.cue(2, 1000, 2000, "second"), Self.cue(2, 0, 900, "first & <only>"),
                Self.cue(3, 5000, 5000, "open"),
                Self.cue(3, 40_000, 40_000, "last"),
            ],
            streams: [
                Self.stream(2, "subrip", language: "deu"), Self.stream(3, "ass"), Self.stream(4, "hdmv_pgs_subtitle"),
                Self.stream(5, "mov_text"),
            ])
        #expect(result.output.outcome == .done)
        #expect(result.output.counts == ["tracks": 4, "cues": 4])
        let tracks = result.document.tracks
        #expect(tracks.map(\.streamIndex) == [2, 3, 4, 5])
        #expect(tracks.map(\.isBitmap) == [false, false, true, false])
        #expect(tracks[0].language == "deu" && tracks[0].cues.map(\.text) == ["first & <only>", "second"])
        #expect(tracks.map(\.files) == [["track_2.srt", "track_2.vtt"], ["track_3.srt", "track_3.vtt"], [], []])
        // A cue without an end stays until the next one, or ten seconds.
        #expect(tracks[1].cues.map(\.endMs) == [15_000, 50_000])
        #expect(result.folder.text("subtitles/track_2.srt")?.hasPrefix("1\n00:00:00,000 --> 00:00:00,900\n") == true)
        #expect(result.folder.text("subtitles/track_2.vtt")?.contains("first &amp; &lt;only>") == true)
        #expect(result.folder.files(below: "subtitles").count == 5)
    }

    @Test func picturesOfTextAreReported() async throws {
        let result = try await run([], streams: [Self.stream(1, "dvd_subtitle")])
        #expect(result.document.tracks.map(\.isBitmap) == [true])
        guard case .empty(let reason) = result.output.outcome else {
            Issue.record("not empty")
            return
        }
        #expect(reason.contains("pictures"))
    }
}
