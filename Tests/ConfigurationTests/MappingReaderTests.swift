import Configuration
import Testing

@Suite struct MappingReaderTests {
    private static let manifest = """
        name: objects
        version: 1.10
        quoted: "12"
        performance:
          memory: 512
          speed: 0.25
          streaming: true
        inputs: [Frames, Keyframes]
        device: gpu
        models:
          - id: nano
          - id: tiny
        nothing: ~
        """

    private func reader(_ text: String = manifest) throws -> MappingReader {
        try MappingReader(ConfigurationDocument.parse(text: text, fileName: "test.yaml").root)
    }

    @Test func pullsEveryType() throws {
        var reader = try reader()
        #expect(try reader.string("name") == "objects")
        #expect(try reader.string("version") == "1.10")
        #expect(try reader.string("quoted") == "12")
        var performance = try reader.mapping("performance")
        #expect(try performance.integer("memory", in: 1...4096) == 512)
        #expect(try performance.number("speed", in: 0...1) == 0.25)
        #expect(try performance.bool("streaming"))
        try performance.finish()
        #expect(try reader.strings("inputs") == ["Frames", "Keyframes"])
        #expect(try reader.choice("device", of: ["cpu", "gpu"]) == "gpu")
        #expect(try reader.mappings("models") { try $0.string("id") } == ["nano", "tiny"])
        #expect(try reader.optionalString("nothing") == nil)
        try reader.finish()
        #expect(reader.keys.count == 8)
    }

    @Test func optionalPullsOfAbsentKeysGiveNil() throws {
        var reader = try reader("a: 1")
        #expect(try reader.optionalString("s") == nil)
        #expect(try reader.optionalInteger("i", in: 0...1) == nil)
        #expect(try reader.optionalNumber("n") == nil)
        #expect(try reader.optionalBool("b") == nil)
        #expect(try reader.optionalStrings("l") == nil)
        #expect(try reader.optionalSequence("q") == nil)
        #expect(try reader.optionalChoice("c", of: ["x"]) == nil)
        #expect(try reader.optionalMapping("m") == nil)
        #expect(try reader.optionalMapping("m2") { try $0.string("x") } == nil)
        #expect(try reader.optionalMappings("m3") { try $0.string("x") } == nil)
        #expect(try reader.optionalInteger("a") == 1)
        try reader.finish()
    }

    @Test(arguments: [
        ("12", 12), ("-3", -3), ("+4", 4), ("007", 7), ("9223372036854775807", Int.max),
        ("-9223372036854775808", Int.min),
    ])
    func integers(text: String, value: Int) throws {
        var reader = try reader("v: \(text)")
        #expect(try reader.integer("v") == value)
    }

    @Test(arguments: ["1.5", "0x10", "1e3", "\"12\"", "abc", "true", "~", "[1]", "{a: 1}", "+", "1_000"])
    func whatIsNoInteger(text: String) throws {
        let error = try mappingError("v: \(text)") { _ = try $0.integer("v") }
        #expect(ErrorPlace(error) == ErrorPlace(.wrongType, 1, 4, "v"))
    }

    @Test(arguments: ["inf", ".inf", "nan", "0x1p3", "'1.0'", "1,5", "one", "."])
    func whatIsNoNumber(text: String) throws {
        #expect(try mappingError("v: \(text)") { _ = try $0.number("v") }.code == .wrongType)
    }

    @Test(arguments: ["yes", "no", "on", "True", "1", "\"true\""])
    func whatIsNoTruthValue(text: String) throws {
        #expect(try mappingError("v: \(text)") { _ = try $0.bool("v") }.code == .wrongType)
    }

