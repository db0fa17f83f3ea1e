import Foundation
import Testing
import VideoExtractTesting

extension EndToEnd {
    /// Everything that can be wrong with an input file: exit status, message, and nothing left behind.
    struct BadInputTests {
        /// Runs `perf` on a file that cannot be used at all.
        private func expectFailure(
            _ file: String, code: String, saying words: [String], in workspace: Workspace,
            sourceLocation: SourceLocation = #_sourceLocation
        ) async throws {
            let run = try await workspace.perf(file, "metadata,scenes,audio")
            #expect(run.result.status == 1, sourceLocation: sourceLocation)
            for operation in ["metadata", "scenes", "audio"] {
                #expect(
                    run.operation(operation)?["error"]?["code"]?.string == code, "\(run.result.errorText)",
                    sourceLocation: sourceLocation)
            }
            for word in [file] + words {
                #expect(run.result.errorText.contains(word), "\(run.result.errorText)", sourceLocation: sourceLocation)
            }
            #expect(try Schemas.problems(inEvents: run.events) == [], sourceLocation: sourceLocation)
            #expect(workspace.leftovers == [], sourceLocation: sourceLocation)
            let results = workspace.folder.files(below: "work/out").filter {
                !$0.hasSuffix("run.json") && !$0.hasSuffix(".source")
            }
            #expect(results == [], sourceLocation: sourceLocation)
        }

        @Test func missingFile() async throws {
            try await expectFailure(
                "nowhere/talk.mp4", code: "source_not_found", saying: ["does not exist", "check the path"],
                in: try Workspace())
        }

        @Test func folder() async throws {
            let workspace = try Workspace()
            try workspace.folder.write("", to: "work/talks/empty")
            try await expectFailure("talks", code: "source_not_found", saying: ["is a folder", "bulk"], in: workspace)
        }

        @Test func emptyFile() async throws {
            let workspace = try Workspace()
            try workspace.folder.write("", to: "work/empty.mp4")
            try await expectFailure(
                "empty.mp4", code: "source_empty", saying: ["is empty", "check that"], in: workspace)
        }

        @Test func textWithTheNameOfMedia() async throws {
            let workspace = try Workspace()
            let text = (0..<400).map { "Line \($0) of something that is no film.\n" }.joined()
            try workspace.folder.write(text, to: "work/text.mp4")
            try await expectFailure(
                "text.mp4", code: "not_media", saying: ["no media file", "check the file"], in: workspace)
        }

        @Test func random() async throws {
            let workspace = try Workspace()
            var generator = SeededGenerator(seed: 7)
            let bytes = Data((0..<50_000).map { _ in UInt8.random(in: 0...255, using: &generator) })
            try bytes.write(to: URL(fileURLWithPath: workspace.file("noise.mp4")))
            try await expectFailure("noise.mp4", code: "not_media", saying: ["check the file"], in: workspace)
        }

        @Test func unreadableFile() async throws {
            let workspace = try Workspace()
            try Fixtures.copy(try await Fixtures.cuts(), to: workspace.file("secret.mp4"))
            chmod(workspace.file("secret.mp4"), 0)
            let arguments = ["perf", "secret.mp4", "--ops", "scenes", "--stream"]
            let result: ProgramResult
            if getuid() == 0 {
                // Root reads everything, so somebody else has to try.
                for path in [workspace.folder.path, workspace.folder.file("work"), workspace.folder.file("tmp")] {
                    chmod(path, 0o777)
                }
                result = try await BinaryRunner.run(
                    "setpriv", ["--reuid=65534", "--clear-groups", Workspace.program] + arguments,
                    environment: workspace.environment, directory: workspace.folder.file("work"))
            } else {
                result = try await workspace.run(arguments)
            }
            #expect(result.status == 1)
            let run = try Run(result)
            #expect(run.operation("scenes")?["error"]?["code"]?.string == "source_unreadable", "\(result.errorText)")
            #expect(result.errorText.contains("secret.mp4 cannot be read: Permission denied"), "\(result.errorText)")
            #expect(workspace.leftovers == [])
        }

