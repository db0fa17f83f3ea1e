import Foundation
import Testing
import VideoExtractTesting

extension EndToEnd {
    /// The commands around the runs.
    struct CommandTests {
        @Test(arguments: [
            [], ["perf"], ["performance"], ["debug"], ["bulk"], ["run"], ["plan"], ["plugins"], ["plugins", "list"],
            ["plugins", "show"], ["plugins", "validate"], ["plugins", "explain"], ["plugins", "install"], ["models"],
            ["models", "list"], ["models", "install"], ["models", "verify"], ["models", "remove"], ["cache"],
            ["cache", "stats"], ["cache", "verify"], ["cache", "clear"], ["completion"],
        ])
        func helpIsThere(command: [String]) async throws {
            let result = try await Workspace().run(command + ["--help"])
            #expect(result.status == 0)
            #expect(
                result.outputText.contains(
                    (["video-extract"] + command.filter { $0 != "performance" }).joined(separator: " ")))
            #expect(result.errors.isEmpty)
        }

        @Test func versionIsThere() async throws {
            let result = try await Workspace().run(["--version"])
            #expect(result.status == 0)
            #expect(result.outputText.wholeMatch(of: /video-extract \d+\.\d+\.\d+\n/) != nil)
        }

        @Test(arguments: ["bash", "zsh", "fish"])
        func completionScriptIsAccepted(shell: String) async throws {
            let workspace = try Workspace()
            let result = try await workspace.run(["completion", shell])
            #expect(result.status == 0)
            #expect(result.outputText.contains("transcription"))
            let script = try workspace.folder.write(result.outputText, to: "completion." + shell)
            let check = try await BinaryRunner.run(
                "sh", ["-c", "command -v \(shell) >/dev/null || exit 99; \(shell) -n \(script)"])
            // A shell that is not installed cannot read its script.
            #expect(check.status == 0 || (check.status == 99 && shell != "bash"), "\(check.errorText)")
        }

        @Test func planTouchesNothing() async throws {
            let workspace = try Workspace()
            let text = try await workspace.run(["plan", "missing.mp4", "--ops", "transcription,scenes"])
            #expect(text.status == 0)
            #expect(text.outputText.contains("PCM 16000 Hz"))
            let json = try await workspace.run(["plan", "missing.mp4", "--ops", "scenes(threshold=30)", "--json"])
            let stage = try #require(try JSONValue(parsing: json.output)["stages"]?[0])
            #expect(stage["operation"]?.string == "scenes")
            #expect(stage["parameters"]?["threshold"]?.number == 30)
        }

