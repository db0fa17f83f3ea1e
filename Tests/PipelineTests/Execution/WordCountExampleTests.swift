import Foundation
import Pipeline
import PluginKit
import Testing
import VideoExtractTesting

/// The example plugin of the documentation, run for real.
struct WordCountExampleTests {
    private struct Words: Decodable, Equatable {
        struct Word: Decodable, Equatable {
            var word: String
            var count: Int
        }
        var total: Int
        var words: [Word]
    }

    private func fixture(saying texts: [String]) throws -> EngineFixture {
        let repository = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().path
            .components(separatedBy: "/Tests/PipelineTests/")[0]
        let examples = repository + "/examples/plugins/word-count"
        let example = try Registry.discover(directories: [examples], factories: PluginFactories())
        let transcription = FakePlugin(
            "transcription", inputs: [.audio], outputs: [.transcription], demand: EngineFixture.speech
        ) {
            input, context in
            if let audio = input.feed.audio { for try await _ in audio {} }
            let segments = texts.enumerated().map { index, text in
                Transcript.Segment(
                    index: index, startMs: Int64(index * 1000), endMs: Int64(index * 1000 + 900), text: text)
            }
            let transcript = Transcript(model: "fake", language: "en", segments: segments, durationMs: 2000)
            return try context.files.finish(document: transcript, at: "transcription.json")
        }
        return try EngineFixture(replacing: [transcription], others: example.plugins)
    }

    @Test func countsTheWordsOfATranscript() async throws {
        let fixture = try fixture(saying: ["And so, my fellow Americans", "ask not; ask"])
        let report = try await fixture.run("words(minimum_length=3)", output: true)
        #expect(try report.report("word-count").error == nil)
        #expect(report.operations.map(\.status) == [.done, .done, .done])
        #expect(try report.report("word-count").counts == ["words": 6])
        let text = try #require(fixture.folder.text("out/talk/word-count.json"))
        let words = try ResultEncoding.decoder.decode(Words.self, from: Data(text.utf8))
        #expect(words.total == 6)
        #expect(words.words.first == .init(word: "ask", count: 2))
        #expect(words.words.map(\.word) == ["ask", "americans", "and", "fellow", "not"])
        #expect(fixture.events.all.contains(.partial("word-count", #"{"end_ms":900,"start_ms":0,"words":3}"#)))
        #expect(try await fixture.run("word-count(minimum_length=3)").status("word-count") == .cached)
        #expect(fixture.leftovers.isEmpty)
    }

    @Test func silenceIsEmpty() async throws {
        let report = try await fixture(saying: []).run("word-count").report("word-count")
        #expect(report.status == .empty)
        #expect(report.reason == "nothing was said")
    }
}
