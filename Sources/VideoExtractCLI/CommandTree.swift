import CommandLineParsing

/// Everything that the command line accepts, in one value: it drives parsing, help and completion.
enum CommandTree {
    /// Operations offered by completion; the registry decides what is really accepted.
    static let operations = [
        "metadata", "audio", "frames", "keyframes", "scenes", "vad", "transcription", "diarization", "objects", "faces",
        "ocr", "places", "vision-embeddings", "text-embeddings", "audio-embeddings", "audio-events", "subtitles",
        "thumbnail", "duplicates", "markers", "fusion",
    ]

    static let root = CommandSpec(
        name: "video-extract",
        summary: "Turn video and audio into data.",
        discussion: """
            Takes any media file (path, http(s) address, or - for standard input) and gives back time-aligned results: \
            metadata, audio, frames, keyframes, scenes, transcripts, speakers, objects, faces, on-screen text, \
            places, embeddings, markers, and one timeline that relates them. Results are cached by content: a second \
            run answers at once.

            Exit status: 0 everything done; 1 an operation or file failed (the rest is written); 2 wrong usage; \
            130 interrupted.
            """,
        examples: [
            .init("video-extract perf talk.mp4 --ops transcription,scenes", "Results on the terminal as they appear."),
            .init("video-extract debug talk.mp4 --ops all --save-intermediates", "Everything, with files and timings."),
            .init("video-extract bulk videos/ --ops keyframes,scenes --output-dir out", "A whole folder."),
        ],
        options: [
            .help, .version, .flag("-v", "--verbose", help: "Say more on standard error, native libraries included."),
        ],
        subcommands: [
            perf, debug, bulk, run, plan, duplicates, plugins, models, cache, completion,
            CommandSpec(name: BulkWorkerCommand.name, summary: "Worker of bulk.", isHidden: true),
        ])

    private static let file = PositionalSpec(
        "FILE", help: "Media file, http(s) address, or - for standard input.", arity: .optional)
    private static let input = OptionSpec.value(
        "-i", "--input", placeholder: "FILE", help: "The same as the argument FILE.")

    private static let what: [OptionSpec] = [
        .value(
            "-o", "--ops", "--operations", placeholder: "LIST",
            help: "What to produce: a,b,c; each may carry parameters: transcription(language=en),scenes(threshold=25); "
                + "'all' stands for every operation.",
            listChoices: operations + ["all"], isRepeatable: true, section: "What to do", hint: .none),
        .value("--spec", placeholder: "FILE", help: "Full output specification, YAML or JSON.", section: "What to do"),
        .value(
            "--model", placeholder: "ID", help: "Model for the operation of its task; see 'models list'.",
            section: "What to do",
            hint: .none),
        .value(
            "--profile", placeholder: "NAME", help: "Strength of the run.", defaultText: "balanced",
            choices: ["fast", "balanced", "high_quality"], section: "What to do", hint: .none),
        .flag(
            "--install-models", help: "Install models that are missing, instead of skipping what needs them.",
            section: "What to do"),
    ]

    private static let how: [OptionSpec] = [
        .value("--threads", placeholder: "N", help: "Threads for one file.", section: "How to do it", hint: .none),
        .flag(
            "--fast-math",
            help: "Let networks use the processor's fastest arithmetic; results differ a little between machines.",
            section: "How to do it"),
        .flag("--no-cache", help: "Neither use nor fill the result cache.", section: "How to do it"),
        .flag(
            "--allow-private-addresses", help: "Let http(s) sources be on this machine or a private network.",
            section: "How to do it"),
    ]

    static let places: [OptionSpec] = [
        .value("--cache-dir", placeholder: "DIR", help: "Folder of the cache.", section: "Places"),
        .value(
            "--cache-size", placeholder: "GIB", help: "Most gibibytes kept in the cache.", defaultText: "20",
            section: "Places", hint: .none),
        .value(
            "--plugins", placeholder: "DIR", help: "Folder with further plugin manifests.", isRepeatable: true,
            section: "Places"),
    ]

    private static let perfOptions: [OptionSpec] = [
        .flag("--stream", help: "JSON lines on standard output, one event each.", section: "Output"),
        .value(
            "--format", placeholder: "NAME", help: "text or jsonl on standard output.",
            defaultText: "text on a terminal, jsonl otherwise", choices: ["text", "jsonl"], section: "Output",
            hint: .none),
        .flag("--json", help: "The same as --format jsonl.", section: "Output"),
        .value(
            "--output", placeholder: "FILE", help: "Write the JSON lines to a file; - is standard output.",
            section: "Output"),
    ]

    private static let debugOptions: [OptionSpec] = [
        .flag("--save-intermediates", help: "Also write what only other operations needed.", section: "Output"),
        .value("--trace", placeholder: "FILE", help: "Chrome trace of the run, for Perfetto.", section: "Output"),
    ]

    private static let bulkOptions: [OptionSpec] = [
        .value("--input-list", placeholder: "FILE", help: "Text file with one input a line."),
        .value(
            "--workers", placeholder: "N", help: "Files at one time.", defaultText: "one more than cores",
            section: "How to do it", hint: .none),
        .flag("--progress", help: "Progress bar on a terminal (the default there).", section: "Output"),
        .flag("--no-progress", help: "No progress bar.", section: "Output"),
        .flag("--resume", help: "Go on after an interrupted run: skip files that are done.", section: "How to do it"),
        .flag("--fail-fast", help: "Stop at the first file that fails.", section: "How to do it"),
        .value(
            "--timeout", placeholder: "SECONDS", help: "Most time for one file.", section: "How to do it", hint: .none),
    ]