        @Test func pluginsAreListedShownAndExplained() async throws {
            let workspace = try Workspace()
            let list = try await workspace.run(["plugins", "list", "--json"])
            #expect(list.status == 0)
            let names = try JSONValue(parsing: list.output).array.compactMap { $0["name"]?.string }
            #expect(
                Set(names).isSuperset(of: [
                    "audio", "frames", "keyframes", "metadata", "scenes", "transcription", "vad",
                ]))
            let show = try await workspace.run(["plugins", "show", "scene-detection"])
            #expect(show.outputText.contains("threshold") && show.outputText.contains("from 1 to 100"))
            let chosen = try await workspace.run(["plugins", "explain", "transcription"])
            #expect(chosen.status == 0)
            #expect(chosen.outputText.contains("chosen"))
            let refused = try await workspace.run(["plugins", "explain", "transcription", "--feature", "juggling"])
            #expect(refused.status == 1)
            #expect(refused.outputText.contains("refused") && refused.outputText.contains("juggling"))
            #expect(try await workspace.run(["plugins", "show", "scens"]).status == 2)
        }

        @Test func shippedManifestsAreValid() async throws {
            let workspace = try Workspace()
            let result = try await workspace.run(
                [
                    "plugins", "validate", Repository.path + "/config/plugins",
                    Repository.path + "/examples/plugins/word-count",
                ])
            #expect(result.status == 0, "\(result.errorText)")
            #expect(result.outputText.contains("word-count 1.0.0 is valid"))
        }

        @Test func pluginIsInstalled() async throws {
            let workspace = try Workspace()
            let example = Repository.path + "/examples/plugins/word-count"
            #expect(try await workspace.run(["plugins", "install", example]).status == 0)
            #expect(workspace.folder.names(in: "plugins").contains("word_count.py"))
            #expect(try await workspace.run(["plugins", "show", "words"]).outputText.contains("word-count"))
            let again = try await workspace.run(["plugins", "install", example])
            #expect(again.status == 2)
            #expect(again.errorText.contains("installed already"))
        }

        @Test func modelsAreListed() async throws {
            let workspace = try Workspace()
            let result = try await workspace.run(["models", "list", "--json"])
            #expect(result.status == 0)
            let models = try JSONValue(parsing: result.output).array
            let defaults = models.filter { $0["is_default"]?.boolean == true }.compactMap { $0["id"]?.string }
            #expect(
                Set(defaults).isSuperset(of: ["moonshine-tiny-en", "silero-vad", "pp-ocr-v4", "yolox-nano", "rfb-640"]))
            #expect(models.allSatisfy { $0["licence"]?.string?.isEmpty == false })
            guard hasModels(["moonshine-tiny-en", "silero-vad"]) else { return }
            let verification = try await workspace.run(["models", "verify", "silero-vad"])
            #expect(verification.status == 0)
            #expect(verification.outputText.contains("silero-vad: intact"))
        }

        @Test func missingModelIsNamedWithItsCommand() async throws {
            let workspace = try Workspace()
            let environment = ["VIDEO_EXTRACT_MODEL_DIR": workspace.folder.file("models")]
            let recipe = MediaRecipe.tone()
            let run = try await workspace.perf(
                try await MediaGenerator.shared.file(recipe), "vad,audio", environment: environment)
            #expect(run.result.status == 0)
            #expect(run.status("vad") == "skipped")
            #expect(
                run.operation("vad")?["reason"]?.string?.contains("video-extract models install silero-vad") == true)
            #expect(run.result.errorText.contains("vad was skipped"))
            #expect(run.status("audio") == "done")
            let verification = try await workspace.run(["models", "verify", "silero-vad"], environment: environment)
            #expect(verification.status == 1)
            #expect(verification.errorText.contains("models install silero-vad"))
        }

        @Test func modelWithAWrongDigestIsRefused() async throws {
            let workspace = try Workspace()
            // The right size, so that only the digest can tell.
            let bytes = Data(repeating: 7, count: 1_246_165)
            let mirror = workspace.folder.file("mirror")
            try FileManager.default.createDirectory(atPath: mirror, withIntermediateDirectories: true)
            try bytes.write(to: URL(fileURLWithPath: mirror + "/silero_vad_16k_sequence.onnx"))
            let environment = [
                "VIDEO_EXTRACT_MODEL_DIR": workspace.folder.file("models"), "VIDEO_EXTRACT_MODEL_MIRROR": mirror,
                // Nothing but the mirror can answer.
                "PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_NO_INDEX": "1", "PIP_RETRIES": "0",
            ]
            let result = try await workspace.run(["models", "install", "silero-vad"], environment: environment)
            #expect(result.status == 1)
            #expect(result.errorText.contains("silero_vad_16k_sequence.onnx"))
            #expect(result.errorText.contains("SHA-256") && result.errorText.contains("refused"), "\(result.errorText)")
            let kept = workspace.folder.files(below: "models").filter { !$0.hasSuffix(".lock") }
            #expect(kept == [])
            #expect(workspace.leftovers == [])
        }

        @Test func cacheIsCountedCheckedAndCleared() async throws {
            let workspace = try Workspace()
            _ = try await workspace.perf(try await Fixtures.cuts(), "scenes,keyframes")
            let stats = try JSONValue(parsing: try await workspace.run(["cache", "stats", "--json"]).output)
            #expect(stats["entries"]?.integer == 3)
            #expect((stats["size_bytes"]?.integer ?? 0) > 1000)
            // One byte of one result changes.
            let damaged = try #require(
                workspace.folder.files(below: "cache/results/entries").first { $0.hasSuffix("scenes.json") })
            let path = workspace.folder.file("cache/results/entries/" + damaged)
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(fileURLWithPath: path))
            let verification = try JSONValue(parsing: try await workspace.run(["cache", "verify", "--json"]).output)
            #expect(verification["intact"]?.integer == 2)
            #expect(verification["removed"]?.array.count == 1)
            let run = try await workspace.perf(try await Fixtures.cuts(), "scenes,keyframes")
            #expect(run.status("scenes") == "done")
            #expect(run.status("keyframes") == "cached")
            #expect(
                try await workspace.run(["cache", "clear", "--plugin", "scenes"]).outputText.contains(
                    "removed 1 entries"))
            #expect(try await workspace.run(["cache", "clear"]).status == 0)
            let empty = try JSONValue(parsing: try await workspace.run(["cache", "stats", "--json"]).output)
            #expect(empty["entries"]?.integer == 0)
        }

        @Test func runChoosesTheModeByName() async throws {
            let workspace = try Workspace()
            let file = try await Fixtures.cuts()
            for mode in ["debug", "performance", "bulk"] {
                let result = try await workspace.run(
                    ["run", file, "--mode", mode, "--ops", "scenes", "--output-dir", mode])
                #expect(result.status == 0, "\(result.errorText)")
                let folder = try #require(workspace.folder.names(in: "work/" + mode).first { $0.hasSuffix("cuts") })
                #expect(try workspace.document("\(mode)/\(folder)/run.json")["mode"]?.string == mode)
            }
        }
    }
}
