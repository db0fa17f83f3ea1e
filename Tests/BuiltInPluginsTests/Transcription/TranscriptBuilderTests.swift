import PluginKit
import Testing

@testable import BuiltInPlugins
@testable import Inference

struct TranscriptBuilderTests {
    private let span = SpeechSegmenter.Span(start: 2, end: 5, probabilitySum: 90, windows: 94)

    private func speech(
        _ text: String, language: String? = nil, tokens: [String] = [], timestamps: [Double]? = nil,
        durations: [Double]? = nil, segments: [RecognizedSpeech.Segment]? = nil
    ) -> RecognizedSpeech {
        RecognizedSpeech(
            text: text, language: language, tokens: tokens, timestamps: timestamps, durations: durations,
            logProbabilities: nil, segments: segments)
    }

    @Test func textWithoutTimesGetsThoseOfItsSpanAndNoWords() {
        var builder = TranscriptBuilder(language: nil)
        let new = builder.add(speech("hello there", tokens: ["▁hello", "▁there"]), span: span)
        #expect(new == [.init(index: 0, startMs: 2000, endMs: 5000, text: "hello there")])
        #expect(new.first?.words == nil)
    }

    @Test func nothingHeardIsNoSegment() {
        var builder = TranscriptBuilder(language: nil)
        #expect(builder.add(speech(""), span: span).isEmpty)
        let next = builder.add(speech("now"), span: span)
        #expect(next.map(\.index) == [0])
    }

    @Test func tokensWithTimesBecomeWords() {
        var builder = TranscriptBuilder(language: nil)
        let new = builder.add(
            speech(
                "hello there", tokens: ["▁hel", "lo", "▁there"], timestamps: [0.1, 0.3, 0.8],
                durations: [0.2, 0.2, 0.5]),
            span: span)
        #expect(
            new.first?.words == [
                .init(startMs: 2100, endMs: 2500, text: "hello"), .init(startMs: 2800, endMs: 3300, text: "there"),
            ])
    }

    @Test func tokensWithoutLengthsEndWithTheNext() {
        var builder = TranscriptBuilder(language: nil)
        let new = builder.add(speech("a b", tokens: [" a", " b"], timestamps: [0, 1]), span: span)
        #expect(new.first?.words?.map(\.endMs) == [3000, 5000])
    }

    @Test func timedPartsBecomeSegmentsWithinTheSpan() {
        var builder = TranscriptBuilder(language: nil)
        let new = builder.add(
            speech(
                "one two",
                segments: [.init(text: "one", start: 0.5, duration: 1), .init(text: "two", start: 2, duration: 9)]),
            span: span)
        #expect(new.map(\.startMs) == [2500, 4000])
        #expect(new.map(\.endMs) == [3500, 5000])
        #expect(new.map(\.index) == [0, 1])
    }

    @Test func firstLanguageHeardIsTheTranscripts() {
        var builder = TranscriptBuilder(language: nil)
        _ = builder.add(speech("hallo", language: "de"), span: span)
        _ = builder.add(speech("hello", language: "en"), span: span)
        #expect(builder.language == "de")
        #expect(builder.segments.map(\.language) == ["de", "en"])
        #expect(TranscriptBuilder(language: "fr").language == "fr")
    }
}
