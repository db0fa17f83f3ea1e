import Foundation
import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

/// Against Hugging Face `tokenizers`, recorded by `scripts/golden/tokenizer`.
struct WordPieceTokenizerTests {
    private struct Golden: Decodable {
        struct Case: Decodable {
            let text: String
            let ids: [Int64]
        }
        struct Scalar: Decodable {
            let value: UInt32
            let words: [String]
        }
        let cases: [Case]
        let vocabulary: [String: Int]
        let scalars: [Scalar]
    }

    private let golden: Golden
    private let tokenizer: WordPieceTokenizer

    init() throws {
        let data = try EmbeddingGoldens.data("tokenizer")
        // Not with converted keys: the vocabulary's keys are tokens.
        golden = try JSONDecoder().decode(Golden.self, from: data)
        tokenizer = try WordPieceTokenizer(vocabulary: golden.vocabulary.map { ($0.key, $0.value) }, name: "golden")
    }

    @Test func everyTextGivesTheSameTokens() {
        #expect(golden.cases.count >= 150)
        for item in golden.cases {
            #expect(tokenizer.encode(item.text).ids == item.ids, "\(item.text.debugDescription)")
        }
    }

    /// The first and last scalar of every run that the reference treats alike, between two letters.
    @Test func everyKindOfScalarIsTreatedTheSame() throws {
        #expect(golden.scalars.count > 2000)
        var wrong: [String] = []
        for item in golden.scalars {
            let scalar = try #require(Unicode.Scalar(item.value))
            let words = BERTNormalizer.words("a\(String(Character(scalar)))a").map {
                String(String.UnicodeScalarView($0))
            }
            // Scalar by scalar: equality of strings would hide differences.
            if !words.elementsEqual(item.words, by: { $0.unicodeScalars.elementsEqual($1.unicodeScalars) }) {
                wrong.append(String(item.value, radix: 16) + ": \(words), not \(item.words)")
            }
        }
        #expect(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(20))")
    }

    @Test func longTextIsCutAndSaysSo() {
        let encoding = tokenizer.encode(String(repeating: "food ", count: 300))
        #expect(encoding.ids.count == 256)
        #expect(encoding.ids.first == 101)
        #expect(encoding.ids.last == 102)
        #expect(encoding.dropped == 46)
        #expect(tokenizer.encode(String(repeating: "food ", count: 254)).dropped == 0)
        #expect(tokenizer.encode("").ids == [101, 102])
    }

    @Test func vocabularyFileIsReadByLine() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("[PAD]\r\n[UNK]\n[CLS]\n[SEP]\n\nun\n##able\n##a\nable\n", to: "vocab.txt")
        let tokenizer = try WordPieceTokenizer(vocabularyFile: path)
        #expect(tokenizer.encode("Unable able unx").ids == [2, 5, 6, 8, 1, 3])
    }

    @Test func uselessVocabulariesAreRefused() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("a\nb\n", to: "vocab.txt")
        for file in [path, folder.file("missing.txt")] {
            let error = #expect(throws: PluginError.self) { try WordPieceTokenizer(vocabularyFile: file) }
            #expect(error?.code == .invalidModel)
            #expect(error?.message.contains(file) == true)
        }
    }
}
