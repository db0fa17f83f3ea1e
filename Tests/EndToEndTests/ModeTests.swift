import Foundation
import Testing
import VideoExtractTesting

extension EndToEnd {
    /// One engine behind three modes: same results, from the cache where there are any.
    struct ModeTests {
        private static let operations = "metadata,audio,frames(fps=2),keyframes,scenes"

        @Test func modesGiveTheSameFiles() async throws {
            let workspace = try Workspace()
            let file = try await Fixtures.pattern()
            var contents: [[String: Data]] = []
            for mode in ["perf", "debug", "bulk"] {
                let result = try await workspace.run(
                    [mode, file, "--ops", Self.operations, "--output-dir", mode, "--cache-dir", "cache-" + mode])
                #expect(result.status == 0, "\(mode): \(result.errorText)")
                let stem = try #require(workspace.folder.names(in: "work/" + mode).first { $0.contains("pattern") })
                contents.append(try workspace.contents(of: mode + "/" + stem))
                #expect(try Schemas.problems(inFolder: workspace.file(mode + "/" + stem)) == [])
            }
            #expect(contents[0].keys.count > 8)
            #expect(contents[0] == contents[1])
            #expect(contents[0] == contents[2])
            #expect(workspace.leftovers == [])
        }

        @Test func resultsDoNotDependOnThreadsOrTime() async throws {
            let file = try await Fixtures.pattern()
            var contents: [[String: Data]] = []
            for threads in ["1", "4"] {
                let workspace = try Workspace()
                let run = try await workspace.perf(file, Self.operations, ["--threads", threads])
                contents.append(try workspace.contents(of: run.stem))
            }
            #expect(contents[0] == contents[1])
        }

        @Test func secondRunIsCachedAndDecodesNothing() async throws {
            let workspace = try Workspace()
            let file = try await Fixtures.pattern()
            let first = try await workspace.perf(file, Self.operations)
            #expect(first.report?["decoding"] != nil)
            let before = try workspace.contents(of: first.stem)
            let second = try await workspace.perf(file, Self.operations)
            #expect(second.result.status == 0)
            for operation in ["metadata", "audio", "frames", "keyframes", "scenes"] {
                #expect(first.status(operation) == "done")
                #expect(second.status(operation) == "cached")
                #expect(second.document(operation) == first.document(operation))
            }
            #expect(second.report?["decoding"] == nil)
            #expect(try workspace.contents(of: second.stem) == before)
            #expect(try Schemas.problems(inEvents: second.events) == [])
        }

        @Test func changedContentIsNotAnsweredFromTheCache() async throws {
            let workspace = try Workspace()
            try Fixtures.copy(try await Fixtures.pattern(), to: workspace.file("clip.mp4"))
            _ = try await workspace.perf("clip.mp4", "scenes")
            try FileManager.default.removeItem(atPath: workspace.file("clip.mp4"))
            try Fixtures.copy(try await Fixtures.cuts(), to: workspace.file("clip.mp4"))
            let run = try await workspace.perf("clip.mp4", "scenes")
            #expect(run.status("scenes") == "done")
            #expect(run.document("scenes")?["scenes"]?.array.count == 4)
        }

        @Test func withoutCacheNothingIsKept() async throws {
            let workspace = try Workspace()
            for _ in 0..<2 {
                let run = try await workspace.perf(try await Fixtures.cuts(), "scenes", ["--no-cache"])
                #expect(run.status("scenes") == "done")
                #expect(run.report?["decoding"] != nil)
            }
            #expect(workspace.folder.files(below: "cache") == [])
            #expect(workspace.leftovers == [])
        }