    @Test func rangesAreEnforcedAndNamed() throws {
        let text = "performance:\n  memory: 99999\n"
        let error = try mappingError(text) {
            try $0.mapping("performance") { _ = try $0.integer("memory", in: 1...4096) }
        }
        #expect(error.description == "test.yaml:2:11: performance.memory: must be between 1 and 4096, found 99999")
        #expect(error.code == .outOfRange)
        let low = try mappingError("v: 0") { _ = try $0.integer("v", in: 1...Int.max) }
        #expect(low.message == "must be at least 1, found 0")
        let huge = try mappingError("v: 99999999999999999999") { _ = try $0.integer("v") }
        #expect(huge.code == .outOfRange)
        let ratio = try mappingError("v: 1.5") { _ = try $0.number("v", in: 0...1) }
        #expect(ratio.message == "must be between 0.0 and 1.0, found 1.5")
        #expect(try mappingError("v: 1e999") { _ = try $0.number("v") }.code == .outOfRange)
    }

    @Test func choicesSuggestTheNearest() throws {
        let error = try mappingError("device: gpuu") { _ = try $0.choice("device", of: ["cpu", "gpu"]) }
        #expect(ErrorPlace(error) == ErrorPlace(.invalidChoice, 1, 9, "device"))
        #expect(error.message == "must be one of cpu, gpu; found \"gpuu\"; did you mean \"gpu\"?")
    }

    @Test func missingKeysNameTheMapping() throws {
        let error = try mappingError("a: 1\nperformance:\n  x: 1\n") {
            _ = try $0.string("a")
            try $0.mapping("performance") { _ = try $0.integer("memory") }
        }
        #expect(ErrorPlace(error) == ErrorPlace(.missingKey, 3, 3, "performance.memory"))
        #expect(error.message == "the required key \"memory\" is missing")
    }

    @Test func unknownKeysSuggestOnlyKeysThatAreAbsent() throws {
        let text = "name: a\nmodels:\n  - id: x\n  - id: y\n    memroy: 3\n"
        let error = try mappingError(text) {
            _ = try $0.string("name")
            _ = try $0.mappings("models") { model in
                _ = try model.string("id")
                _ = try model.optionalInteger("memory")
            }
        }
        #expect(
            error.description
                == "test.yaml:5:5: models[1].memroy: unknown key \"memroy\"; did you mean \"memory\"?")
        #expect(error.code == .unknownKey)
        // "name" is nearest but already there, so the known keys are listed instead.
        let listed = try mappingError("name: a\nnames: b\n") { _ = try $0.string("name") }
        #expect(listed.description == "test.yaml:2:1: names: unknown key \"names\"; known keys: name")
    }

    @Test func wrongTypesSayWhatWasFound() throws {
        let list = try mappingError("v: [1]") { _ = try $0.string("v") }
        #expect(list.message == "expected a string, found a list")
        let item = try mappingError("v: [a, {b: 1}]") { _ = try $0.strings("v") }
        #expect(ErrorPlace(item) == ErrorPlace(.wrongType, 1, 8, "v[1]"))
        let scalar = try mappingError("v: a") { _ = try $0.strings("v") }
        #expect(scalar.message == "expected a list of strings, found a")
        let quoted = try mappingError("v: \"12\"") { _ = try $0.integer("v") }
        #expect(quoted.message == "expected a whole number, found the string \"12\"")
        let null = try mappingError("v:") { _ = try $0.string("v") }
        #expect(null.message == "expected a string, found nothing (null)")
        let root = try ConfigurationDocument.parse(text: "- a", fileName: "test.yaml").root
        let error = try #require(throws: ConfigurationError.self) { try MappingReader(root) }
        #expect(error.description == "test.yaml:1:1: expected a mapping of keys to values, found a list")
    }

    @Test func ownRulesReportAtTheNode() throws {
        let error = try mappingError("a:\n  url: x\n") { reader in
            try reader.mapping("a") { inner in throw try inner.node("url").failure("must begin with https") }
        }
        #expect(error.description == "test.yaml:2:8: a.url: must begin with https")
        #expect(error.code == .invalidValue)
    }

    @Test func unusualKeysAreQuotedAndForeignTextIsShortened() throws {
        let text = "\"a.b\":\n  \"x\\ny\": \"" + String(repeating: "z", count: 500) + "\"\n"
        let error = try mappingError(text) { try $0.mapping("a.b") { _ = try $0.integer("x\ny") } }
        #expect(error.keyPath == "[\"a.b\"][\"x\\ny\"]")
        #expect(error.message.count < 120)
    }
}
