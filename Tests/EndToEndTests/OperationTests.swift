import Foundation
import Testing
import VideoExtractTesting

extension EndToEnd {
    /// Every operation on media whose content is known.
    struct OperationTests {
        @Test func cutsBecomeScenes() async throws {
            let workspace = try Workspace()
            let run = try await workspace.perf(try await Fixtures.cuts(), "scenes")
            #expect(run.result.status == 0, "\(run.result.errorText)")
            let scenes = try #require(run.document("scenes")?["scenes"]?.array)
            #expect(scenes.map { $0["start_ms"]?.integer } == [0, 1000, 2000, 3000])
            #expect(scenes.map { $0["end_ms"]?.integer } == [1000, 2000, 3000, 4000])
            #expect(scenes.map { $0["frame_number"]?.integer } == [0, 25, 50, 75])
            #expect(scenes.map { $0["transition"]?.string } == ["start", "cut", "cut", "cut"])
            // The pieces that streamed out are the scenes of the document.
            #expect(run.partials("scenes") == scenes)
            #expect(try Schemas.problems(inEvents: run.events) == [])
            #expect(try Schemas.problems(inFolder: workspace.file(run.stem)) == [])
        }

        @Test func timesOfVariableFrameRateAreExact() async throws {
            let workspace = try Workspace()
            let run = try await workspace.perf(
                try await Fixtures.variableRate(), "keyframes,scenes,metadata,frames(fps=5)")
            let keyframes = try #require(run.document("keyframes")?["images"]?.array)
            #expect(keyframes.map { $0["start_ms"]?.integer } == [0, 1000])
            #expect(keyframes[0]["end_ms"]?.integer == 1000)
            // MP4 need not say how long the last frame, at 1966.7 ms, is shown.
            #expect((1967...2000).contains(keyframes[1]["end_ms"]?.integer ?? 0))
            #expect(keyframes.map { $0["pts"]?.integer } == [0, 90_000])
            #expect(keyframes.map { $0["time_base"]?.string } == ["1/90000", "1/90000"])
            #expect(keyframes.map { $0["frame_number"]?.integer } == [0, 10])
            let scenes = try #require(run.document("scenes")?["scenes"]?.array)
            #expect(scenes.map { $0["start_ms"]?.integer } == [0, 1000])
            #expect((1967...2000).contains(scenes.last?["end_ms"]?.integer ?? 0))
            #expect(scenes.map { $0["frame_number"]?.integer } == [0, 10])
            let frames = try #require(run.document("frames")?["images"]?.array)
            #expect(frames.map { $0["start_ms"]?.integer } == Array(stride(from: 0, to: 2000, by: 200)))
            let video = try #require(run.document("metadata")?["streams"]?[0]?["video"])
            #expect(video["is_variable_frame_rate"]?.boolean == true)
            #expect(try Schemas.problems(inFolder: workspace.file(run.stem)) == [])
        }

        @Test(arguments: [(16_000, 1), (48_000, 2), (8_000, 1)])
        func audioHasEverySample(rate: Int, channels: Int) async throws {
            let workspace = try Workspace()
            let tone = try await MediaGenerator.shared.file(.tone(seconds: 1))
            let run = try await workspace.perf(tone, "audio(sample_rate=\(rate),channels=\(channels))")
            let track = try #require(run.document("audio"))
            #expect(track["sample_count"]?.integer == rate)
            #expect(track["end_ms"]?.integer == 1000)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: workspace.file(run.stem + "/audio.wav")))
            #expect(bytes.prefix(4) == Data("RIFF".utf8))
            #expect(bytes.count == 44 + rate * channels * 2)
            // A sine of 440 Hz crosses zero upwards 440 times.
            let samples = bytes.dropFirst(44).withUnsafeBytes { raw in
                stride(from: 0, to: raw.count - 1, by: 2 * channels).map {
                    Int16(littleEndian: raw.loadUnaligned(fromByteOffset: $0, as: Int16.self))
                }
            }
            let crossings = zip(samples, samples.dropFirst()).count { $0 < 0 && $1 >= 0 }
            #expect((438...441).contains(crossings))
            #expect(try Schemas.problems(inFolder: workspace.file(run.stem)) == [])
        }

