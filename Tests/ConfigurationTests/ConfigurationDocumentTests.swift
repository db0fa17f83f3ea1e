import Configuration
import Foundation
import Testing

@Suite struct ConfigurationDocumentTests {
    private func root(_ text: String) throws -> ConfigurationNode {
        try ConfigurationDocument.parse(text: text, fileName: "test.yaml").root
    }

    @Test func mappingsKeepOrderPositionsAndPaths() throws {
        let text = """
            name: transcription
            performance:
              memory_per_file_mb: 500
            models:
              - id: tiny
                files: [{name: "a.onnx"}, {name: b.onnx}]
            """
        let entries = try root(text).mapping()
        #expect(entries.map(\.key) == ["name", "performance", "models"])
        #expect(entries.map(\.keyLocation.line) == [1, 2, 4])
        let memory = try entries[1].value.mapping()[0].value
        #expect(memory.location == .init(line: 3, column: 23))
        #expect(memory.path == "performance.memory_per_file_mb")
        let files = try entries[2].value.sequence()[0].mapping()[1].value.sequence()
        let name = try files[1].mapping()[0].value
        #expect(name.path == "models[0].files[1].name")
        #expect(try name.string() == "b.onnx")
        #expect(name.location == .init(line: 6, column: 38))
        #expect(name.fileName == "test.yaml")
    }

