import Foundation
import Testing
import VideoExtractTesting

extension EndToEnd {
    /// What is seen and heard, on media whose content is known.
    struct PerceptionTests {
        private func strings(_ list: [JSONValue]?, _ key: String) -> [String] {
            (list ?? []).compactMap { $0[key]?.string }
        }

        /// Tests of models that are not there are left out; those of the package index must be.
        @Test func modelsOfThePackageIndexAreInstalled() {
            #expect(hasModels(["moonshine-tiny-en", "silero-vad", "pp-ocr-v4", "minilm-l6", "ge2e", "blazeface"]))
        }

        @Test(.needsModels("pp-ocr-v4")) func titlesAreReadWithTheirTimes() async throws {
            let workspace = try Workspace()
            let run = try await workspace.perf(try await Fixtures.titles(), "ocr(sample=frames,fps=5)")
            #expect(run.result.status == 0, "\(run.result.errorText)")
            let spans = try #require(run.document("ocr")?["spans"]?.array)
            #expect(strings(spans, "text") == ["HELLO WORLD 42", "Second Title"])
            for (span, start) in zip(spans, [1000, 3000]) {
                #expect(span["start_ms"]?.integer == start)
                // Sampled five times a second: the last picture that shows it begins 200 ms before the end.
                #expect((start + 1800...start + 2000).contains(span["end_ms"]?.integer ?? 0))
                #expect(span["pictures"]?.integer == 10)
            }
            #expect(run.partials("ocr").count == 2)
            #expect(try Schemas.problems(inEvents: run.events) == [])
            #expect(try Schemas.problems(inFolder: workspace.file(run.stem)) == [])
        }

        /// One keyframe in six seconds: what comes later is looked at all the same.
        @Test(.needsModels("pp-ocr-v4")) func sparseKeyframesHideNothing() async throws {
            let workspace = try Workspace()
            let run = try await workspace.perf(try await Fixtures.titles(), "ocr,metadata")
            let document = try #require(run.document("ocr"))
            #expect(strings(document["spans"]?.array, "text") == ["HELLO WORLD 42", "Second Title"])
            #expect(document["sampling"]?["source"]?.string == "frames")
            #expect(document["sampling"]?["pictures_analyzed"]?.integer == 3)
            let video = run.document("metadata")?["streams"]?[0]?["video"]
            #expect(video?["keyframe_count"]?.integer == 1)
        }

        @Test(.needsModels("pp-ocr-v4")) func noTextIsEmpty() async throws {
            let workspace = try Workspace()
            let run = try await workspace.perf(try await Fixtures.cuts(), "ocr")
            #expect(run.status("ocr") == "empty")
            #expect(run.operation("ocr")?["reason"]?.string?.isEmpty == false)
        }

        @Test func technicalCuesHaveTrueSpans() async throws {
            let workspace = try Workspace()
            let run = try await workspace.perf(try await Fixtures.cues(), "markers(kinds=technical_cue|shot_boundary)")
            #expect(run.result.status == 0, "\(run.result.errorText)")
            let markers = try #require(run.document("markers")?["markers"]?.array)
            func spans(_ label: String) -> [[Int]] {
                markers.filter { $0["label"]?.string == label }
                    .map { [$0["start_ms"]?.integer ?? -1, $0["end_ms"]?.integer ?? -1] }
            }
            #expect(spans("black") == [[0, 2000]])
            #expect(spans("color_bars") == [[5000, 8000]])
            let silence = try #require(spans("silence").first)
            #expect(spans("silence").count == 1 && silence[0] == 0 && abs(silence[1] - 4000) <= 32)
            let cuts = markers.filter { $0["kind"]?.string == "shot_boundary" }
            #expect(cuts.map { $0["start_ms"]?.integer } == [2000, 5000])
            #expect(Set(strings(markers, "provider")) == ["local"])
            #expect(try Schemas.problems(inFolder: workspace.file(run.stem)) == [])
        }

