import Foundation
import MediaValues
import Pipeline
import PluginKit
import Testing
import VideoExtractTesting

/// Whether a process still does anything; one that was killed and awaits its parent does not.
private func isRunning(_ process: Int32) -> Bool {
    guard let text = FileManager.default.contents(atPath: "/proc/\(process)/stat"),
        let state = String(decoding: text, as: UTF8.self).split(separator: ")").last?.split(separator: " ").first
    else { return false }
    return state != "Z" && state != "X"
}

struct ProcessPluginTests {
    /// One execution of a child.
    private struct Execution {
        // Children keep their thread while they live; the other tests need theirs.
        private static let pool = BlockingPool(name: "children", threads: 32)
        let folder: TemporaryDirectory
        let partials = Recorder<String>()
        let warnings = Recorder<String>()

        init() throws { folder = try TemporaryDirectory() }

        func run(
            _ command: [String], timeout: Double = 20, operation: Operation = Operation("words"),
            results: [DataType: StageOutput] = [:], onPartial: @escaping @Sendable () -> Void = {}
        ) async throws -> StageOutput {
            try FileManager.default.createDirectory(atPath: folder.file("stage"), withIntermediateDirectories: true)
            let process = PluginManifest.ProcessCommand(command: command, timeoutSeconds: timeout)
            let plugin = ProcessPlugin(
                manifest: PluginManifest(
                    name: "words", version: "1", inputs: [.transcription], outputs: [DataType("WordCount")],
                    operation: .init(name: "words"), implementation: .process(process)),
                command: process, directory: folder.path)
            let context = PluginContext(
                mode: .debug, threads: 1, pool: Self.pool, files: StageFiles(directory: folder.file("stage")),
                emitPartial: { [partials] partial in
                    partials.append(String(decoding: partial.json, as: UTF8.self))
                    onPartial()
                }, emitWarning: { [warnings] text in warnings.append(text) })
            let media = MediaDescription(container: .init(formatNames: ["fake"]))
            let input = StageInput(operation: operation, media: media, results: results)
            return try await withDeadline { try await plugin.execute(input, context: context) }
        }

        func shell(_ script: String, timeout: Double = 20) async throws -> StageOutput {
            try await run(["sh", "-c", script], timeout: timeout)
        }

        func failure(_ script: String, timeout: Double = 20) async throws -> PluginError {
            try await #require(throws: PluginError.self) { try await shell(script, timeout: timeout) }
        }
    }

    @Test func anAnswerBecomesAResult() async throws {
        let execution = try Execution()
        let script = """
            IFS= read -r request
            echo '{"type":"log","message":"starting"}'
            echo '{"type":"partial","data":{"n":1}}'
            echo
            echo '{"type":"warning","message":"odd"}'
            mkdir -p stage/sub; echo x > stage/sub/b.txt
            echo '{"type":"result","data":{"b":1,"a":[true,0.5]},"files":["sub/b.txt"],"counts":{"words":3}}'
            """.replacingOccurrences(of: "stage/", with: execution.folder.file("stage/"))
        let output = try await execution.shell(script)
        #expect(execution.partials.all == [#"{"n":1}"#])
        #expect(execution.warnings.all == ["words: odd"])
        #expect(output.files == ["words.json", "sub/b.txt"])
        #expect(output.outcome == .done)
        #expect(output.counts == ["words": 3])
        let document = String(decoding: ResultEncoding.minified(try output.documentData()), as: UTF8.self)
        #expect(document == #"{"a":[true,0.5],"b":1}"#)
    }

    @Test func theRequestIsOneLineAndThenTheEnd() async throws {
        let execution = try Execution()
        let upstream = StageOutput(directory: "/d", documentPath: "t.json", files: ["t.json", "t.srt"])
        // `cat` ends only at the end of its input.
        let output = try await execution.run(
            ["sh", "-c", #"request=$(cat); printf '{"type":"result","data":[%s]}\n' "$request""#],
            operation: Operation("words", parameters: ["minimum_length": .integer(2)]),
            results: [.transcription: upstream])
        struct Request: Decodable {
            struct Input: Decodable, Equatable {
                var type: String
                var document: String
                var files: [String]
            }
            var protocolVersion: Int
            var operation: String
            var parameters: [String: ParameterValue]
            var inputs: [Input]
            var outputDirectory: String
            var media: MediaDescription
        }
        let request = try #require(try output.document(as: [Request].self).first)
        #expect(request.protocolVersion == 1)
        #expect(request.operation == "words")
        #expect(request.parameters == ["minimum_length": .integer(2)])
        #expect(
            request.inputs == [.init(type: "Transcription", document: "/d/t.json", files: ["/d/t.json", "/d/t.srt"])])
        #expect(request.outputDirectory == execution.folder.file("stage"))
        #expect(request.media.container.formatNames == ["fake"])
    }

