import PluginKit
import Testing
import VideoExtractTesting

struct ParameterDefinitionTests {
    private func message(_ definition: ParameterDefinition, _ value: ParameterValue) throws -> String {
        let error = try #require(throws: PluginError.self) { try definition.validated(value, operation: "op") }
        #expect(error.code == .invalidParameter)
        return error.message
    }

    @Test(arguments: [
        (ParameterDefinition.Kind.boolean, ParameterValue.text("true"), ParameterValue.boolean(true)),
        (.boolean, .boolean(false), .boolean(false)),
        (.integer, .text("42"), .integer(42)),
        (.integer, .integer(-3), .integer(-3)),
        (.number, .text("0.5"), .number(0.5)),
        (.number, .text("1e3"), .number(1000)),
        (.number, .integer(2), .number(2)),
        (.number, .number(2.5), .number(2.5)),
        (.text, .text("en"), .text("en")),
        (.text, .integer(7), .text("7")),
        (.text, .boolean(true), .text("true")),
        (.list, .text("person| car |"), .list(["person", "car"])),
        (.list, .list(["a"]), .list(["a"])),
    ])
    func valuesTakeTheTypeOfTheParameter(
        kind: ParameterDefinition.Kind, given: ParameterValue, expected: ParameterValue
    ) throws {
        #expect(try ParameterDefinition(name: "p", kind: kind).validated(given, operation: "op") == expected)
    }

    @Test(arguments: [
        (ParameterDefinition.Kind.boolean, ParameterValue.text("yes")), (.boolean, .integer(1)),
        (.integer, .text("1.5")), (.integer, .text("")), (.integer, .number(1)), (.integer, .boolean(true)),
        (.integer, .text("99999999999999999999")), (.number, .text("nan")), (.number, .text("inf")),
        (.number, .text("1e999")), (.number, .number(.nan)), (.number, .text("fast")), (.number, .list(["1"])),
        (.list, .text(" | ")), (.list, .list([])), (.list, .integer(1)), (.text, .list(["a"])),
    ])
    func othersAreRefused(kind: ParameterDefinition.Kind, given: ParameterValue) throws {
        let text = try message(ParameterDefinition(name: "speed", kind: kind), given)
        #expect(text.contains("op: parameter speed cannot be '\(given)'"))
    }

    @Test func messagesNameTheRange() throws {
        func text(_ low: Double?, _ high: Double?, _ kind: ParameterDefinition.Kind = .number) throws -> String {
            let definition = ParameterDefinition(name: "p", kind: kind, minimum: low, maximum: high, unit: "s")
            return try message(definition, .text(low == nil ? "1000" : "-1000"))
        }
        #expect(try text(0.5, 10).hasSuffix("it must be a number from 0.5 to 10 s"))
        #expect(try text(0, nil).hasSuffix("it must be a number of at least 0 s"))
        #expect(try text(nil, 9, .integer).hasSuffix("it must be a whole number of at most 9 s"))
    }

    @Test func bothEndsOfARangeAreAllowed() throws {
        let definition = ParameterDefinition(name: "p", kind: .integer, minimum: 1, maximum: 3)
        for number in 1...3 { #expect(try definition.validated(.integer(number), operation: "op") == .integer(number)) }
        for number in [0, 4] { _ = try message(definition, .integer(number)) }
        for number in [0, 4] { _ = try message(definition, .text(String(number))) }
    }

    @Test func messagesNameTheChoices() throws {
        let one = ParameterDefinition(name: "p", kind: .text, choices: ["jpg", "png"])
        #expect(try message(one, .text("gif")).hasSuffix("it must be one of jpg, png"))
        let any = ParameterDefinition(name: "p", kind: .list, choices: ["a", "b"])
        #expect(try message(any, .text("a|c")).hasSuffix("it must be any of a, b, joined by |"))
        #expect(try any.validated(.text("b|a"), operation: "op") == .list(["b", "a"]))
    }

    @Test func validationIsIdempotent() throws {
        try SeededGenerator.withSeeds(300) { generator in
            let kind = try #require(ParameterDefinition.Kind.allCases.randomElement(using: &generator))
            let definition = ParameterDefinition(name: "p", kind: kind)
            let number = Int.random(in: -5...5, using: &generator)
            let texts = [String(number), String(Double(number) / 2), "true", generator.text()]
            let given = ParameterValue.text(try #require(texts.randomElement(using: &generator)))
            guard let once = try? definition.validated(given, operation: "op") else { return }
            #expect(try definition.validated(once, operation: "op") == once, "\(generator)")
        }
    }
}