        @Test(.needsModels)
        func speechBecomesText() async throws {
            let workspace = try Workspace()
            let run = try await workspace.perf(try await Fixtures.talk(), "transcription,vad")
            #expect(run.result.status == 0, "\(run.result.errorText)")
            let transcript = try #require(run.document("transcription"))
            let words = Set(
                (transcript["text"]?.string ?? "").lowercased().split { !$0.isLetter }.map(String.init))
            let wanted: Set = ["quick", "brown", "fox", "lazy", "dog", "please", "open", "window"]
            #expect(wanted.subtracting(words).count <= 1, "heard: \(words.sorted())")
            let segments = transcript["segments"]?.array ?? []
            #expect(!segments.isEmpty)
            #expect(run.partials("transcription") == segments)
            #expect(transcript["duration_ms"]?.integer == run.document("vad")?["duration_ms"]?.integer)
            for segment in segments + (run.document("vad")?["segments"]?.array ?? []) {
                let start = try #require(segment["start_ms"]?.integer)
                let end = try #require(segment["end_ms"]?.integer)
                #expect(0 <= start && start < end && end <= 5100)
            }
            let subtitles = workspace.folder.text("work/\(run.stem)/transcription.srt") ?? ""
            #expect(subtitles.hasPrefix("1\n00:00:00,"))
            #expect(try Schemas.problems(inFolder: workspace.file(run.stem)) == [])
            #expect(try Schemas.problems(inEvents: run.events) == [])
            #expect(workspace.leftovers == [])
        }

        @Test(.needsModels)
        func silenceIsEmpty() async throws {
            let workspace = try Workspace()
            let silence = try await MediaGenerator.shared.file(.silence(seconds: 2))
            let run = try await workspace.perf(silence, "transcription,vad")
            #expect(run.result.status == 0)
            for operation in ["transcription", "vad"] {
                #expect(run.status(operation) == "empty")
                #expect(run.operation(operation)?["reason"]?.string == "no speech was found")
            }
            #expect(run.document("transcription")?["text"]?.string == "")
            #expect(try Schemas.problems(inFolder: workspace.file(run.stem)) == [])
        }

        @Test func picturesAreWritten() async throws {
            let workspace = try Workspace()
            let run = try await workspace.perf(
                try await Fixtures.pattern(), "frames(fps=2,format=png,max_side=80),keyframes(deduplicate=false)")
            let frames = run.document("frames")?["images"]?.array ?? []
            // Frames are 40 ms apart: 500 lies between two.
            #expect(frames.map { $0["start_ms"]?.integer } == [0, 480, 1000, 1480])
            #expect(frames.allSatisfy { $0["width"]?.integer == 80 })
            for (folder, magic) in [("frames", [0x89, 0x50, 0x4E, 0x47]), ("keyframes", [0xFF, 0xD8, 0xFF])]
                as [(String, [UInt8])]
            {
                for image in run.document(folder)?["images"]?.array ?? [] {
                    let file = try #require(image["file"]?.string)
                    let bytes = try Data(
                        contentsOf: URL(fileURLWithPath: workspace.file("\(run.stem)/\(folder)/\(file)")))
                    #expect(Array(bytes.prefix(magic.count)) == magic)
                }
            }
            #expect(run.document("keyframes")?["images"]?.array.count == 2)
            #expect(try Schemas.problems(inFolder: workspace.file(run.stem)) == [])
        }

        @Test func aliasesAreTheSameOperations() async throws {
            let workspace = try Workspace()
            let file = try await Fixtures.pattern()
            let named = try await workspace.perf(file, "scenes,audio", ["--no-cache"])
            let aliased = try await workspace.perf(file, "scene-detection;[audio-extraction]", ["--no-cache"])
            #expect(aliased.result.status == 0)
            #expect(aliased.document("scenes") == named.document("scenes"))
            #expect(aliased.document("audio") == named.document("audio"))
        }

        @Test func specificationFileIsTheSameAsTheList() async throws {
            let workspace = try Workspace()
            let file = try await Fixtures.cuts()
            try workspace.folder.write(
                "outputs:\n  - operation: {name: scenes, parameters: {threshold: 30}}\n", to: "work/spec.yaml")
            try workspace.folder.write(
                #"{"operation": {"name": "scenes", "parameters": {"threshold": 30}}}"#, to: "work/spec.json")
            let listed = try await workspace.perf(file, "scenes(threshold=30)")
            for name in ["spec.yaml", "spec.json"] {
                let run = try Run(try await workspace.run(["perf", file, "--spec", name, "--stream"]))
                #expect(run.status("scenes") == "cached")
                #expect(run.document("scenes") == listed.document("scenes"))
            }
        }

        @Test(.needsModels)
        func pluginInAnotherLanguageRuns() async throws {
            let workspace = try Workspace()
            let plugins = Repository.path + "/examples/plugins/word-count"
            let run = try await workspace.perf(try await Fixtures.talk(), "word-count", ["--plugins", plugins])
            #expect(run.result.status == 0, "\(run.result.errorText)")
            let words = run.document("word-count")?["words"]?.array.compactMap { $0["word"]?.string } ?? []
            #expect(words.contains("the"))
            let again = try await workspace.perf(try await Fixtures.talk(), "words", ["--plugins", plugins])
            #expect(again.status("word-count") == "cached")
            #expect(workspace.leftovers == [])
        }
    }
}
