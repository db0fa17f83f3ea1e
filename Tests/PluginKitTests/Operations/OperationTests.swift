import Foundation
import PluginKit
import Testing
import VideoExtractTesting

private typealias Operation = PluginKit.Operation

struct OperationTests {
    private func value(_ generator: inout SeededGenerator) -> ParameterValue {
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: .boolean(Bool.random(using: &generator))
        case 1: .integer(Int.random(in: -20...20, using: &generator))
        case 2: .number(Double(Int.random(in: -20...20, using: &generator)) / 4 + 0.125)
        case 3: .text(generator.text(maximumLength: 4))
        default: .list((0..<Int.random(in: 0...3, using: &generator)).map { _ in generator.text(maximumLength: 3) })
        }
    }

    private func operation(_ generator: inout SeededGenerator) -> Operation {
        var operation = Operation(generator.text(maximumLength: 3))
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            operation.parameters[generator.text(maximumLength: 2)] = value(&generator)
        }
        return operation
    }

    @Test func differentOperationsHaveDifferentEncodings() throws {
        var known: [String: Operation] = [:]
        SeededGenerator.withSeeds(4000) { generator in
            let made = operation(&generator)
            let encoding = made.canonicalEncoding
            if let other = known[encoding] { #expect(other == made, "\(encoding), \(generator)") }
            known[encoding] = made
        }
        #expect(known.count > 1000)
    }

    @Test func valuesOfDifferentTypesDiffer() {
        let values: [ParameterValue] = [
            .text("1"), .integer(1), .number(1), .list(["1"]), .text("true"), .boolean(true), .list([]), .text(""),
        ]
        let encodings = values.map { Operation("a", parameters: ["p": $0]).canonicalEncoding }
        #expect(Set(encodings).count == values.count)
    }

    @Test func aListCannotPassForALongerOne() {
        // "l1" + "112:…" and "l11" + "12:…" begin alike: the count must have an end of its own.
        let tail = String(repeating: "0:", count: 9) + "79:" + String(repeating: "y", count: 79)
        let one = ["xxxxxxxxxxxx" + tail]
        let eleven = ["xxxxxxxxxxxx"] + [String](repeating: "", count: 9) + [String(repeating: "y", count: 79)]
        #expect(one[0].utf8.count == 112)
        #expect(
            Operation("a", parameters: ["p": .list(one)]).canonicalEncoding
                != Operation("a", parameters: ["p": .list(eleven)]).canonicalEncoding)
    }

    @Test func theOrderOfParametersDoesNotMatter() {
        var first = Operation("a")
        var second = Operation("a")
        let keys = ["b", "a", "c", "ab"]
        for key in keys { first.parameters[key] = .text(key) }
        for key in keys.reversed() { second.parameters[key] = .text(key) }
        #expect(first.canonicalEncoding == second.canonicalEncoding)
        #expect(first.description == "a(a=a,ab=ab,b=b,c=c)")
        #expect(Operation("a").description == "a")
    }

    @Test func codingKeepsEverything() throws {
        try SeededGenerator.withSeeds(300) { generator in
            let spec = OutputSpec(operation(&generator), sources: [OutputSpec(operation(&generator))])
            let bytes = try ResultEncoding.compact(spec)
            let read = try ResultEncoding.decoder.decode(OutputSpec.self, from: .init(bytes))
            #expect(read == spec, "\(generator)")
        }
    }

    @Test func wholeNumbersComeBackAsIntegersUntilValidated() throws {
        let bytes = try ResultEncoding.compact(["p": ParameterValue.number(2)])
        let read = try ResultEncoding.decoder.decode([String: ParameterValue].self, from: .init(bytes))
        #expect(read == ["p": .integer(2)])
        let definition = ParameterDefinition(name: "p", kind: .number)
        #expect(try definition.validated(.integer(2), operation: "op") == .number(2))
    }

    @Test func aNameAloneIsAnOperation() throws {
        let read = try ResultEncoding.decoder.decode(OutputSpec.self, from: .init(#"{"operation":"scenes"}"#.utf8))
        #expect(read == OutputSpec(Operation("scenes")))
    }

    @Test func accessorsAreTyped() {
        let operation = Operation(
            "a",
            parameters: ["i": .integer(3), "n": .number(1.5), "t": .text("x"), "b": .boolean(true), "l": .list(["y"])])
        #expect(operation.integer("i") == 3 && operation.integer("n") == nil)
        #expect(operation.number("i") == 3 && operation.number("n") == 1.5 && operation.number("t") == nil)
        #expect(operation.text("t") == "x" && operation.text("none") == nil)
        #expect(operation.flag("b") && !operation.flag("none"))
        #expect(operation.list("l") == ["y"] && operation.list("none").isEmpty)
    }
}

struct DataSourceTests {
    @Test(arguments: [
        ("-", "stdin"), ("/a/b/talk.mp4", "talk"), ("talk", "talk"), (".hidden", ".hidden"), ("a.b.c.mkv", "a.b.c"),
        ("https://h.example/x/clip.mp4?token=1/2#t", "clip"), ("HTTP://h.example", "h"), ("/", "media"),
        ("..", "media"),
        ("a\nb.mp4", "a_b"),
    ])
    func stemsAreSafeFolderNames(argument: String, stem: String) {
        #expect(DataSource(argument: argument).stem == stem)
    }

    @Test func argumentsAreToldApart() {
        #expect(DataSource(argument: "-") == .standardInput())
        #expect(DataSource(argument: "HTTPS://x/y") == .url("HTTPS://x/y"))
        #expect(DataSource(argument: "http:/x") == .file(path: "http:/x"))
    }
}
