import Configuration
import Pipeline
import PluginKit
import Testing
import VideoExtractTesting

struct SpecificationReaderTests {
    private let expected = [
        OutputSpec(
            Operation("objects", parameters: ["confidence": .text("0.5"), "classes": .list(["car", "dog"])]),
            sources: [OutputSpec(Operation("keyframes", parameters: ["max_frames": .text("20")]))]),
        OutputSpec(Operation("scenes")),
    ]

    @Test func yamlIsRead() throws {
        let text = """
            outputs:
              - operation:
                  name: objects
                  parameters: {confidence: 0.5, classes: [car, dog]}
                sources:
                  - operation: {name: keyframes, parameters: {max_frames: 20}}
              - operation: scenes
            """
        #expect(try SpecificationReader.parse(text: text, fileName: "spec.yaml") == expected)
    }

    @Test func jsonIsReadWithOrWithoutItsWrapping() throws {
        let list = """
            [{"operation": {"name": "objects", "parameters": {"confidence": 0.5, "classes": ["car", "dog"]}},
              "sources": [{"operation": {"name": "keyframes", "parameters": {"max_frames": 20}}}]},
             {"operation": "scenes"}]
            """
        #expect(try SpecificationReader.parse(text: list, fileName: "spec.json") == expected)
        #expect(try SpecificationReader.parse(text: "{\"outputs\": \(list)}", fileName: "spec.json") == expected)
        #expect(try SpecificationReader.parse(text: #"{"operation": "scenes"}"#, fileName: "s") == [expected[1]])
    }

    @Test func plainNamesStandForOperationsWithoutParameters() throws {
        let text = "outputs:\n  - scenes\n  - operation: objects\n    sources: [keyframes]\n"
        #expect(
            try SpecificationReader.parse(text: text, fileName: "spec.yaml") == [
                OutputSpec(Operation("scenes")),
                OutputSpec(Operation("objects"), sources: [OutputSpec(Operation("keyframes"))]),
            ])
    }

    @Test func whatIsEncodedCanBeRead() throws {
        let text = String(decoding: try ResultEncoding.pretty(expected), as: UTF8.self)
        #expect(try SpecificationReader.parse(text: text, fileName: "spec.json") == expected)
    }

    @Test(arguments: [
        ("outputs: []", 1, "at least one output"),
        ("outputs:\n  - operation: a\n    source: []", 3, "unknown key"),
        ("outputs:\n  - sources: []", 2, "operation"),
        ("outputs:\n  - operation:\n      nam: a", 3, "nam"),
        ("outputs:\n  - operation: a\nmore: 1", 3, "unknown key"),
        ("- operation: {name: a, parameters: [1]}", 1, "parameters"),
        ("just words", 1, "mapping"),
        ("{\"operation\": a,\n \"sources\": 1}", 2, "sources"),
    ])
    func mistakesNameFileAndLine(text: String, line: Int, words: String) throws {
        let error = try #require(throws: ConfigurationError.self) {
            try SpecificationReader.parse(text: text, fileName: "spec.yaml")
        }
        #expect(error.file == "spec.yaml")
        #expect(error.line == line, "\(error)")
        #expect(error.description.contains(words), "\(error)")
    }

    @Test func nestingIsBounded() throws {
        let text = String(repeating: "{operation: a, sources: [", count: 17) + String(repeating: "]}", count: 17)
        let error = try #require(throws: ConfigurationError.self) {
            try SpecificationReader.parse(text: text, fileName: "spec.yaml")
        }
        #expect(error.message.contains("16 deep"))
    }

    @Test func filesAreLoaded() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("operation: scenes\n", to: "spec.yaml")
        #expect(try SpecificationReader.load(path: path) == [expected[1]])
        #expect(throws: ConfigurationError.self) { try SpecificationReader.load(path: folder.file("none.yaml")) }
    }
}
