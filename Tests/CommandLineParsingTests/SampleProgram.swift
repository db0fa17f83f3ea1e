import CommandLineParsing

/// A program with everything the parser knows: inherited options, aliases, hidden parts, two levels of commands.
enum SampleProgram {
    static let operations = ["metadata", "audio", "keyframes", "scenes", "transcription", "ocr"]

    static let ops = OptionSpec.value(
        "-o", "--ops", "--operations", placeholder: "LIST", help: "Operations to run. Each may carry parameters.",
        listChoices: operations)

    static let perf = CommandSpec(
        name: "perf", aliases: ["performance", "fast"], summary: "Process one file as fast as possible.",
        discussion: """
            Results stream out as they appear, one JSON object per line, so that the first segment of a transcript can be \
            read while the rest of the file is still being decoded.

            Exit status:
              0  all operations are done
            """,
        examples: [.init("video-extract perf talk.mp4 --ops ocr", "Reads the text on screen.")],
        positionals: [.init("FILE", help: "The media file, or '-' for standard input.")],
        options: [
            ops,
            .value(
                "--profile", placeholder: "NAME", help: "Strength of the run.", defaultText: "balanced",
                choices: ["fast", "balanced", "high_quality"], section: "Quality"),
            .value("-t", "--threads", placeholder: "N", help: "Threads.", section: "Speed", hint: .none),
            .value("--offset", placeholder: "SECONDS", help: "Shift times.", section: "Speed", hint: .none),
            .value("--output-dir", placeholder: "DIR", help: "Where results go.", hint: .directory),
            .value("--set", placeholder: "KEY=VALUE", help: "One parameter.", isRepeatable: true, hint: .none),
            .flag("-s", "--stream", help: "Stream events [JSON lines]: it's one object per line."),
            .flag("--secret-switch", help: "Not shown.", isHidden: true),
        ])

    static let bulk = CommandSpec(
        name: "bulk", summary: "Process many files.",
        positionals: [
            .init("OUTPUT", help: "The output folder.", hint: .directory),
            .init("FILES", help: "Files to process.", arity: .repeating),
        ],
        options: [.value("--workers", placeholder: "N", help: "Files at once.", isRequired: true, hint: .none)])

    static let plugins = CommandSpec(
        name: "plugins", summary: "Show and check plugins.",
        options: [.flag("--json", help: "Print JSON.")],
        subcommands: [
            CommandSpec(name: "list", summary: "List all."),
            CommandSpec(
                name: "show", summary: "Show one.",
                positionals: [
                    .init("KIND", help: "What to show.", choices: ["manifest", "schema"]),
                    .init("NAME", help: "Whose.", arity: .optional, hint: .none),
                ]),
        ])

    static let hidden = CommandSpec(name: "internal", summary: "For tests.", isHidden: true)

    static let root = CommandSpec(
        name: "video-extract", summary: "Turn media files into searchable artifacts.",
        options: [.help, .version, .flag("-v", "--verbose", help: "Say more.")],
        subcommands: [perf, bulk, plugins, hidden])

    static func parse(_ arguments: String...) throws -> CommandLineOutcome {
        try CommandLineParser(root).parse(arguments)
    }
}
