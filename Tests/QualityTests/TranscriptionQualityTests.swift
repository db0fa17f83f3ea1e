import Foundation
import Testing
import VideoExtract

/// Word error rate on a recording with known words.
struct TranscriptionQualityTests {
    private static let truth =
        "and so my fellow americans ask not what your country can do for you ask what you can do for your country"

    private func words(_ text: String) -> [Substring] {
        let plain = text.lowercased().filter { $0.isLetter || $0 == " " || $0 == "'" }
        return plain.split(separator: " ")
    }

    /// Words to replace, insert or leave out, over the number of true words.
    static func wordErrorRate<Word: Equatable>(_ found: [Word], truth: [Word]) -> Double {
        var row = Array(0...truth.count)
        for (position, word) in found.enumerated() {
            var next = [position + 1]
            for (index, wanted) in truth.enumerated() {
                next.append(min(row[index + 1] + 1, next[index] + 1, row[index] + (word == wanted ? 0 : 1)))
            }
            row = next
        }
        return Double(row[truth.count]) / Double(max(1, truth.count))
    }

    @Test func theMeasureCounts() {
        #expect(Self.wordErrorRate(["a", "b", "c"], truth: ["a", "b", "c"]) == 0)
        #expect(Self.wordErrorRate(["a", "x", "c"], truth: ["a", "b", "c"]) == 1.0 / 3)
        #expect(Self.wordErrorRate(["a", "c"], truth: ["a", "b", "c"]) == 1.0 / 3)
        #expect(Self.wordErrorRate([], truth: ["a", "b", "c"]) == 1)
    }

    @Test(
        .enabled(
            if: Installed.media != nil && Installed.has("moonshine-tiny-en", "silero-vad"),
            "needs VIDEO_EXTRACT_TEST_MEDIA and the default models"))
    func everyWordOfTheSpeechIsRight() async throws {
        let client = try Client.builder().cacheDirectory(nil).build()
        let result = try await client.execute(
            .file(path: try #require(Installed.media) + "/jfk.flac"), operations: "transcription")
        let transcript = try result.document("transcription", as: Transcript.self)
        #expect(Self.wordErrorRate(words(transcript.text), truth: words(Self.truth)) == 0, "\(transcript.text)")
    }
}
