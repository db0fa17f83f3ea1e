import CommandLineParsing

extension CommandTree {
    private static let json = OptionSpec.flag("--json", help: "As JSON.")

    static let plugins = CommandSpec(
        name: "plugins", summary: "List, show, check and install plugins.",
        examples: [
            .init("video-extract plugins list", "Every operation and the plugin behind it."),
            .init(
                "video-extract plugins explain transcription --max-cost 0.01",
                "Who can do it, and why the others cannot."),
        ],
        options: places,
        subcommands: [
            CommandSpec(name: "list", summary: "Every plugin.", options: [json]),
            CommandSpec(
                name: "show", summary: "One plugin with its parameters.",
                positionals: [PositionalSpec("NAME", help: "Plugin or operation.", hint: .none)], options: [json]),
            CommandSpec(
                name: "validate", summary: "Check manifests without installing them.",
                positionals: [PositionalSpec("PATH", help: "Manifest or folder of manifests.", arity: .repeating)]),
            CommandSpec(
                name: "explain", summary: "Why a plugin is chosen for an operation, and others are refused.",
                positionals: [PositionalSpec("OPERATION", help: "Operation.", hint: .none)],
                options: [
                    .value(
                        "--feature", placeholder: "NAME", help: "Feature it must have.", isRepeatable: true, hint: .none
                    ),
                    .value("--min-accuracy", placeholder: "A", help: "Lowest accuracy, 0 to 1.", hint: .none),
                    .value("--max-cost", placeholder: "PRICE", help: "Highest price of a minute.", hint: .none),
                    .value("--chunk", placeholder: "SECONDS", help: "Length of the pieces sent.", hint: .none),
                    .value("--language", placeholder: "CODE", help: "Language it must handle.", hint: .none),
                    .flag("--gpu", help: "A GPU is at hand."), .flag("--s3", help: "An S3 bucket is at hand."), json,
                ]),
            CommandSpec(
                name: "install", summary: "Copy a plugin (manifest and the files beside it) to the user's folder.",
                positionals: [PositionalSpec("PATH", help: "Manifest, or folder with one.")]),
        ])

    static let models = CommandSpec(
        name: "models", summary: "List, install, check and remove models.",
        examples: [
            .init("video-extract models install --default", "What transcription and vad need."),
            .init("video-extract models install whisper-base --allow-unverified", "A model by name."),
        ],
        subcommands: [
            CommandSpec(
                name: "list", summary: "Every model of the catalogue and whether it is installed.", options: [json]),
            CommandSpec(
                name: "install", summary: "Download, check and install models.",
                discussion: """
                    Sources are tried in order: the mirror named by VIDEO_EXTRACT_MODEL_MIRROR (a folder or an address), \
                    then those of the catalogue. A file with a wrong digest is refused and nothing is kept.
                    """,
                positionals: [PositionalSpec("ID", help: "Models.", arity: .optionalRepeating, hint: .none)],
                options: [
                    .flag("--default", help: "The default models."),
                    .flag("--allow-unverified", help: "Accept files whose digest the catalogue does not know."),
                ]),
            CommandSpec(
                name: "verify", summary: "Hash installed files again.",
                positionals: [
                    PositionalSpec(
                        "ID", help: "Models; all installed ones if none.", arity: .optionalRepeating, hint: .none)
                ]),
            CommandSpec(
                name: "remove", summary: "Delete installed models.",
                positionals: [PositionalSpec("ID", help: "Models.", arity: .repeating, hint: .none)]),
        ])

    static let cache = CommandSpec(
        name: "cache", summary: "Look at, check and empty the result cache.", options: places,
        subcommands: [
            CommandSpec(name: "stats", summary: "Entries and sizes.", options: [json]),
            CommandSpec(name: "verify", summary: "Check every entry; remove damaged ones.", options: [json]),
            CommandSpec(
                name: "clear", summary: "Remove entries.",
                options: [.value("--plugin", placeholder: "NAME", help: "Only those of one plugin.", hint: .none)]),
        ])
}
