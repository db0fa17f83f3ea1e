import PluginKit
import Testing

@testable import BuiltInPlugins

/// Text read off real pictures: at least as good as the package rapidocr-onnxruntime 1.4.4, whose lines
/// `scripts/golden/ocr-texts` recorded.
@Suite(
    .enabled(
        if: Installed.media != nil && Installed.has("pp-ocr-v4"),
        "needs VIDEO_EXTRACT_TEST_MEDIA, and: video-extract models install pp-ocr-v4"))
struct OCRQualityTests {
    /// A picture, what a person reads on it (without the Devanagari of the third one, which neither knows), and the
    /// highest rate of wrong characters, with a little more room than the measured 0, 0 and 0.05.
    private struct Picture: Sendable, CustomTestStringConvertible {
        let name: String
        let truth: [String]
        let highestRate: Double

        var testDescription: String { name }
    }

    private static let pictures = [
        Picture(
            name: "english.png",
            truth: [
                "Reduce your risk of coronavirus infection:", "Clean hands with soap and water",
                "or alcohol-based hand rub", "Cover nose and mouth when coughing and",
                "sneezing with tissue or flexed elbow", "Avoid close contact with anyone with",
                "cold or flu-like symptoms", "Thoroughly cook meat and eggs", "No unprotected contact with live wild",
                "or farm animals", "World Health", "Organization",
            ], highestRate: 0.005),
        Picture(
            name: "chinese.jpg", truth: ["西", "愚园路", "东", "315", "309", "W", "Yuyuan Rd.", "E"],
            highestRate: 0.005),
        Picture(
            name: "example3.png",
            truth: [
                "SPEED", "LIMIT", "BASRURKAR", "MARKET", "'50 40',", "BASRURKAR MARKET',", "'SPEED LIMIT'",
            ], highestRate: 0.07),
    ]

    @Test(arguments: pictures)
    private func readsAtLeastAsWellAsRapidOCR(picture: Picture) async throws {
        let recorded = try Installed.fixture("ocr-rapidocr.json", as: [String: [String]].self)
        let reference = CharacterErrors.rate(of: try #require(recorded[picture.name]), truth: picture.truth)
        let lines = try await read(try #require(Installed.media) + "/" + picture.name)
        let rate = CharacterErrors.rate(of: lines, truth: picture.truth)
        #expect(rate <= reference, "rapidocr has \(reference); read: \(lines)")
        #expect(rate <= picture.highestRate, "read: \(lines)")
    }

    private func read(_ path: String) async throws -> [String] {
        let plugin = OCRPlugin(
            manifest: try Installed.manifest("ocr"), models: SharedModels(store: try #require(Installed.store)))
        return try await Installed.document(plugin, file: path, as: OnScreenText.self).spans.map(\.text)
    }
}

/// Counts wrong characters line by line, so that the order of the lines does not matter.
private enum CharacterErrors {
    /// Insertions, deletions and replacements over the characters of the truth. Every line of the truth is compared with
    /// the nearest line that no other one has taken; lines that are left over count as insertions.
    static func rate(of lines: [String], truth: [String]) -> Double {
        var pairs: [(distance: Int, wanted: Int, read: Int)] = []
        for (wanted, line) in truth.enumerated() {
            for (read, other) in lines.enumerated() {
                pairs.append((TextSimilarity.distance(Array(line), Array(other)), wanted, read))
            }
        }
        pairs.sort { $0 < $1 }
        var missing = Set(truth.indices)
        var spare = Set(lines.indices)
        var errors = 0
        for pair in pairs where missing.contains(pair.wanted) && spare.contains(pair.read) {
            // A line that shares nothing is no reading of this one.
            guard pair.distance < truth[pair.wanted].count else { continue }
            missing.remove(pair.wanted)
            spare.remove(pair.read)
            errors += pair.distance
        }
        errors += missing.reduce(0) { $0 + truth[$1].count } + spare.reduce(0) { $0 + lines[$1].count }
        return Double(errors) / Double(truth.reduce(0) { $0 + $1.count })
    }
}