        @Test func textTracksAreTakenOut() async throws {
            let workspace = try Workspace()
            let run = try await workspace.perf(try await Fixtures.subtitled(), "subtitles")
            #expect(run.result.status == 0, "\(run.result.errorText)")
            let tracks = try #require(run.document("subtitles")?["tracks"]?.array)
            #expect(strings(tracks, "language") == ["eng", "deu"])
            #expect(strings(tracks[0]["cues"]?.array, "text") == ["Hello there", "Good bye"])
            #expect(strings(tracks[1]["cues"]?.array, "text") == ["Hallo", "Auf Wiedersehen"])
            #expect(tracks[0]["cues"]?.array.map { $0["start_ms"]?.integer } == [500, 1500])
            #expect(tracks[0]["cues"]?.array.map { $0["end_ms"]?.integer } == [1250, 2000])
            #expect(try Schemas.problems(inFolder: workspace.file(run.stem)) == [])
            let mute = try await workspace.perf(try await Fixtures.cuts(), "subtitles")
            #expect(mute.status("subtitles") == "skipped")
            #expect(mute.operation("subtitles")?["reason"]?.string == "the file has no subtitle track")
        }

        @Test(.needsModels("ge2e", "silero-vad", "moonshine-tiny-en")) func voicesAreToldApart() async throws {
            let workspace = try Workspace()
            let run = try await workspace.perf(try await Fixtures.dialogue(), "diarization,transcription")
            #expect(run.result.status == 0, "\(run.result.errorText)")
            let document = try #require(run.document("diarization"))
            #expect(strings(document["speakers"]?.array, "speaker") == ["SPEAKER_00", "SPEAKER_01"])
            // The first voice comes before the second, and neither comes back.
            #expect(Array(Set(strings(document["segments"]?.array, "speaker"))).sorted().count == 2)
            let order = strings(document["segments"]?.array, "speaker")
            #expect(order == order.sorted())
            let spoken = try #require(document["transcript"]?.array)
            #expect(spoken.count == run.document("transcription")?["segments"]?.array.count)
            #expect(spoken.first?["speaker"]?.string == "SPEAKER_00")
            #expect(spoken.last?["speaker"]?.string == "SPEAKER_01")
            let rttm = try String(contentsOfFile: workspace.file(run.stem + "/diarization.rttm"), encoding: .utf8)
            #expect(rttm.hasPrefix("SPEAKER "))
            #expect(try Schemas.problems(inFolder: workspace.file(run.stem)) == [])
        }

        @Test(.needsModels("ge2e", "silero-vad")) func shortAndSilentSoundIsEmpty() async throws {
            let workspace = try Workspace()
            for recipe in [MediaRecipe.silence(seconds: 20), .tone(seconds: 0.1)] {
                let run = try await workspace.perf(try await MediaGenerator.shared.file(recipe), "diarization,vad")
                #expect(run.status("diarization") == "empty")
                #expect(run.status("vad") == "empty")
            }
        }

        @Test func theThumbnailIsNoBlackPicture() async throws {
            let workspace = try Workspace()
            let run = try await workspace.perf(try await Fixtures.cues(), "thumbnail")
            #expect(run.result.status == 0, "\(run.result.errorText)")
            let frame = try #require(run.document("thumbnail")?["frame"])
            #expect((2000..<8000).contains(frame["start_ms"]?.integer ?? 0))
            let bytes = try Data(contentsOf: URL(fileURLWithPath: workspace.file(run.stem + "/thumbnail.jpg")))
            #expect(bytes.prefix(2) == Data([0xFF, 0xD8]))
            #expect(try Schemas.problems(inFolder: workspace.file(run.stem)) == [])
        }

        @Test func missingModelsAreNamedWithTheCommandThatInstallsThem() async throws {
            let workspace = try Workspace()
            let operations = [
                "objects", "faces", "ocr", "places", "vision-embeddings", "audio-embeddings", "audio-events",
                "diarization",
            ]
            let run = try await workspace.perf(
                try await Fixtures.talk(), operations.joined(separator: ","),
                environment: ["VIDEO_EXTRACT_MODEL_DIR": workspace.file("no-models")])
            #expect(run.result.status == 0)
            for operation in operations {
                #expect(run.status(operation) == "skipped", "\(operation)")
                let reason = run.operation(operation)?["reason"]?.string ?? ""
                #expect(reason.contains("video-extract models install "), "\(operation): \(reason)")
            }
        }
    }
}
