import CommandLineParsing
import Foundation
import Testing

/// Runs the generated scripts in the real shells.
@Suite struct CompletionScriptTests {
    /// Standard output of a program; its error output and status must be empty and zero.
    private static func output(_ executable: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let problems = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(problems == "")
        #expect(process.terminationStatus == 0)
        return text
    }

    /// Calls `body` with a new folder that holds the script, a file and a directory.
    private static func withScript(
        _ shell: CompletionScript.Shell, _ body: (_ folder: String, _ script: String) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        let media = folder.appendingPathComponent("media")
        try FileManager.default.createDirectory(
            at: media.appendingPathComponent("tapes"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = folder.appendingPathComponent("script")
        let text = CompletionScript.generate(for: shell, root: SampleProgram.root, program: "video-extract")
        try Data(text.utf8).write(to: script)
        try Data().write(to: media.appendingPathComponent("talk one.mp4"))
        try body(media.path, script.path)
    }

    private static func find(_ shell: String) -> String? {
        ["/usr/bin/", "/bin/", "/usr/local/bin/"].map { $0 + shell }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    static let cases: [(words: [String], offered: [String])] = [
        ([""], ["perf", "bulk", "plugins"]),
        (["p"], ["perf", "plugins"]),
        (["-v", "bu"], ["bulk"]),
        (["--ver"], ["--version", "--verbose"]),
        (["plugins", ""], ["list", "show"]),
        (["plugins", "--json", "s"], ["show"]),
        (["plugins", "show", ""], ["manifest", "schema"]),
        (["plugins", "show", "--j"], ["--json"]),
        (["perf", "--prof"], ["--profile"]),
        (["perf", "--sec"], []),
        (["inter"], []),
        (["perf", "--profile", ""], ["fast", "balanced", "high_quality"]),
        (["fast", "f", "--profile", "b"], ["balanced"]),
        (["perf", "--ops", "s"], ["scenes"]),
        (["perf", "-o", "ocr,s"], ["ocr,scenes"]),
        (
            ["perf", "--operations", "ocr,scenes,"],
            ["ocr,scenes,metadata", "ocr,scenes,audio", "ocr,scenes,keyframes", "ocr,scenes,transcription"]
        ),
        // A value that is also the name of a command does not become one.
        (["perf", "--set", "bulk", "--thr"], ["--threads"]),
        (["perf", "talk"], ["talk one.mp4"]),
        (["perf", "--", "talk"], ["talk one.mp4"]),
        (["perf", "--threads", ""], []),
    ]

    /// What bash 'COMP_WORDS' of these words leads to.
    private static func bashReply(_ bash: String, _ script: String, _ folder: String, _ words: [String]) throws
        -> [String]
    {
        let program = """
            cd "$1"; source "$2"; shift 2
            COMP_WORDS=(video-extract "$@"); COMP_CWORD=$#
            _video_extract
            ((${#COMPREPLY[@]})) && printf '%s\\n' "${COMPREPLY[@]}"
            true
            """
        let text = try output(bash, ["--norc", "-c", program, "bash", folder, script] + words)
        return text.split(separator: "\n").map(String.init)
    }

    @Test func bashCompletes() throws {
        let bash = try #require(Self.find("bash"))
        try Self.withScript(.bash) { folder, script in
            let extra: [(words: [String], offered: [String])] = [
                // As bash splits "--ops=ocr,s" and "--ops=".
                (["perf", "--ops", "=", "ocr,s"], ["ocr,scenes"]),
                (["perf", "--profile", "="], ["fast", "balanced", "high_quality"]),
                (["perf", "--profile", "=", "fast", "--thr"], ["--threads"]),
                // As it stands where "=" does not split words.
                (["perf", "--ops=ocr,s"], ["--ops=ocr,scenes"]),
                (["perf", "--output-dir", ""], ["tapes"]),
                (["bulk", "out", ""], ["talk one.mp4", "tapes"]),
            ]
            for (words, offered) in Self.cases + extra {
                let reply = try Self.bashReply(bash, script, folder, words)
                #expect(reply.sorted() == offered.sorted(), "words: \(words)")
            }
        }
    }

    @Test func bashRegistersTheFunction() throws {
        let bash = try #require(Self.find("bash"))
        try Self.withScript(.bash) { _, script in
            let text = try Self.output(bash, ["--norc", "-c", "source \"$1\"; complete -p", "bash", script])
            #expect(text == "complete -F _video_extract video-extract\n")
        }
    }

    @Test(.enabled(if: CompletionScriptTests.find("fish") != nil))
    func fishCompletes() throws {
        let fish = try #require(Self.find("fish"))
        try Self.withScript(.fish) { folder, script in
            _ = try Self.output(fish, ["--no-execute", script])
            let extra: [(words: [String], offered: [String])] = [
                (["perf", "--ops=ocr,s"], ["--ops=ocr,scenes"]),
                (["perf", "--output-dir", "t"], ["tapes/"]),
            ]
            for (words, offered) in Self.cases + extra {
                let line = "video-extract " + words.joined(separator: " ")
                let program = "cd $argv[1]; source $argv[2]; complete -C $argv[3]"
                let text = try Self.output(fish, ["--no-config", "-c", program, folder, script, line])
                let reply = text.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
                #expect(reply.sorted() == offered.sorted(), "line: \(line)")
            }
        }
    }

    @Test(.enabled(if: CompletionScriptTests.find("zsh") != nil))
    func zshAcceptsTheScript() throws {
        let zsh = try #require(Self.find("zsh"))
        try Self.withScript(.zsh) { _, script in
            _ = try Self.output(zsh, ["-f", "-n", script])
            let program = "autoload -U compinit; compinit -D -u; source $1; print -r -- $_comps[video-extract]"
            let text = try Self.output(zsh, ["-f", "-c", program, "zsh", script])
            #expect(text == "_video_extract_main\n")
        }
    }

    @Test(arguments: CompletionScript.Shell.allCases)
    func hiddenPartsAreNotOffered(shell: CompletionScript.Shell) {
        let text = CompletionScript.generate(for: shell, root: SampleProgram.root, program: "video-extract")
        #expect(!text.contains("secret-switch"))
    }
}
