import CommandLineParsing
import Testing

@Suite struct UsageErrorTests {
    private enum Profile: String, CaseIterable { case fast, balanced }

    private func failure(_ arguments: [String]) throws -> UsageError {
        try #require(throws: UsageError.self) { try CommandLineParser(SampleProgram.root).parse(arguments) }
    }

    private func perf(_ arguments: String...) throws -> ParsedCommand {
        guard case .run(let command) = try CommandLineParser(SampleProgram.root).parse(["perf", "f"] + arguments) else {
            throw UsageError(code: .missingCommand, message: "not a command", commandPath: [])
        }
        return command
    }

    struct UnknownOption {
        let arguments: [String]
        let message: String
        let hint: String?
    }

    static let unknownOptionCases: [UnknownOption] = [
        .init(arguments: ["perf", "f", "--opps", "x"], message: "'--opps'", hint: "did you mean --ops?"),
        .init(arguments: ["perf", "f", "--Threads=2"], message: "'--Threads'", hint: "did you mean --threads?"),
        .init(
            arguments: ["perf", "f", "-profile", "fast"], message: "'-p' in '-profile'", hint: "did you mean --profile?"
        ),
        .init(arguments: ["perf", "f", "-x"], message: "'-x'", hint: nil),
        .init(arguments: ["perf", "f", "--secret-swich"], message: "'--secret-swich'", hint: nil),
        .init(
            arguments: ["perf", "f", "--workers", "2"], message: "'--workers'",
            hint: "--workers belongs to: video-extract bulk"),
        .init(
            arguments: ["--ops", "ocr", "perf"], message: "'--ops'",
            hint: "--ops goes after the command: video-extract perf --ops"),
    ]

    @Test(arguments: unknownOptionCases)
    func unknownOptions(expected: UnknownOption) throws {
        let error = try failure(expected.arguments)
        #expect(error.code == .unknownOption)
        #expect(error.message == "unknown option " + expected.message)
        #expect(error.hint == expected.hint)
    }

    struct UnknownCommand {
        let arguments: [String]
        let word: String
        let hint: String
        let path: [String]
    }

    static let unknownCommandCases: [UnknownCommand] = [
        .init(arguments: ["pref", "f"], word: "'pref'", hint: "did you mean 'perf'?", path: []),
        .init(arguments: ["performanse"], word: "'performanse'", hint: "did you mean 'performance'?", path: []),
        .init(arguments: ["talk.mp4"], word: "'talk.mp4'", hint: "commands: perf, bulk, plugins", path: []),
        .init(arguments: ["intern"], word: "'intern'", hint: "commands: perf, bulk, plugins", path: []),
        .init(arguments: ["plugins", "lst"], word: "'lst'", hint: "did you mean 'list'?", path: ["plugins"]),
        .init(arguments: ["help", "bulck"], word: "'bulck'", hint: "did you mean 'bulk'?", path: []),
    ]

    @Test(arguments: unknownCommandCases)
    func unknownCommands(expected: UnknownCommand) throws {
        let error = try failure(expected.arguments)
        #expect(error.code == .unknownCommand)
        #expect(error.message == "unknown command " + expected.word)
        #expect(error.hint == expected.hint)
        #expect(error.commandPath == ["video-extract"] + expected.path)
    }

    struct Failure {
        let arguments: [String]
        let code: UsageError.Code
        let message: String
    }