    private static func outputFolder(_ standard: String?) -> OptionSpec {
        .value(
            "--output-dir", placeholder: "DIR", help: "Folder that receives a folder for each file.",
            defaultText: standard, section: "Output")
    }

    private static let perf = CommandSpec(
        name: "perf", aliases: ["performance", "fast"], summary: "One file, lowest latency: results stream out.",
        discussion: """
            Without --output-dir nothing is written except what cannot be shown in text (audio, frames, keyframes), \
            which goes to ./outputs.
            """,
        examples: [
            .init("video-extract perf talk.mp4 --ops transcription", "The transcript, segment by segment."),
            .init("video-extract perf talk.mp4 --ops scenes,transcription --stream", "JSON lines for a program."),
            .init("cat talk.mp4 | video-extract perf - --ops metadata", "From standard input."),
        ],
        positionals: [file], options: [input] + what + how + perfOptions + [outputFolder(nil)] + places)

    private static let debug = CommandSpec(
        name: "debug", summary: "One file, everything observable: files, timings, nested report.",
        examples: [
            .init("video-extract debug talk.mp4 --ops transcription --save-intermediates", "Keeps audio.wav too."),
            .init("video-extract debug talk.mp4 --ops scenes,keyframes --trace trace.json", "A trace for Perfetto."),
        ],
        positionals: [file], options: [input] + what + how + debugOptions + [outputFolder("./debug-outputs")] + places)

    private static let bulk = CommandSpec(
        name: "bulk", summary: "Many files, highest throughput.",
        discussion: """
            Inputs are files, folders (searched for media), http(s) addresses, and .txt lists with one input a line. \
            Every file stands alone: one that fails, hangs or crashes a decoder is reported, and the rest go on. \
            batch_summary.json in the output folder tells what became of each.
            """,
        examples: [
            .init("video-extract bulk videos/ --ops keyframes,transcription --output-dir out", "A folder."),
            .init("video-extract bulk list.txt --ops scenes --output-dir out --resume", "Goes on where it was killed."),
        ],
        positionals: [
            PositionalSpec("INPUT", help: "Files, folders, addresses or .txt lists.", arity: .optionalRepeating)
        ],
        options: what + how + bulkOptions + [outputFolder("./outputs")] + places)

    private static let run = CommandSpec(
        name: "run", summary: "The same as perf, debug or bulk, chosen by --mode.",
        examples: [.init("video-extract run talk.mp4 --mode debug --ops scenes", "As 'debug talk.mp4 --ops scenes'.")],
        positionals: [PositionalSpec("INPUT", help: "As the chosen mode takes them.", arity: .optionalRepeating)],
        options: [
            .value(
                "--mode", placeholder: "NAME", help: "Mode.", defaultText: "performance",
                choices: ["debug", "performance", "bulk"], hint: .none), input,
        ] + what + how + perfOptions + debugOptions + bulkOptions + [outputFolder(nil)] + places)

    private static let plan = CommandSpec(
        name: "plan", summary: "Show what a run would do, without doing it.",
        examples: [.init("video-extract plan talk.mp4 --ops transcription,scenes", "Stages and what feeds them.")],
        positionals: [file],
        options: [input] + what + how + [.flag("--json", help: "As JSON.", section: "Output")] + places)

    private static let duplicates = CommandSpec(
        name: "duplicates", summary: "Find files that are copies of each other, or share a part.",
        discussion: """
            Compares fingerprints of pictures and sound, so copies are found in another size, format or cut. A common \
            opening alone does not make two files copies. Fingerprints are cached: a second look is quick.
            """,
        examples: [
            .init("video-extract duplicates videos/", "All files of a folder."),
            .init("video-extract duplicates a.mp4 b.mkv --json", "For a program."),
        ],
        positionals: [
            PositionalSpec("INPUT", help: "Files, folders, addresses or .txt lists.", arity: .optionalRepeating)
        ],
        options: [
            .value("--input-list", placeholder: "FILE", help: "Text file with one input a line."),
            .value(
                "--timeout", placeholder: "SECONDS", help: "Most time for one file.", section: "How to do it",
                hint: .none),
            .flag("--no-cache", help: "Neither use nor fill the result cache.", section: "How to do it"),
            .flag(
                "--allow-private-addresses", help: "Let http(s) sources be on this machine or a private network.",
                section: "How to do it"),
            .flag("--json", help: "As JSON (the default where standard output is no terminal).", section: "Output"),
        ] + places)

    private static let completion = CommandSpec(
        name: "completion", summary: "Print a completion script for a shell.",
        examples: [
            .init("source <(video-extract completion bash)", "For this bash."),
            .init("video-extract completion fish > ~/.config/fish/completions/video-extract.fish", "For fish."),
        ],
        positionals: [
            PositionalSpec("SHELL", help: "bash, zsh or fish.", choices: ["bash", "zsh", "fish"], hint: .none)
        ])
}
