import Foundation
import Testing
import VideoExtractTesting

extension EndToEnd {
    /// Many files: lists, folders, failures, crashes, and going on afterwards.
    struct BulkTests {
        /// Swift's own crash handler swallows the first signal that another process sends.
        private static let plainCrashes = ["SWIFT_BACKTRACE": "enable=no"]

        private func summary(_ workspace: Workspace) throws -> JSONValue {
            let document = try workspace.document("out/batch_summary.json")
            #expect(try Schemas.schema("batch_summary").problems(in: document) == [])
            return document
        }

        private func statuses(_ summary: JSONValue) -> [String: String] {
            Dictionary(
                (summary["files"]?.array ?? []).compactMap { file in
                    guard let source = file["source"]?.string, let status = file["status"]?.string else { return nil }
                    return ((source as NSString).lastPathComponent, status)
                }
            ) { first, _ in first }
        }

        @Test func folderAndListAreTheSame() async throws {
            let workspace = try Workspace()
            try Fixtures.copy(try await Fixtures.cuts(), to: workspace.file("media/b/cuts.mp4"))
            try Fixtures.copy(try await Fixtures.pattern(), to: workspace.file("media/a.mp4"))
            try workspace.folder.write("no media", to: "work/media/readme.md")
            try workspace.folder.write(
                "# two files\nmedia/a.mp4\n\n  media/b/cuts.mp4  \nmedia/a.mp4\n", to: "work/list.txt")
            for input in ["media", "list.txt"] {
                let result = try await workspace.run(["bulk", input, "--ops", "scenes,audio", "--output-dir", "out"])
                #expect(result.status == 0, "\(result.errorText)")
                let summary = try summary(workspace)
                #expect(summary["files_total"]?.integer == 2)
                #expect(summary["files_done"]?.integer == 2)
                #expect(statuses(summary) == ["a.mp4": "done", "cuts.mp4": "done"])
                #expect(try workspace.document("out/cuts/scenes.json")["scenes"]?.array.count == 4)
                #expect(try workspace.document("out/cuts/run.json")["operations"]?.array.count == 3)
            }
            #expect(workspace.leftovers == [])
        }

        @Test func oneBadFileDoesNotStopTheOthers() async throws {
            let workspace = try Workspace()
            try workspace.folder.write("no media at all, only text", to: "work/text.mp4")
            let good = try await Fixtures.cuts()
            let result = try await workspace.run(
                ["bulk", "text.mp4", "missing.mp4", good, "--ops", "scenes", "--output-dir", "out", "--workers", "1"])
            #expect(result.status == 1)
            let summary = try summary(workspace)
            #expect(summary["files_failed"]?.integer == 2)
            #expect(summary["files_done"]?.integer == 1)
            #expect(summary["files"]?.array.map { $0["status"]?.string } == ["failed", "failed", "done"])
            #expect(result.errorText.contains("missing.mp4 does not exist"))
            #expect(result.errorText.contains("text.mp4 is no media file"))
        }

        @Test func failFastStopsAtTheFirst() async throws {
            let workspace = try Workspace()
            let good = try await Fixtures.cuts()
            let result = try await workspace.run([
                "bulk", "missing.mp4", good, try await Fixtures.pattern(), "--ops", "scenes", "--output-dir", "out",
                "--workers", "1", "--fail-fast",
            ])
            #expect(result.status == 1)
            let summary = try summary(workspace)
            #expect(summary["files_failed"]?.integer == 1)
            #expect((summary["files_not_started"]?.integer ?? 0) >= 1)
            #expect(workspace.leftovers == [])
        }

        @Test func equalStemsGetTheirOwnFolders() async throws {
            let workspace = try Workspace()
            try Fixtures.copy(try await Fixtures.cuts(), to: workspace.file("a/talk.mp4"))
            try Fixtures.copy(try await Fixtures.pattern(), to: workspace.file("b/talk.mp4"))
            let result = try await workspace.run(
                ["bulk", "a/talk.mp4", "b/talk.mp4", "--ops", "scenes", "--output-dir", "out"])
            #expect(result.status == 0)
            let folders = workspace.folder.names(in: "work/out").filter { $0.hasPrefix("talk") }
            #expect(folders.count == 2)
            #expect(folders.first == "talk")
            #expect(try workspace.document("out/talk/scenes.json")["scenes"]?.array.count == 4)
        }

        @Test func timeLimitEndsOneFileOnly() async throws {
            let workspace = try Workspace()
            let endless = try await Fixtures.endless()
            let result = try await workspace.run([
                "bulk", endless, try await Fixtures.cuts(), "--ops", "scenes", "--output-dir", "out", "--timeout", "2",
                "--workers", "2",
            ])
            #expect(result.status == 1)
            let files = try summary(workspace)["files"]?.array ?? []
            #expect(files.map { $0["status"]?.string } == ["timed_out", "done"])
            #expect(result.errorText.contains("--timeout"))
            #expect(workspace.leftovers == [])
        }

