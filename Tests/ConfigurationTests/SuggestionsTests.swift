import MediaValues
import Testing

@Suite struct SuggestionsTests {
    private let operations = ["transcription", "scenes", "ocr", "keyframes", "frames", "objects", "vision-embeddings"]

    @Test(arguments: [
        ("transcripton", "transcription"), ("ocrr", "ocr"), ("scene", "scenes"), ("OBJECTS", "objects"),
        ("vision_embeddings", "vision-embeddings"), ("keyframse", "keyframes"), ("trans", "transcription"),
    ])
    func nearIsFound(name: String, expected: String) {
        #expect(Suggestions.nearest(to: name, in: operations) == expected)
    }

    @Test(arguments: ["", "x", "banana", "zz", String(repeating: "o", count: 5000)])
    func farIsNotSuggested(name: String) {
        #expect(Suggestions.nearest(to: name, in: operations) == nil)
    }

    @Test func anAmbiguousBeginningIsNotCompleted() {
        #expect(Suggestions.nearest(to: "emb", in: ["embed-text-long", "embed-image-long"]) == nil)
    }

    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 1), ("ca", "abc", 3),
    ])
    func distances(first: String, second: String, distance: Int) {
        #expect(Suggestions.editDistance(first, second) == distance)
    }
}