    @Test func kindsAndStylesAreVisible() throws {
        let items = try root("[plain, 'single', \"dou\\tble\\u00e9\", 7, null, ~, '']").sequence()
        let seen = items.map { item -> String in
            switch item.kind {
            case .scalar(let text, .plain): "plain \(text) \(item.isNull)"
            case .scalar(let text, .quoted): "quoted \(text) \(item.isNull)"
            case .sequence, .mapping: "other"
            }
        }
        #expect(
            seen == [
                "plain plain false", "quoted single false", "quoted dou\tbleé false", "plain 7 false",
                "plain null true", "plain ~ true", "quoted  false",
            ])
    }

    @Test func blockScalarsAreStrings() throws {
        let entries = try root("a: |\n  one\n  two\nb: >\n  three\n  four\n").mapping()
        #expect(try entries[0].value.string() == "one\ntwo\n")
        #expect(try entries[1].value.string() == "three four\n")
        #expect(throws: ConfigurationError.self) { try root("a: |\n  12\n").mapping()[0].value.integer() }
    }

    @Test func jsonIsRead() throws {
        let text =
            "{\n\t\"operation\":\"ocr\",\"url\":\"http:\\/\\/x\",\"inputs\":[{\"n\":1.5e1}],\n\t\"on\":true,\"none\":null}"
        var reader = try MappingReader(ConfigurationDocument.parse(text: text, fileName: "spec.json").root)
        #expect(try reader.string("operation") == "ocr")
        #expect(try reader.string("url") == "http://x")
        #expect(try reader.mappings("inputs") { try $0.number("n") } == [15])
        #expect(try reader.bool("on"))
        #expect(try reader.optionalString("none") == nil)
        try reader.finish()
    }

    @Test func jsonSurrogatePairsAreOneCharacter() throws {
        let text = #"{"a": "\"x\\\ud83d\ude00", "b": "\uD834\uDD1E!"}"#
        let entries = try root(text).mapping()
        #expect(try entries[0].value.string() == "\"x\\😀")
        #expect(try entries[1].value.string() == "𝄞!")
        #expect(try root(#"['\ud83d\ude00']"#).sequence()[0].string() == #"\ud83d\ude00"#)
        for half in [#"["\ud83d"]"#, #"["\ude00\ud83d"]"#, #"["\ud83d\u0041"]"#, #"["\ud83d\u"]"#] {
            #expect(try parseError(half).code == .syntax)
        }
    }

    @Test(arguments: ["a: 1\r\nb:\r\n  - x\r\n", "\u{FEFF}a: 1\nb:\n  - x\n"])
    func lineEndingsAndByteOrderMark(text: String) throws {
        let entries = try root(text).mapping()
        #expect(entries.map(\.key) == ["a", "b"])
        #expect(entries[0].keyLocation == .init(line: 1, column: 1))
        let item = try entries[1].value.sequence()[0]
        #expect(try item.string() == "x")
        #expect(item.location == .init(line: 3, column: 5))
    }

    @Test func markersAndDirectiveOfOneDocument() throws {
        #expect(try root("%YAML 1.1\n---\na: 1\n...\n").mapping().count == 1)
        #expect(try root("---\n").isNull)
    }

    @Test(arguments: ["", "   \n", "# only a comment\n", "\u{FEFF}"])
    func emptyFileIsAnError(text: String) throws {
        #expect(try parseError(text).code == .emptyDocument)
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3\n", ErrorPlace(.duplicateKey, 3, 1, "a")),
        ("x:\n  y: {k: 1, 'k': 2}\n", ErrorPlace(.duplicateKey, 2, 13, "x.y.k")),
        ("a: 1\n---\nb: 2\n", ErrorPlace(.multipleDocuments, 2, 1, "")),
        ("a: &anchor 1\n", ErrorPlace(.aliasNotAllowed, 1, 4, "a")),
        ("list:\n  - *name\n", ErrorPlace(.aliasNotAllowed, 2, 5, "list[0]")),
        ("*key : 1\n", ErrorPlace(.aliasNotAllowed, 1, 1, "")),
        ("a: !!str 1\n", ErrorPlace(.tagNotAllowed, 1, 4, "a")),
        ("a: !custom {b: 1}\n", ErrorPlace(.tagNotAllowed, 1, 4, "a")),
        ("a:\n  [1, 2]: x\n", ErrorPlace(.invalidKey, 2, 3, "a")),
        ("'': x\n", ErrorPlace(.invalidKey, 1, 1, "")),
        ("a:\n\tb: 1\n", ErrorPlace(.syntax, 2, 1, "")),
        ("a: [1, 2\n", ErrorPlace(.syntax, 2, 1, "")),
        ("a: \"open\n", ErrorPlace(.syntax, 2, 1, "")),
        ("a: 1\n b: 2\n", ErrorPlace(.syntax, 2, 3, "")),
        ("é: x\u{7}\n", ErrorPlace(.syntax, 1, 5, "")),
    ])
    func malformedFilesNameThePlace(text: String, expected: ErrorPlace) throws {
        #expect(try ErrorPlace(parseError(text)) == expected)
    }

    @Test func tabMessageSaysWhatToDo() throws {
        let error = try parseError("a:\r\n  b: 1\r\n\tc: 1\r\n")
        #expect(error.description == "test.yaml:3:1: a tab cannot be used for indentation; use spaces")
    }

    @Test func duplicateNamesTheFirstLine() throws {
        let expected = "test.yaml:3:1: a: the key \"a\" is already set on line 1; remove one of them"
        #expect(try parseError("a: 1\nb: 2\na: 3\n").description == expected)
    }

    @Test func expansionBombIsRefusedAtTheFirstAnchor() throws {
        var text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for level in 1...9 {
            let items = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(items)]\n"
        }
        #expect(try ErrorPlace(parseError(text)) == ErrorPlace(.aliasNotAllowed, 1, 5, "a0"))
    }

    @Test func depthIsBounded() throws {
        let allowed = ConfigurationDocument.maximumDepth
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try root(nested(allowed)) }
        let error = try parseError(nested(allowed + 1))
        #expect(ErrorPlace(error) == ErrorPlace(.tooDeep, 1, 65, String(repeating: "[0]", count: allowed)))
        #expect(try parseError(nested(200_000)).code == .tooDeep)
    }

    @Test func valueCountAndSizeAreBounded() throws {
        let many = "[" + String(repeating: "1,", count: ConfigurationDocument.maximumNodes) + "1]"
        #expect(try parseError(many).code == .tooManyNodes)
        let large = [UInt8](repeating: 0x23, count: ConfigurationDocument.maximumBytes + 1)
        let error = try #require(throws: ConfigurationError.self) {
            try ConfigurationDocument.parse(bytes: large, fileName: "big.yaml")
        }
        #expect(error.description == "big.yaml: the file is larger than 8 MiB, the limit for configuration files")
        let longKey = "? " + String(repeating: "k", count: 2000) + "\n: 1\n"
        #expect(try parseError(longKey).code == .invalidKey)
    }

    @Test func otherEncodingsAreRefused() throws {
        let latin = Array("a: 1\nb: caf".utf8) + [0xE9, 0x0A]
        let error = try #require(throws: ConfigurationError.self) {
            try ConfigurationDocument.parse(bytes: latin, fileName: "latin.yaml")
        }
        #expect(ErrorPlace(error) == ErrorPlace(.invalidEncoding, 2, 7, ""))
        for wide: [UInt8] in [[0xFF, 0xFE, 0x61, 0], [0xFE, 0xFF, 0, 0x61], [0x61, 0, 0x3A, 0]] {
            let error = try #require(throws: ConfigurationError.self) {
                try ConfigurationDocument.parse(bytes: wide, fileName: "wide.yaml")
            }
            #expect(error.code == .invalidEncoding)
        }
    }

    @Test func filesAreLoadedAndFailuresCarryTheReason() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("plugin.yaml").path
        // Longer than one read of the loader.
        let padding = String(repeating: "# padding\n", count: 10_000)
        try Data((padding + "name: ocr\n").utf8).write(to: URL(fileURLWithPath: file))
        let document = try ConfigurationDocument.load(path: file)
        #expect(try document.root.mapping()[0].value.string() == "ocr")
        #expect(document.root.location.line == 10_001)
        #expect(document.root.fileName == file)

        let missing = folder.appendingPathComponent("missing.yaml").path
        let absent = try #require(throws: ConfigurationError.self) { try ConfigurationDocument.load(path: missing) }
        #expect(absent.description == "\(missing): the file cannot be read: No such file or directory")
        #expect(absent.code == .unreadableFile)
        let directory = try #require(throws: ConfigurationError.self) {
            try ConfigurationDocument.load(path: folder.path)
        }
        #expect(directory.message == "the file cannot be read: Is a directory")
    }
}