    static let failures: [Failure] = [
        .init(arguments: [], code: .missingCommand, message: "a command is missing"),
        .init(arguments: ["plugins"], code: .missingCommand, message: "a command is missing"),
        .init(arguments: ["perf"], code: .missingArgument, message: "the argument FILE is missing"),
        .init(
            arguments: ["bulk", "out", "--workers", "1"], code: .missingArgument,
            message: "the argument FILES is missing"),
        .init(arguments: ["bulk", "out", "f"], code: .missingOption, message: "the option --workers N is missing"),
        .init(arguments: ["perf", "a", "b"], code: .unexpectedArgument, message: "unexpected argument 'b'"),
        .init(arguments: ["plugins", "list", "x"], code: .unexpectedArgument, message: "unexpected argument 'x'"),
        .init(arguments: ["perf", "f", "--ops"], code: .missingValue, message: "--ops needs a value (LIST)"),
        .init(arguments: ["perf", "f", "-o"], code: .missingValue, message: "-o needs a value (LIST)"),
        .init(
            arguments: ["perf", "f", "--ops", "--stream"], code: .missingValue, message: "--ops needs a value (LIST)"),
        .init(
            arguments: ["perf", "f", "--stream=yes"], code: .unexpectedValue,
            message: "--stream is a flag and takes no value"),
        .init(arguments: ["perf", "f", "-s=1"], code: .unexpectedValue, message: "-s is a flag and takes no value"),
        .init(
            arguments: ["perf", "f", "--ops", "a", "-o", "b"], code: .repeatedOption,
            message: "--ops may be given only once"),
        .init(
            arguments: ["perf", "f", "--profile", "fats"], code: .invalidValue,
            message: "--profile: 'fats' must be one of fast, balanced, high_quality"),
        .init(
            arguments: ["plugins", "show", "shema"], code: .invalidValue,
            message: "KIND: 'shema' must be one of manifest, schema"),
    ]

    @Test(arguments: failures)
    func everyOtherClass(expected: Failure) throws {
        let error = try failure(expected.arguments)
        #expect(error.code == expected.code)
        #expect(error.message == expected.message)
    }

    @Test func hintsAndDescription() throws {
        let value = try failure(["perf", "f", "--ops", "-x"])
        #expect(value.hint == "if '-x' is meant as the value, write --ops=-x")
        #expect(try failure(["perf", "f", "--profile", "fats"]).hint == "did you mean 'fast'?")
        #expect(try failure(["perf", "a", "b"]).hint == "this command takes: FILE")
        #expect(
            try failure(["perf", "f", "--opps"]).description == """
                video-extract perf: unknown option '--opps'
                did you mean --ops?
                Run 'video-extract perf --help' for usage.
                """)
    }

    @Test func typedValuesNameOptionAndRange() throws {
        func message(_ body: () throws -> Void) throws -> String {
            try #require(throws: UsageError.self) { try body() }.message
        }
        let command = try perf("-t", "900", "--offset", "fast", "--profile", "high_quality")
        #expect(
            try message { _ = try command.integer("-t", in: 1...64) }
                == "--threads: '900' must be a whole number between 1 and 64")
        #expect(
            try message { _ = try command.integer("-t", in: 1000...Int.max) }
                == "--threads: '900' must be a whole number of at least 1000")
        #expect(try message { _ = try command.integer("--offset") } == "--offset: 'fast' must be a whole number")
        #expect(
            try message { _ = try command.number("--offset", in: 0...1) }
                == "--offset: 'fast' must be a number between 0.0 and 1.0")
        #expect(
            try message { _ = try command.choice("--profile", as: Profile.self) }
                == "--profile: 'high_quality' must be one of fast, balanced")
        #expect(try message { _ = try command.string("--ops") } == "the option --ops LIST is missing")
        let odd = try perf("--offset", "inf")
        #expect(throws: UsageError.self) { try odd.number("--offset") }
        let absent = try perf()
        #expect(try absent.optionalInteger("-t", in: 1...2) == nil)
        #expect(try absent.optionalNumber("--offset") == nil)
        #expect(try absent.optionalChoice("--profile", as: Profile.self) == nil)
        #expect(try perf("--profile", "fast").choice("--profile") == Profile.fast)
        let own = absent.usageError("FILE is a directory", hint: "use bulk")
        #expect(own.commandPath == ["video-extract", "perf"])
    }
}
