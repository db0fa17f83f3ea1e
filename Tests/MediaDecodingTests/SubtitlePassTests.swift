import Foundation
import MediaValues
import PluginKit
import Testing

@testable import MediaDecoding

@Suite struct SubtitlePassTests {
    static let text = """
        1
        00:00:00,500 --> 00:00:01,250
        Hello <i>there</i>

        2
        00:00:01,333 --> 00:00:02,001
        {\\an8}two lines
        of text & more

        3
        00:00:03,000 --> 00:00:03,900
        Größe 漢字 🎬

        """

    private static let expected = ["Hello there", "two lines\nof text & more", "Größe 漢字 🎬"]

    /// The clip with two text tracks.
    private static func film(_ name: String, codec: String, streams: String = "-map 0:v") throws -> String {
        let source = try TestMedia.write("\(name).srt", Array(text.utf8))
        return try TestMedia.make(
            name,
            "-i \(TestMedia.clip.get()) -i \(source) \(streams) -map 1 -map 1 -c copy -c:s \(codec) "
                + "-metadata:s:s:0 language=deu -metadata:s:s:1 language=fra")
    }

    @Test(arguments: [("a.mkv", "srt"), ("b.mkv", "ass"), ("c.mp4", "mov_text"), ("d.mkv", "webvtt")])
    func cuesHaveExactTimesAndPlainText(name: String, codec: String) async throws {
        let path = try Self.film("cues-\(name)", codec: codec)
        let result = try await Passes.run(path, [MediaDemand(subtitles: true)])
        let cues = try #require(result.cues[0])
        for stream in [1, 2] {
            let track = cues.filter { $0.stream == stream }
            #expect(track.map(\.text) == Self.expected)
            let wanted: [Int64] = [500, 1333, 3000]
            #expect(track.map(\.start.milliseconds) == wanted)
            let ends: [Int64] = [1250, 2001, 3900]
            #expect(track.map(\.end.milliseconds) == ends)
        }
        // Nothing but text is decoded; `mov_text` has packets for the pauses too.
        #expect(result.report.framesDecoded == 0 && result.report.samplesDecoded == 0)
        #expect(result.report.packetsDecoded == (codec == "mov_text" ? 12 : 6))
        #expect(result.report.warnings.isEmpty)
    }

    @Test func subtitleFilesAreTracks() async throws {
        let path = try TestMedia.write("alone.srt", Array(Self.text.utf8))
        let result = try await Passes.run(path, [MediaDemand(subtitles: true)])
        #expect(result.cues[0]?.map(\.text) == Self.expected)
        #expect(result.cues[0]?.last?.end.milliseconds == 3900)
    }

    @Test func textThatIsNotUTF8IsReadAsWindows1252() async throws {
        let bytes = Array("1\n00:00:01,000 --> 00:00:02,000\nGr".utf8) + [0xF6, 0xDF] + Array("e \n\n".utf8)
        let path = try TestMedia.write("latin.srt", bytes)
        let result = try await Passes.run(path, [MediaDemand(subtitles: true)])
        #expect(result.cues[0]?.map(\.text) == ["Größe"])
        #expect(result.report.warnings.count == 1)
        #expect(result.report.warnings[0].contains("Windows-1252"))
    }

    /// Segments of a Blu-ray subtitle stream: presentation compositions without objects, each with its end.
    private static func pictureSubtitles(count: UInt8) -> [UInt8] {
        (0..<count).flatMap { number -> [UInt8] in
            let time: [UInt8] = [0, 1, number, 0, 0, 0, 0, 0]
            let composition: [UInt8] = [0, 64, 0, 48, 0x10, 0, number, 0x80, 0, 0, 0]
            return Array("PG".utf8) + time + [0x16, 0, 11] + composition + Array("PG".utf8) + time + [0x80, 0, 0]
        }
    }

    @Test func picturesOfTextYieldNoCues() async throws {
        let source = try TestMedia.write("pictures.sup", Self.pictureSubtitles(count: 12))
        let path = try TestMedia.make(
            "pictures.mkv", "-i \(TestMedia.clip.get()) -f sup -i \(source) -map 0:v -map 1 -c copy")
        let track = try #require(try await Passes.describe(path).streams.last)
        #expect(track.kind == "subtitle" && !SubtitleCodecs.isText(track.codec ?? ""))
        let alone = try await Passes.run(path, [MediaDemand(subtitles: true)])
        #expect(alone.cues == [[]])
        #expect(alone.report == DecodingReport())
        let both = try await Passes.run(
            path, [MediaDemand(video: VideoDemand(.keyframes(minimumInterval: 0)), subtitles: true)])
        #expect(both.cues == [[]] && both.video[0].count == 4)
        #expect(SubtitleCodecs.isText("subrip") && SubtitleCodecs.isText("mov_text") && !SubtitleCodecs.isText("h264"))
    }

    @Test func tracksWithoutFilmAndFilmWithoutTracks() async throws {
        let result = try await Passes.run(
            TestMedia.clip.get(), [MediaDemand(video: VideoDemand(.keyframes(minimumInterval: 0)), subtitles: true)])
        #expect(result.cues == [nil])
        #expect(result.video[0].count == 4)
    }

    @Test func togetherWithKeyframesOnly() async throws {
        let path = try Self.film("cues-keys.mkv", codec: "srt", streams: "-map 0:v -map 0:a")
        let demands = [
            MediaDemand(video: VideoDemand(.keyframes(minimumInterval: 0))), MediaDemand(subtitles: true),
            MediaDemand(audio: .speech, subtitles: true),
        ]
        let result = try await Passes.run(path, demands)
        #expect(result.video[0].count == 4)
        #expect(result.cues.map { $0?.count } == [nil, 6, 6])
        #expect(result.report.framesDecoded == 4)
        #expect(result.audio[2].reduce(0) { $0 + $1.frameCount } > 63000)
    }

    @Test(arguments: [
        ("plain", "plain"), ("{\\b1}bold{\\b0} text", "bold text"), ("one\\Ntwo\\nthree", "one\ntwo\nthree"),
        ("a\\hb", "a b"), ("{\\p1}m 0 0 l 100 0 100 100{\\p0}seen", "seen"), ("{\\pos(1,2)}here", "here"),
        ("{\\p1\\pos(1,2)}m 0 0{\\p0}", ""), ("{unclosed", "{unclosed"), ("a {comment} b", "a  b"),
        ("x\\{y\\}\\\\", "x{y}\\"),
        ("\\N\\N  first  \\N \\N last\\N", "first\nlast"), ("\\", "\\"), ("", ""), ("{\\pbo3}kept", "kept"),
        ("a\u{0}\u{1B}b", "ab"), ("{\\p", "{\\p"), ("{\\p}x", "x"), ("C:\\dir", "C:\\dir"),
    ])
    func markupIsStripped(markup: String, plain: String) {
        #expect(SubtitleMarkup.plainText(markup: Substring(markup)) == plain)
    }

    @Test func eventsWithoutAllFieldsAreEmpty() {
        #expect(SubtitleMarkup.plainText(event: "1,0,Default,,0,0,0,,Text, with comma") == "Text, with comma")
        #expect(SubtitleMarkup.plainText(event: "1,0,Default") == "")
        #expect(SubtitleMarkup.plainText(event: "") == "")
    }
}
