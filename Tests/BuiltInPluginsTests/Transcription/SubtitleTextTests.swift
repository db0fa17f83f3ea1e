import Foundation
import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct SubtitleTextTests {
    private let segments: [Transcript.Segment] = [
        .init(index: 0, startMs: 412, endMs: 2532, text: "Tom & Jerry <live>"),
        .init(index: 1, startMs: 3_723_004, endMs: 3_725_000, text: "two\n\nlines"),
    ]

    @Test func subRipHasNumberedCuesWithCommas() {
        #expect(
            SubtitleText.srt(segments) == """
                1
                00:00:00,412 --> 00:00:02,532
                Tom & Jerry <live>

                2
                01:02:03,004 --> 01:02:05,000
                two
                lines

                """)
    }

    @Test func webVTTHasAHeaderPointsAndEscapes() {
        #expect(
            SubtitleText.vtt(segments) == """
                WEBVTT

                00:00:00.412 --> 00:00:02.532
                Tom &amp; Jerry &lt;live>

                01:02:03.004 --> 01:02:05.000
                two
                lines

                """)
    }

    @Test func nothingSaidIsNoCue() {
        #expect(SubtitleText.srt([]).isEmpty)
        #expect(SubtitleText.vtt([]) == "WEBVTT\n\n")
    }

    /// No text can end a cue early: every cue has its times line, and no other line has an arrow before it.
    @Test func cuesStayWholeForAnyText() {
        SeededGenerator.withSeeds(100) { generator in
            let segments = (0..<5).map { index in
                let text = "x" + generator.text(maximumLength: 40)
                return Transcript.Segment(
                    index: index, startMs: Int64(index * 1000), endMs: Int64(index * 1000 + 900), text: text)
            }
            let blocks = SubtitleText.srt(segments).components(separatedBy: "\n\n")
            #expect(blocks.count == 5, "\(generator)")
            #expect(
                blocks.enumerated().allSatisfy {
                    $0.element.hasPrefix("\($0.offset + 1)\n00:00:0\($0.offset),000 --> ")
                })
        }
    }
}
