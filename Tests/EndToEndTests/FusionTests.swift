import Foundation
import Testing
import VideoExtractTesting

extension EndToEnd {
    /// Everything at once: one decode pass, one timeline.
    struct FusionTests {
        @Test(.needsModels("pp-ocr-v4", "ge2e", "moonshine-tiny-en", "silero-vad", "minilm-l6"))
        func everythingSharesOnePass() async throws {
            let workspace = try Workspace()
            let file = try await Fixtures.lecture()
            let run = try await workspace.perf(file, "all")
            #expect(run.result.status == 0, "\(run.result.errorText)")
            let report = try #require(run.report)
            for operation in report["operations"]?.array ?? [] {
                let status = operation["status"]?.string ?? ""
                #expect(["done", "empty", "skipped"].contains(status), "\(operation)")
            }
            // Packets of the video and audio streams, counted by another program.
            let counted = try await BinaryRunner.run(
                "ffprobe",
                ["-v", "error", "-count_packets", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0", file])
            let packets = counted.outputText.split(whereSeparator: \.isNewline).compactMap { Int($0) }.reduce(0, +)
            #expect(report["decoding"]?["packets_decoded"]?.integer == packets)
            #expect(report["decoding"]?["frames_decoded"]?.integer == 150)
            #expect(try Schemas.problems(inEvents: run.events) == [])
            #expect(try Schemas.problems(inFolder: workspace.file(run.stem)) == [])
            #expect(workspace.leftovers == [])

            // A second run computes nothing, and the files are the same, byte by byte.
            let before = try workspace.contents(of: run.stem)
            let second = try await workspace.perf(file, "all")
            #expect(second.report?["decoding"] == nil)
            for operation in second.report?["operations"]?.array ?? [] {
                let status = operation["status"]?.string ?? ""
                #expect(["cached", "skipped"].contains(status), "\(operation)")
            }
            #expect(try workspace.contents(of: run.stem) == before)
        }

        @Test(.needsModels("pp-ocr-v4", "moonshine-tiny-en", "silero-vad"))
        func whatIsSaidIsFoundInWhatIsShown() async throws {
            let workspace = try Workspace()
            let run = try await workspace.perf(try await Fixtures.lecture(), "transcription,ocr,scenes,fusion")
            #expect(run.result.status == 0, "\(run.result.errorText)")
            let fusion = try #require(run.document("fusion"))
            let relationships = fusion["relationships"]?.array ?? []
            #expect(relationships.contains { $0["type"]?.string == "same_text_spoken_and_shown" })
            let scenes = try #require(fusion["scenes"]?.array)
            #expect(scenes.map { $0["start_ms"]?.integer } == [0, 3000])
            #expect(try Schemas.problems(inFolder: workspace.file(run.stem)) == [])
        }
    }
}
