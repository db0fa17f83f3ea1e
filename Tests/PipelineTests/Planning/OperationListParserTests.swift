import Pipeline
import PluginKit
import Testing
import VideoExtractTesting

struct OperationListParserTests {
    private func names(_ text: String) throws -> [String] { try OperationListParser.parse(text).map(\.name) }

    @Test(arguments: [
        ("transcription", ["transcription"]), ("a,b,c", ["a", "b", "c"]), (" a , b ;c ", ["a", "b", "c"]),
        ("keyframes;[object-detection,ocr]", ["keyframes", "object-detection", "ocr"]),
        ("[a,[b;c]],d", ["a", "b", "c", "d"]), ("a,", ["a"]), ("vision_embeddings", ["vision_embeddings"]),
    ])
    func listsGroupsAndTheOriginsNotation(text: String, expected: [String]) throws {
        #expect(try names(text) == expected)
    }

    @Test func parametersAreTexts() throws {
        let parsed = try OperationListParser.parse(
            #"transcription(language=en, model=whisper-base),objects(confidence=0.5,classes=person|car), x(), y(q="a, b) c")"#
        )
        #expect(
            parsed == [
                Operation("transcription", parameters: ["language": .text("en"), "model": .text("whisper-base")]),
                Operation("objects", parameters: ["confidence": .text("0.5"), "classes": .text("person|car")]),
                Operation("x"), Operation("y", parameters: ["q": .text("a, b) c")]),
            ])
    }

    @Test(arguments: [
        ("", "is empty"), (" , ;", "is empty"), ("[]", "is empty"),
        ("a b", "character 3: unexpected 'b'"), ("a)", "character 2: unexpected ')'"),
        ("a]", "character 2: unexpected ']'"),
        ("[a", "character 3: ']' is missing"), ("(a=1)", "character 1: an operation's name was expected"),
        ("a(", "character 3: ')' is missing"), ("a(b", "character 4: '=' is missing after 'b'"),
        ("a(=1)", "character 3: a parameter's name was expected"), ("a(b=)", "character 5: a value was expected"),
        ("a(b=1", "character 6: ',' or ')' is missing"), ("a(b=\"1)", "character 8: a closing '\"' is missing"),
        ("a(b=\"1\"2)", "character 8: ',' or ')' is missing"), ("a(b=1,b=2)", "character 10: 'b' is given twice"),
        ("a$", "character 2: unexpected '$'"),
    ])
    func mistakesNameThePosition(text: String, problem: String) throws {
        let error = try #require(throws: PluginError.self) { try OperationListParser.parse(text) }
        #expect(error.code == .invalidConfiguration)
        #expect(error.message.contains(problem), "\(error.message)")
    }

    @Test func deepNestingIsRefusedRatherThanFatal() throws {
        let text = String(repeating: "[", count: 200_000) + "a"
        let error = try #require(throws: PluginError.self) { try OperationListParser.parse(text) }
        #expect(error.message.contains("nested more than 64 deep"))
        let allowed = String(repeating: "[", count: 64) + "a" + String(repeating: "]", count: 64)
        #expect(try names(allowed) == ["a"])
    }

    @Test func whatIsPrintedCanBeReadAgain() throws {
        try SeededGenerator.withSeeds(300) { generator in
            let alphabet = Array("abc-_1é")
            func word() -> String {
                String(
                    (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                        alphabet[Int.random(in: 0..<7, using: &generator)]
                    })
            }
            let operations = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                var operation = Operation(word())
                for _ in 0..<Int.random(in: 0...3, using: &generator) { operation.parameters[word()] = .text(word()) }
                return operation
            }
            let text = operations.map(\.description).joined(separator: ",")
            let parsed = try OperationListParser.parse(text)
            #expect(parsed == operations, "\(text), \(generator)")
        }
    }

    @Test func anyTextIsReadOrRefused() {
        SeededGenerator.withSeeds(2000) { generator in
            let alphabet = Array("ab,;[]()=\" |$")
            let text = String(
                (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                    alphabet[Int.random(in: alphabet.indices, using: &generator)]
                })
            switch Result(catching: { try OperationListParser.parse(text) }) {
            case .success(let operations): #expect(!operations.isEmpty, "\(text), \(generator)")
            case .failure(let error):
                #expect((error as? PluginError)?.code == .invalidConfiguration, "\(text), \(generator)")
            }
        }
    }
}