        @Test func goesOnAfterBeingKilled() async throws {
            let workspace = try Workspace()
            try Fixtures.copy(try await Fixtures.cuts(), to: workspace.file("1.mp4"))
            try Fixtures.copy(try await Fixtures.pattern(), to: workspace.file("2.mp4"))
            try Fixtures.copy(try await Fixtures.endless(), to: workspace.file("3.mp4"))
            try Fixtures.copy(try await Fixtures.variableRate(), to: workspace.file("4.mp4"))
            let arguments = [
                "bulk", "1.mp4", "2.mp4", "3.mp4", "4.mp4", "--ops", "scenes", "--output-dir", "out", "--workers", "1",
            ]
            let running = try workspace.start(arguments)
            try await waitUntil {
                (workspace.folder.text("work/out/.bulk-journal.jsonl") ?? "").split(separator: "\n").count >= 3
            }
            let supervisor = try #require(running.identifier)
            let worker = try #require(Processes.children(of: supervisor).first)
            running.signal(SIGKILL)
            #expect(await running.result().status == 128 + SIGKILL)
            // Nobody is left to hear the worker's answers.
            try await waitUntil(seconds: 10) { !Processes.isAlive(worker) }

            // The long file is no longer long: otherwise the test would be.
            try FileManager.default.removeItem(atPath: workspace.file("3.mp4"))
            try Fixtures.copy(try await MediaGenerator.shared.file(.videoOnly(seconds: 1)), to: workspace.file("3.mp4"))
            let result = try await workspace.run(arguments + ["--resume"])
            #expect(result.status == 0, "\(result.errorText)")
            let summary = try summary(workspace)
            #expect(summary["files_resumed"]?.integer == 2)
            #expect(summary["files_done"]?.integer == 4)
            #expect(try workspace.document("out/4/scenes.json")["scenes"]?.array.count == 2)
            #expect(workspace.leftovers == [])
            let again = try await workspace.run(arguments + ["--resume"])
            #expect(again.status == 0)
            #expect(try self.summary(workspace)["files_resumed"]?.integer == 4)
        }

        @Test func crashQuarantinesOnlyItsCulprit() async throws {
            let workspace = try Workspace()
            let endless = try await Fixtures.endless()
            let running = try workspace.start(
                [
                    "bulk", endless, try await Fixtures.cuts(), "--ops", "scenes", "--output-dir", "out", "--workers",
                    "1",
                ], environment: Self.plainCrashes)
            let supervisor = try #require(running.identifier)
            let stem = ((endless as NSString).lastPathComponent as NSString).deletingPathExtension
            try await waitUntil { workspace.folder.text("work/out/\(stem)/.source") != nil }
            let worker = try #require(Processes.children(of: supervisor).first)
            kill(worker, SIGSEGV)
            let result = try await withDeadline(seconds: 30) { await running.result() }
            #expect(result.status == 1)
            let files = try summary(workspace)["files"]?.array ?? []
            #expect(files.map { $0["status"]?.string } == ["quarantined", "done"])
            #expect(files.first?["errors"]?[0]?.string?.contains("crashed on this file") == true)
            #expect(workspace.leftovers == [])
        }

        @Test func crashWithSeveralFilesInHandIsRecoveredFrom() async throws {
            let workspace = try Workspace()
            try Fixtures.copy(try await Fixtures.endless(), to: workspace.file("a.mp4"))
            try Fixtures.copy(try await Fixtures.endless(), to: workspace.file("b.mp4"))
            let running = try workspace.start(
                [
                    "bulk", "a.mp4", "b.mp4", "--ops", "scenes", "--output-dir", "out", "--workers", "2", "--no-cache",
                ], environment: Self.plainCrashes)
            let supervisor = try #require(running.identifier)
            try await waitUntil {
                ["a", "b"].allSatisfy { workspace.folder.text("work/out/\($0)/.source") != nil }
            }
            // From now on they are short files, so that the run comes to its end.
            for name in ["a.mp4", "b.mp4"] {
                try FileManager.default.removeItem(atPath: workspace.file(name))
                try Fixtures.copy(try await Fixtures.cuts(), to: workspace.file(name))
            }
            let worker = try #require(Processes.children(of: supervisor).first)
            kill(worker, SIGSEGV)
            let result = try await withDeadline(seconds: 30) { await running.result() }
            #expect(result.status == 0, "\(result.errorText)")
            #expect(statuses(try summary(workspace)) == ["a.mp4": "done", "b.mp4": "done"])
            #expect(workspace.leftovers == [])
        }
    }
}