    @Test func nothingFoundIsAnEmptyResult() async throws {
        let output = try await Execution().shell(#"echo '{"type":"result","data":[],"empty":"nobody spoke"}'"#)
        #expect(output.outcome == .empty(reason: "nobody spoke"))
    }

    @Test func aChildThatDiesSaysHow() async throws {
        let status = try await Execution().failure("echo oops >&2; exit 3")
        #expect(status.code == .pluginProcess)
        #expect(status.message == "plugin words exited with status 3 before it answered")
        #expect(status.details == "oops\n")
        let signal = try await Execution().failure("kill -9 $$")
        #expect(signal.message == "plugin words was killed by signal 9 before it answered")
        let silent = try await Execution().failure("exec >&-; sleep 1000")
        #expect(silent.message == "plugin words closed its output before it answered")
    }

    @Test func onlyTheEndOfALongErrorTextIsKept() async throws {
        let error = try await Execution().failure("head -c 300000 /dev/zero | tr '\\0' a >&2; echo end >&2; exit 1")
        #expect(error.details?.utf8.count == 2000)
        #expect(error.details?.hasSuffix("aend\n") == true)
    }

    @Test func aChildThatHangsIsEnded() async throws {
        let error = try await Execution().failure("sleep 1000", timeout: 0.2)
        #expect(error.code == .timedOut)
        #expect(error.message.contains("plugin words said nothing for 0.2 s"))
        #expect(error.message.contains("timeout_s"))
    }

    @Test(arguments: [
        ("hello", "is no message of the protocol: hello"),
        ("{\"type\":\"dance\"}", "has the unknown type 'dance'"),
        ("{\"kind\":\"result\"}", "is no message of the protocol"),
        ("{\"type\":\"partial\"}", "lacks 'data'"),
        ("{\"type\":\"result\"}", "lacks an object or array 'data'"),
        ("{\"type\":\"result\",\"data\":5}", "lacks an object or array 'data'"),
        ("{\"type\":\"result\",\"data\":[],\"files\":\"a\"}", "has a 'files' that is not a list of texts"),
        (
            "{\"type\":\"result\",\"data\":[],\"counts\":{\"a\":\"b\"}}",
            "has a 'counts' that is not an object of whole numbers"
        ),
        ("{\"type\":\"result\",\"data\":[],\"empty\":true}", "has a 'empty' that is not a text"),
        ("{\"type\":\"result\",\"data\":[NaN]}", "is no message of the protocol"),
        ("{\"type\":\"result\",\"data\":[", "is no message of the protocol"),
        ("[1]", "is no message of the protocol"),
        ("\\033[31mred", "is no message of the protocol: ?[31mred"),
    ])
    func rubbishIsQuoted(line: String, problem: String) async throws {
        let error = try await Execution().failure("printf '%b\\n' '\(line)'; sleep 1000")
        #expect(error.code == .pluginProcess)
        #expect(error.message.contains("plugin words printed a line that " + problem), "\(error.message)")
        #expect(error.message.utf8.count < 300)
    }

    @Test func bytesThatAreNoTextAreRubbish() async throws {
        let error = try await Execution().failure("printf '\\377\\376\\000\\n'; sleep 1000")
        #expect(error.message.contains("is no message of the protocol"))
    }

    @Test func anErrorLineIsTheReason() async throws {
        let error = try await Execution().failure(#"echo '{"type":"error","message":"no such language"}'; sleep 1000"#)
        #expect(error.message == "plugin words says: no such language")
    }

    @Test func aLongLineIsAnAnswerLikeAnyOther() async throws {
        let script =
            #"printf '{"type":"result","data":["'; head -c 5000000 /dev/zero | tr '\0' a; printf '"]}\n'; sleep 1000"#
        let execution = try Execution()
        let output = try await execution.shell(script)
        #expect(try output.document(as: [String].self).first?.utf8.count == 5_000_000)
    }

    @Test func aProgramThatIsMissingIsNamed() async throws {
        let error = try await #require(throws: PluginError.self) {
            try await Execution().run(["no-such-program-here"])
        }
        #expect(error.code == .pluginProcess)
        #expect(error.message == "plugin words cannot be started: no-such-program-here: No such file or directory")
    }

    @Test func programsBesideTheManifestAreFound() async throws {
        let execution = try Execution()
        let path = try execution.folder.write(
            "#!/bin/sh\necho '{\"type\":\"result\",\"data\":[1]}'\n", to: "bin/answer")
        chmod(path, 0o755)
        #expect(try await execution.run(["bin/answer"]).files == ["words.json"])
        #expect(try await execution.run(["sh", "bin/answer"]).files == ["words.json"])
    }

    @Test(arguments: [
        (#"["missing.txt"]"#, PluginError.Code.pluginProcess), (#"["../outside"]"#, .outputFailed),
        (#"["/etc/passwd"]"#, .outputFailed),
    ])
    func filesMustHaveBeenWrittenBelowTheFolder(files: String, code: PluginError.Code) async throws {
        let error = try await Execution().failure(#"echo '{"type":"result","data":[],"files":\#(files)}'"#)
        #expect(error.code == code)
    }

    @Test func cancellationKillsTheWholeGroup() async throws {
        let execution = try Execution()
        let hasBegun = Gate()
        let running = Task {
            try await execution.run(
                ["sh", "-c", #"sleep 1000 & printf '{"type":"partial","data":[%d,%d]}\n' $$ $!; wait"#],
                onPartial: { hasBegun.open() })
        }
        try await withDeadline { await hasBegun.wait() }
        let text = try #require(execution.partials.all.first)
        let processes = try JSONDecoder().decode([Int32].self, from: Data(text.utf8))
        #expect(processes.count == 2 && processes.allSatisfy(isRunning))
        running.cancel()
        let result = try await withDeadline { await running.result }
        #expect(throws: (any Error).self) { try result.get() }
        try await withDeadline { while processes.contains(where: isRunning) { await Task.yield() } }
    }

    @Test func whatTheChildLeavesRunningEndsWithTheAnswer() async throws {
        let execution = try Execution()
        let script = #"sleep 1000 & printf '{"type":"result","data":[%d]}\n' $!; wait"#
        let process = try #require(try await execution.shell(script).document(as: [Int32].self).first)
        try await withDeadline { while isRunning(process) { await Task.yield() } }
    }
}