        @Test func fileWithoutItsIndex() async throws {
            // The index of these files is at their end.
            let workspace = try Workspace()
            let cut = try await MediaGenerator.shared.file(.truncated(.pattern(), to: 0.6))
            try Fixtures.copy(cut, to: workspace.file("cut.mp4"))
            let run = try await workspace.perf("cut.mp4", "metadata,scenes")
            #expect(run.result.status == 1)
            for operation in ["metadata", "scenes"] { #expect(run.status(operation) == "failed") }
            #expect(run.result.errorText.contains("cut.mp4"))
            #expect(run.result.errorText.contains("incomplete"), "\(run.result.errorText)")
            #expect(workspace.leftovers == [])
        }

        /// Whatever is wrong with the middle of a file: what was read is the result, and the rest is not kept quiet.
        private func expectPartialResults(_ run: Run, _ workspace: Workspace, scenesEndBefore limit: Int) throws {
            #expect(run.result.status == 0, "\(run.result.errorText)")
            #expect(run.status("scenes") == "done")
            let end = try #require(run.document("scenes")?["scenes"]?.array.last?["end_ms"]?.integer)
            #expect(end > 0 && end <= limit)
            #expect(run.operation("scenes")?["warnings"]?.array.isEmpty == false)
            #expect(run.result.errorText.contains("warning: scenes: "), "\(run.result.errorText)")
            #expect(workspace.leftovers == [])
            // Damage may be a file that is still being written: nothing of it is remembered.
            #expect(run.operation("scenes")?["cache_key"] == nil)
        }

        private static let streamable = MediaRecipe(
            name: "streamable.mp4",
            arguments: [
                "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=4", "-c:v", "libx264", "-preset",
                "ultrafast",
                "-g", "25", "-pix_fmt", "yuv420p", "-threads", "1", "-movflags", "+faststart",
            ])

        @Test func truncatedFile() async throws {
            let workspace = try Workspace()
            let cut = try await MediaGenerator.shared.file(.truncated(Self.streamable, to: 0.5))
            try Fixtures.copy(cut, to: workspace.file("cut.mp4"))
            let run = try await workspace.perf("cut.mp4", "scenes,metadata")
            try expectPartialResults(run, workspace, scenesEndBefore: 3500)
            #expect(run.status("metadata") == "done")
        }

        @Test func damagedMiddle() async throws {
            let workspace = try Workspace()
            var bytes = try Data(
                contentsOf: URL(fileURLWithPath: try await MediaGenerator.shared.file(Self.streamable)))
            var generator = SeededGenerator(seed: 3)
            for index in bytes.count * 5 / 10..<bytes.count * 6 / 10 {
                bytes[index] = UInt8.random(in: 0...255, using: &generator)
            }
            try bytes.write(to: URL(fileURLWithPath: workspace.file("damaged.mp4")))
            let run = try await workspace.perf("damaged.mp4", "scenes,metadata")
            try expectPartialResults(run, workspace, scenesEndBefore: 4000)
            #expect(!run.result.errorText.contains("[h264 @"))
            let verbose = try await workspace.perf("damaged.mp4", "scenes", ["--verbose"])
            #expect(verbose.result.errorText.contains("[h264 @"), "FFmpeg's own lines come with --verbose")
        }

        @Test(.enabled(if: externalMedia != nil, "VIDEO_EXTRACT_TEST_MEDIA names no folder"))
        func corruptedRealFile() async throws {
            let workspace = try Workspace()
            let run = try await workspace.perf((externalMedia ?? "") + "/corrupted.mp4", "scenes,keyframes,metadata")
            try expectPartialResults(run, workspace, scenesEndBefore: 5000)
            #expect(run.document("keyframes")?["images"]?.array.isEmpty == false)
            #expect(!run.result.errorText.contains("[h264 @"))
        }

        @Test func noAudioTrack() async throws {
            let workspace = try Workspace()
            let run = try await workspace.perf(try await Fixtures.cuts(), "audio,vad,transcription,scenes")
            #expect(run.result.status == 0)
            for operation in ["audio"]
                + (hasModels(["moonshine-tiny-en", "silero-vad"]) ? ["vad", "transcription"] : [])
            {
                #expect(run.status(operation) == "skipped")
                #expect(run.operation(operation)?["reason"]?.string == "the file has no audio track")
            }
            #expect(run.status("scenes") == "done")
            #expect(run.result.errorText.contains("audio was skipped: the file has no audio track"))
            #expect(!workspace.folder.files(below: "work/out").contains { $0.hasSuffix("audio.wav") })
        }

        @Test func noVideoTrack() async throws {
            let workspace = try Workspace()
            let tone = try await MediaGenerator.shared.file(.tone())
            let run = try await workspace.perf(tone, "frames,keyframes,scenes,audio")
            #expect(run.result.status == 0)
            for operation in ["frames", "keyframes", "scenes"] {
                #expect(run.status(operation) == "skipped")
                #expect(run.operation(operation)?["reason"]?.string == "the file has no video track")
            }
            #expect(run.status("audio") == "done")
        }

        @Test func noSamplesAtAll() async throws {
            let workspace = try Workspace()
            let recipe = MediaRecipe(
                name: "nothing.wav", arguments: ["-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "0"])
            let run = try await workspace.perf(try await MediaGenerator.shared.file(recipe), "audio,metadata")
            #expect(["empty", "skipped", "failed"].contains(run.status("audio") ?? ""))
            let reason = run.operation("audio")?["reason"] ?? run.operation("audio")?["error"]?["message"]
            #expect(reason?.string?.isEmpty == false)
            #expect(workspace.leftovers == [])
        }

        @Test func stillPicture() async throws {
            let workspace = try Workspace()
            let picture = try await MediaGenerator.shared.file(.image("png"))
            let run = try await workspace.perf(picture, "metadata,keyframes,scenes,audio")
            #expect(run.result.status == 0)
            #expect(run.document("keyframes")?["images"]?.array.count == 1)
            #expect(run.document("scenes")?["scenes"]?.array.count == 1)
            #expect(run.status("audio") == "skipped")
            #expect(try Schemas.problems(inFolder: workspace.file(run.stem)) == [])
        }
    }
}
