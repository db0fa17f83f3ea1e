import MediaValues
import PluginKit
import Testing

@testable import BuiltInPlugins

struct TextTrackerTests {
    private func line(_ text: String, x: Double = 10, y: Double = 10, confidence: Double = 0.9) -> TextLine {
        TextLine(
            text: text, confidence: confidence,
            area: Quadrilateral(left: x, top: y, right: x + 60, bottom: y + 12))
    }

    /// Pictures 500 ms apart, each shown for 100 ms.
    private func track(_ pictures: [[TextLine]]) -> (closed: [[String]], spans: [OnScreenText.Span]) {
        var tracker = TextTracker()
        var closed: [[String]] = []
        for (index, lines) in pictures.enumerated() {
            let frame = MadePicture.planar(width: 100, height: 50, milliseconds: Int64(index * 500), duration: 100) {
                _, _ in 0
            }
            closed.append(tracker.add(lines, frame: frame).map(\.text))
        }
        closed.append(tracker.finish().map(\.text))
        return (closed, tracker.spans)
    }

    @Test func whatStaysIsOneSpan() throws {
        let (closed, spans) = track([[], [line("Hello")], [line("Hello")], [line("Hello")], []])
        #expect(closed == [[], [], [], [], ["Hello"], []])
        let span = try #require(spans.count == 1 ? spans.first : nil)
        #expect(span.startMs == 500 && span.endMs == 1600 && span.pictures == 3)
        #expect(span.index == 0)
        #expect(span.box == BoundingBox(x: 0.1, y: 0.2, width: 0.6, height: 0.24))
        #expect(span.polygon.count == 4)
    }

    @Test func theBestReadingIsKept() throws {
        let (_, spans) = track([
            [line("Welcorne to", confidence: 0.6)], [line("Welcome to", x: 12, confidence: 0.95)],
            [line("Welcome lo", confidence: 0.7)],
        ])
        let first = try #require(spans.first)
        #expect(first.text == "Welcome to" && first.confidence == 0.95)
        #expect(first.frame.startMs == 500 && first.startMs == 0)
    }

    @Test func anotherTextOrPlaceIsAnotherSpan() {
        let (_, spans) = track([
            [line("Chapter one"), line("Logo", y: 35)], [line("The end"), line("Logo", y: 35)],
            [line("The end", x: 35, y: 30)],
        ])
        #expect(spans.map(\.text) == ["Chapter one", "Logo", "The end", "The end"])
        #expect(spans.map(\.index) == [0, 1, 2, 3])
        #expect(spans.map(\.startMs) == [0, 0, 500, 1000])
        #expect(spans.map(\.pictures) == [1, 2, 1, 1])
    }

    @Test func aTextThatReturnsIsANewSpan() {
        let (closed, spans) = track([[line("On")], [], [line("On")]])
        #expect(spans.map(\.endMs) == [100, 1100])
        #expect(closed == [[], ["On"], [], ["On"]])
    }

    @Test func aDriftingTextIsFollowed() {
        let pictures = (0..<8).map { [line("Slowly moving", x: 2 + 5 * Double($0))] }
        let (_, spans) = track(pictures)
        #expect(spans.count == 1 && spans.first?.pictures == 8)
    }

    @Test func twoEqualTextsKeepTheirPlaces() {
        let both = [line("Sale", y: 5), line("Sale", y: 30)]
        let (_, spans) = track([both, both.reversed(), both])
        #expect(spans.count == 2)
        #expect(spans.map(\.box.y) == [0.1, 0.6])
        #expect(spans.allSatisfy { $0.pictures == 3 })
    }

    @Test func slipsAreForgivenButNotInNumbers() {
        #expect(TextSimilarity.isSame("WORLD HEALTH", "World Health"))
        #expect(TextSimilarity.isSame("Breaking news", "Breakingnevs"))
        #expect(!TextSimilarity.isSame("12:31", "12:32"))
        #expect(!TextSimilarity.isSame("Room 101 open", "Room 102 open"))
        #expect(!TextSimilarity.isSame("cat", "car"))
        #expect(!TextSimilarity.isSame("?", "!"))
        #expect(TextSimilarity.isSame("?", "?"))
        #expect(TextSimilarity.distance(Array("kitten"), Array("sitting")) == 3)
        #expect(TextSimilarity.distance([], Array("ab")) == 2)
    }
}