        @Test func filesWithOneStemDoNotMeet() async throws {
            let workspace = try Workspace()
            try Fixtures.copy(try await Fixtures.pattern(), to: workspace.file("a/talk.mp4"))
            try Fixtures.copy(try await Fixtures.cuts(), to: workspace.file("b/talk.mp4"))
            let first = try await workspace.perf("a/talk.mp4", "scenes")
            let second = try await workspace.perf("b/talk.mp4", "scenes")
            #expect(first.stem == "out/talk")
            let suffix = try #require(second.report?["source"]?["content_hash"]?.string).prefix(4)
            #expect(second.stem == "out/talk-\(suffix)")
            // The same folders in later runs.
            #expect(try await workspace.perf("b/talk.mp4", "scenes").stem == second.stem)
            #expect(try await workspace.perf("a/talk.mp4", "scenes").stem == first.stem)
        }

        @Test func standardInputIsASource() async throws {
            let workspace = try Workspace()
            let file = try await Fixtures.cuts()
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            let piped = try Run(
                try await workspace.run(
                    ["perf", "-", "--ops", "scenes", "--stream", "--output-dir", "out"], input: bytes))
            #expect(piped.result.status == 0, "\(piped.result.errorText)")
            let named = try await workspace.perf(file, "scenes", ["--no-cache"])
            #expect(piped.document("scenes") == named.document("scenes"))
            #expect(workspace.folder.names(in: "work/out").contains("stdin"))
            #expect(workspace.leftovers == [])
        }

        @Test func linesCanGoToAFile() async throws {
            let workspace = try Workspace()
            let result = try await workspace.run(
                ["perf", try await Fixtures.cuts(), "--ops", "scenes", "--output", "lines.jsonl"])
            #expect(result.status == 0)
            #expect(result.output.isEmpty)
            let lines = try #require(workspace.folder.text("work/lines.jsonl")).split(separator: "\n")
            let events = try lines.map { try JSONValue(parsing: String($0)) }
            #expect(events.map { $0["event"]?.string }.last == "finished")
            #expect(try Schemas.problems(inEvents: events) == [])
        }

        @Test func debugShowsPipelineReportAndTrace() async throws {
            let workspace = try Workspace()
            let result = try await workspace.run(
                ["debug", try await Fixtures.pattern(), "--ops", "scenes,audio", "--trace", "trace.json"])
            #expect(result.status == 0)
            let results = try JSONValue(parsing: result.output)["results"]?.array ?? []
            let operations = results.compactMap { $0["operation"]?["operation"]?.string }
            #expect(operations.contains("scenes"))
            #expect(result.errorText.contains("pipeline with"))
            let trace = try workspace.document("trace.json")
            let spans = trace["traceEvents"]?.array ?? []
            let names = Set(spans.compactMap { $0["name"]?.string })
            #expect(names.isSuperset(of: ["decode", "scenes", "audio", "probe"]))
            #expect(spans.allSatisfy { ($0["dur"]?.number ?? -1) >= 0 && $0["ph"]?.string == "X" })
            #expect(workspace.folder.names(in: "work").sorted() == ["debug-outputs", "trace.json"])
        }

        @Test(.needsModels)
        func debugKeepsIntermediates() async throws {
            let workspace = try Workspace()
            let talk = try await Fixtures.talk()
            for (option, isKept) in [([], false), (["--save-intermediates"], true)] as [([String], Bool)] {
                let result = try await workspace.run(["debug", talk, "--ops", "vad", "--output-dir", "out"] + option)
                #expect(result.status == 0, "\(result.errorText)")
                let files = workspace.folder.files(below: "work/out")
                #expect(files.contains { $0.hasSuffix("/audio.wav") } == isKept)
            }
            #expect(workspace.leftovers == [])
        }

        @Test func textIsForPeople() async throws {
            let workspace = try Workspace()
            let result = try await workspace.run(
                ["perf", try await Fixtures.cuts(), "--ops", "metadata,scenes", "--format", "text"])
            #expect(result.status == 0)
            #expect(result.outputText.contains("00:01.000 – 00:02.000"))
            #expect(result.outputText.contains("h264"))
            #expect(!result.outputText.contains("{"))
            #expect(workspace.folder.names(in: "work") == [])
        }
    }
}
