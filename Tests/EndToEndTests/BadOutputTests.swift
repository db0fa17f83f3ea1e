import Foundation
import Testing
import VideoExtractTesting

extension EndToEnd {
    /// Places that cannot be written to.
    struct BadOutputTests {
        /// Runs the program as somebody who is bound by permissions, also where the tests run as root.
        private func runUnprivileged(_ workspace: Workspace, _ arguments: [String]) async throws -> ProgramResult {
            guard getuid() == 0 else { return try await workspace.run(arguments) }
            return try await BinaryRunner.run(
                "setpriv", ["--reuid=65534", "--clear-groups", Workspace.program] + arguments,
                environment: workspace.environment, directory: workspace.folder.file("work"))
        }

        private func openToEverybody(_ workspace: Workspace) {
            for path in [workspace.folder.path, workspace.folder.file("tmp")] { chmod(path, 0o777) }
        }

        @Test func readOnlyOutputFolder() async throws {
            let workspace = try Workspace()
            openToEverybody(workspace)
            try Fixtures.copy(try await Fixtures.cuts(), to: workspace.file("cuts.mp4"))
            try workspace.folder.write("", to: "work/out/.keep")
            chmod(workspace.file("out"), 0o555)
            let result = try await runUnprivileged(
                workspace, ["perf", "cuts.mp4", "--ops", "scenes", "--stream", "--output-dir", "out"])
            #expect(result.status == 1)
            #expect(try Run(result).operation("scenes")?["error"]?["code"]?.string == "output_failed")
            #expect(result.errorText.contains("out/cuts: Permission denied"), "\(result.errorText)")
            #expect(result.errorText.contains("choose a folder that you may write to"), "\(result.errorText)")
            #expect(workspace.folder.names(in: "work/out") == [".keep"])
            #expect(workspace.leftovers == [])
        }

        @Test func readOnlyCacheFolder() async throws {
            let workspace = try Workspace()
            openToEverybody(workspace)
            try Fixtures.copy(try await Fixtures.cuts(), to: workspace.file("cuts.mp4"))
            try workspace.folder.write("", to: "locked/.keep")
            chmod(workspace.folder.file("locked"), 0o555)
            let result = try await runUnprivileged(
                workspace,
                [
                    "perf", "cuts.mp4", "--ops", "scenes", "--stream", "--cache-dir",
                    workspace.folder.file("locked/cache"),
                ])
            #expect(result.status == 1)
            #expect(result.errorText.contains("--cache-dir"), "\(result.errorText)")
            #expect(result.errorText.contains("--no-cache"))
        }

        private static let canMount = getuid() == 0

        /// The journal cannot grow: the run ends with an error instead of waiting for its worker.
        @Test(.enabled(if: canMount, "mounting a small disk needs root"))
        func bulkEndsWhenItsJournalCannotBeWritten() async throws {
            let workspace = try Workspace()
            let disk = workspace.folder.file("disk")
            try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
            let mounting = try await BinaryRunner.run("mount", ["-t", "tmpfs", "-o", "size=96k", "tmpfs", disk])
            try #require(mounting.status == 0, "\(mounting.errorText)")
            let cuts = try await Fixtures.cuts()
            for number in 0..<40 { try Fixtures.copy(cuts, to: workspace.file("in/\(number).mp4")) }
            let arguments = ["bulk", "in", "--ops", "metadata", "--no-cache", "--output-dir", disk]
            let result = try await withDeadline(seconds: 60) { try await workspace.run(arguments) }
            _ = try await BinaryRunner.run("umount", [disk])
            #expect(result.status == 1)
            #expect(result.errorText.contains("No space left on device"), "\(result.errorText)")
        }

        /// A disk of one mebibyte where the tests may mount one; otherwise a limit on the size of files.
        @Test(arguments: ["cache", "output"])
        func fullDisk(place: String) async throws {
            let workspace = try Workspace()
            let disk = workspace.folder.file("disk")
            try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
            let mounting = try await BinaryRunner.run("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk])
            let isMounted = mounting.status == 0
            let tone = try await MediaGenerator.shared.file(.tone(seconds: 60))
            var arguments = [
                "perf", tone, "--ops", "audio(sample_rate=48000),metadata", "--stream", "--output-dir",
                place == "output" ? disk + "/out" : "out",
            ]
            if place == "cache" { arguments += ["--cache-dir", disk + "/cache"] }
            let result: ProgramResult
            if isMounted {
                result = try await workspace.run(arguments)
            } else {
                result = try await BinaryRunner.run(
                    "bash", ["-c", "ulimit -f 1024; exec \"$0\" \"$@\"", Workspace.program] + arguments,
                    environment: workspace.environment, directory: workspace.folder.file("work"))
            }
            let remains = ["cache/results/staging", "out"].flatMap { workspace.folder.files(below: "disk/" + $0) }
                .filter { $0.hasSuffix(".tmp") || $0.hasSuffix(".wav") }
            if isMounted { _ = try await BinaryRunner.run("umount", [disk]) }
            #expect(result.status == 1, "\(result.errorText)")
            let run = try Run(result)
            #expect(run.operation("audio")?["error"]?["code"]?.string == "output_failed")
            #expect(run.status("metadata") == "done")
            #expect(result.errorText.contains("audio: cannot write"), "\(result.errorText)")
            if isMounted {
                #expect(result.errorText.contains("No space left on device; free some space"), "\(result.errorText)")
            }
            #expect(remains == [])
            #expect(workspace.leftovers == [])
        }

        @Test func outputThatIsAFile() async throws {
            let workspace = try Workspace()
            try workspace.folder.write("precious", to: "work/out")
            let run = try await workspace.perf(try await Fixtures.cuts(), "scenes")
            #expect(run.result.status == 1)
            #expect(run.operation("scenes")?["error"]?["code"]?.string == "output_failed")
            #expect(workspace.folder.text("work/out") == "precious")
        }

        @Test func linesToAPlaceThatIsNotThere() async throws {
            let workspace = try Workspace()
            let result = try await workspace.run(
                ["perf", try await Fixtures.cuts(), "--ops", "scenes", "--output", "nowhere/lines.jsonl"])
            #expect(result.status == 1)
            #expect(result.errorText.contains("nowhere/lines.jsonl: No such file or directory"))
        }
    }
}
