import Foundation
import Testing
import VideoExtractTesting

extension EndToEnd {
    /// Commands that make no sense end with status 2 before anything is touched.
    struct UsageTests {
        private func expectUsageError(
            _ arguments: [String], saying words: [String], in workspace: Workspace,
            sourceLocation: SourceLocation = #_sourceLocation
        ) async throws {
            let result = try await workspace.run(arguments)
            #expect(result.status == 2, "\(result.errorText)", sourceLocation: sourceLocation)
            for word in words {
                #expect(result.errorText.contains(word), "\(result.errorText)", sourceLocation: sourceLocation)
            }
            #expect(result.output.isEmpty, sourceLocation: sourceLocation)
            #expect(
                workspace.folder.names(in: "work").filter { !$0.hasSuffix("yaml") } == [],
                sourceLocation: sourceLocation)
        }

        @Test(arguments: [
            ("scens", ["'scens'", "did you mean 'scenes'"]),
            ("transcripton,scenes", ["'transcripton'", "did you mean 'transcription'"]),
            ("juggling", ["'juggling'", "known: ", "keyframes"]),
            ("scenes(threshold=500)", ["scenes", "threshold", "'500'", "from 1 to 100"]),
            ("scenes(thresold=20)", ["'thresold'", "did you mean 'threshold'"]),
            ("audio(sample_rate=fast)", ["sample_rate", "'fast'", "from 8000 to 192000 Hz"]),
            ("frames(format=tiff)", ["format", "'tiff'", "jpg, png"]),
            ("scenes(threshold=20", ["character", "scenes(threshold=20"]),
            ("", ["operations"]),
            ("scenes(threshold=20),scenes(threshold=30)", ["same files"]),
            ("transcription(model=moonshin-tiny-en)", ["moonshin-tiny-en"]),
        ])
        func badOperation(list: String, words: [String]) async throws {
            try await expectUsageError(["perf", "talk.mp4", "--ops", list], saying: words, in: try Workspace())
        }

        @Test(arguments: ["debug", "bulk", "plan"])
        func everyModeChecksFirst(mode: String) async throws {
            try await expectUsageError(
                [mode, "talk.mp4", "--ops", "scens"], saying: ["did you mean 'scenes'"], in: try Workspace())
        }

        @Test(
            arguments: [
                (["perf", "talk.mp4"], "--ops"), (["perf", "--ops", "scenes"], "input"),
                (["perf", "a", "b", "--ops", "scenes"], "b"),
                (["prf", "talk.mp4"], "perf"), (["perf", "talk.mp4", "--opps", "scenes"], "--ops"),
                (["perf", "talk.mp4", "--ops", "scenes", "--threads", "0"], "--threads"),
                (["perf", "talk.mp4", "--ops", "scenes", "--profile", "fastest"], "balanced"),
                (["bulk", "a.mp4", "--ops", "scenes", "--workers", "many"], "--workers"),
                (["bulk", "--ops", "scenes"], "input"), (["models", "install"], "--default"), ([], "command"),
                (["models", "install", "moonshine"], "moonshine-tiny-en"),
            ] as [([String], String)])
        func badCommandLine(arguments: [String], word: String) async throws {
            try await expectUsageError(arguments, saying: [word], in: try Workspace())
        }

        @Test func badSpecificationNamesFileLineAndKey() async throws {
            let workspace = try Workspace()
            try workspace.folder.write(
                "outputs:\n  - operation: {name: scenes}\n    parametrs: {threshold: 3}\n", to: "work/spec.yaml")
            try await expectUsageError(
                ["perf", "talk.mp4", "--spec", "spec.yaml"], saying: ["spec.yaml:3:", "parametrs"], in: workspace)
            try workspace.folder.write("outputs:\n  - {operation: [\n", to: "work/spec.yaml")
            try await expectUsageError(
                ["perf", "talk.mp4", "--spec", "spec.yaml"], saying: ["spec.yaml:"], in: workspace)
            try await expectUsageError(
                ["perf", "talk.mp4", "--spec", "none.yaml"], saying: ["none.yaml"], in: workspace)
        }

        @Test func badManifestNamesFileLineAndKey() async throws {
            let workspace = try Workspace()
            let path = try workspace.folder.write(
                """
                name: broken
                version: "1.0.0"
                description: One key is wrong.
                inputs: [Media]
                outputs: [Nothing]
                operation: {name: broken}
                capabilites: {}
                implementation:
                  process: {command: [true]}
                """, to: "plugins/broken.yaml")
            try await expectUsageError(
                ["perf", "talk.mp4", "--ops", "scenes"], saying: ["broken.yaml:7:", "capabilites", "capabilities"],
                in: workspace)
            let validation = try await workspace.run(["plugins", "validate", path])
            #expect(validation.status == 1)
            #expect(validation.errorText.contains("broken.yaml:7:"))
        }
    }
}
