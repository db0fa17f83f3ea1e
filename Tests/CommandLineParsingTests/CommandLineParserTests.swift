import CommandLineParsing
import Testing

@Suite struct CommandLineParserTests {
    private func run(_ arguments: String...) throws -> ParsedCommand {
        let outcome = try CommandLineParser(SampleProgram.root).parse(arguments)
        guard case .run(let command) = outcome else {
            throw UsageError(code: .missingCommand, message: "not a command: \(outcome)", commandPath: [])
        }
        return command
    }

    @Test(arguments: [
        ["perf", "a.mp4", "--ops", "ocr", "-v"],
        ["-v", "perf", "--ops=ocr", "a.mp4"],
        ["fast", "-o", "ocr", "--verbose", "a.mp4"],
        ["performance", "-oocr", "a.mp4", "-v"],
        ["perf", "-vo", "ocr", "a.mp4"],
        ["perf", "-svoocr", "a.mp4"],
        ["perf", "-o=ocr", "-v", "--", "a.mp4"],
        ["perf", "--operations", "ocr", "-vv", "a.mp4"],
    ])
    func spellingsOfOneCommand(arguments: [String]) throws {
        guard case .run(let command) = try CommandLineParser(SampleProgram.root).parse(arguments) else {
            Issue.record("expected a command")
            return
        }
        #expect(command.path == ["perf"])
        #expect(try command.positional("FILE") == "a.mp4")
        #expect(try command.string("-o") == "ocr")
        #expect(try command.string("--operations") == "ocr")
        #expect(command.flag("--verbose"))
        #expect(!command.flag("--secret-switch"))
    }

    @Test func dashAndDoubleDash() throws {
        let input = try run("perf", "-")
        #expect(try input.positional("FILE") == "-")
        let ended = try run("perf", "--", "--ops")
        #expect(try ended.positional("FILE") == "--ops")
        #expect(ended.optionalString("--ops") == nil)
        let output = try run("perf", "f", "--output-dir", "-")
        #expect(try output.string("--output-dir") == "-")
    }

    @Test func negativeNumbersAreValues() throws {
        let command = try run("perf", "--offset", "-1.5", "f", "-t", "-2")
        #expect(try command.number("--offset") == -1.5)
        #expect(try command.integer("--threads") == -2)
        #expect(try run("perf", "-5").positional("FILE") == "-5")
        #expect(try run("perf", "f", "--offset", "-.5").number("--offset", in: -1...1) == -0.5)
    }

    @Test func repeatedValuesKeepOrder() throws {
        let command = try run("perf", "f", "--set", "a=1", "--set=b=2", "-vv", "-v", "--ops", "a,,b")
        #expect(command.strings("--set") == ["a=1", "b=2"])
        #expect(command.count("-v") == 3)
        #expect(command.commaSeparated("--ops") == ["a", "b"])
        #expect(command.values["--set"] == ["a=1", "b=2"])
    }

    @Test func positionalsAreAssignedInOrder() throws {
        let command = try run("bulk", "out", "a", "--workers", "2", "b", "c")
        #expect(try command.positional("OUTPUT") == "out")
        #expect(command.positionals("FILES") == ["a", "b", "c"])
        let show = try run("plugins", "show", "schema")
        #expect(show.path == ["plugins", "show"])
        #expect(show.optionalPositional("NAME") == nil)
        #expect(!show.flag("--json"))
        #expect(try run("plugins", "--json", "list").flag("--json"))
        #expect(try run("plugins", "list", "--json").flag("--json"))
        #expect(show.declares("--verbose"))
        #expect(!show.declares("--ops"))
    }

    @Test func hiddenPartsWork() throws {
        #expect(try run("internal").path == ["internal"])
        #expect(try run("perf", "f", "--secret-switch").flag("--secret-switch"))
    }

    @Test(arguments: [
        (["--help"], []), (["perf", "--help"], ["perf"]), (["fast", "-h"], ["perf"]), (["help"], []),
        (["perf", "-sh"], ["perf"]), (["help", "plugins", "show"], ["plugins", "show"]),
        (["plugins", "show", "--help"], ["plugins", "show"]), (["bulk", "--help"], ["bulk"]),
    ])
    func helpOnEveryLevel(arguments: [String], path: [String]) throws {
        guard case .help(let found) = try CommandLineParser(SampleProgram.root).parse(arguments) else {
            Issue.record("expected help")
            return
        }
        #expect(found == path)
    }

    @Test func versionIsAnOutcome() throws {
        guard case .version = try SampleProgram.parse("--version") else {
            Issue.record("expected the version")
            return
        }
        // After "--" it is an argument.
        #expect(try run("perf", "--", "--version").positional("FILE") == "--version")
    }

    @Test func theSampleIsSoundAndMistakesInADeclarationAreFound() {
        #expect(SampleProgram.root.problems() == [])
        let broken = CommandSpec(
            name: "p", summary: "", options: [.flag("-x", help: ""), .flag("-long", help: "")],
            subcommands: [
                CommandSpec(
                    name: "a", aliases: ["b"], summary: "",
                    positionals: [.init("F", help: "", arity: .optionalRepeating), .init("G", help: "")],
                    options: [.flag("-x", help: "")]),
                CommandSpec(name: "b", summary: ""),
            ])
        #expect(
            broken.problems() == [
                "p: \"-long\" is no option name", "p: b is declared twice", "p a: -x is declared twice",
                "p a: \"-long\" is no option name", "p a: only the last argument may repeat, not F",
                "p a: G is required but follows an optional argument", "p b: \"-long\" is no option name",
            ])
    }
}
