import Foundation
import Testing
import VideoExtractTesting

extension EndToEnd {
    /// Ctrl-C ends a run soon, and leaves nothing.
    struct InterruptionTests {
        /// The promised 200 ms, and 100 ms for a busy machine to schedule and to notice.
        private static let bound = Duration.milliseconds(300)

        /// Interrupts a run that `isUnderWay` and measures how long it takes to end.
        private func interrupt(
            _ workspace: Workspace, _ arguments: [String], signal: Int32 = SIGINT,
            whenever isUnderWay: @escaping @Sendable () -> Bool
        ) async throws -> (result: ProgramResult, time: Duration) {
            let running = try workspace.start(arguments)
            do {
                try await waitUntil(isUnderWay)
            } catch {
                running.signal(SIGKILL)
                throw error
            }
            let clock = ContinuousClock()
            let start = clock.now
            running.signal(signal)
            let result = try await withDeadline(seconds: 20) { await running.result() }
            return (result, clock.now - start)
        }

        private func fileIsInHand(_ workspace: Workspace, _ file: String) -> @Sendable () -> Bool {
            let stem = ((file as NSString).lastPathComponent as NSString).deletingPathExtension
            return {
                workspace.folder.text("work/out/\(stem)/.source") != nil
                    && workspace.folder.names(in: "cache/results/staging").count == 2
            }
        }

        @Test(arguments: [SIGINT, SIGTERM])
        func perfEndsSoon(signal: Int32) async throws {
            let file = try await Fixtures.endless()
            var times: [Duration] = []
            for _ in 0..<3 {
                let workspace = try Workspace()
                let arguments = [
                    "perf", file, "--ops", "scenes,audio,frames", "--output-dir", "out", "--output", "lines.jsonl",
                ]
                let (result, time) = try await interrupt(workspace, arguments, signal: signal) {
                    (workspace.folder.text("work/lines.jsonl") ?? "").contains("partial")
                }
                #expect(result.status == 130)
                #expect(workspace.leftovers == [])
                times.append(time)
            }
            #expect(times.sorted()[1] <= Self.bound, "\(times)")
        }

        @Test func bulkEndsSoon() async throws {
            let file = try await Fixtures.endless()
            var times: [Duration] = []
            for _ in 0..<3 {
                let workspace = try Workspace()
                let arguments = ["bulk", file, "--ops", "scenes,audio", "--output-dir", "out"]
                let (result, time) = try await interrupt(
                    workspace, arguments, whenever: fileIsInHand(workspace, file))
                #expect(result.status == 130)
                #expect(workspace.leftovers == [])
                times.append(time)
            }
            #expect(times.sorted()[1] <= Self.bound, "\(times)")
        }

        @Test func withoutCacheNothingStaysInTheTemporaryFolder() async throws {
            let workspace = try Workspace()
            let arguments = [
                "perf", try await Fixtures.endless(), "--ops", "scenes,audio,frames", "--output-dir", "out", "--output",
                "lines.jsonl", "--no-cache",
            ]
            let (result, _) = try await interrupt(workspace, arguments) {
                (workspace.folder.text("work/lines.jsonl") ?? "").contains("partial")
            }
            #expect(result.status == 130)
            #expect(workspace.leftovers == [])
        }

        @Test func waitingForTheNetworkEndsSoon() async throws {
            let file = try await Fixtures.cuts()
            let folder = (file as NSString).deletingLastPathComponent
            try await MediaServer.with(folder) { server in
                let workspace = try Workspace()
                let address = server.url("/slow/" + (file as NSString).lastPathComponent)
                let (result, time) = try await interrupt(
                    workspace, ["perf", address, "--ops", "metadata", "--allow-private-addresses"]
                ) { !server.requests.isEmpty }
                #expect(result.status == 130)
                #expect(time <= Self.bound)
                #expect(workspace.leftovers == [])
            }
        }

        @Test func hangingPluginIsEnded() async throws {
            let workspace = try Workspace()
            try workspace.folder.write(
                """
                name: hang
                version: "1.0.0"
                description: Never answers.
                inputs: [Metadata]
                outputs: [Nothing]
                operation: {name: hang}
                implementation:
                  process:
                    command: [sh, hang.sh]
                    timeout_s: 600
                """, to: "hang/hang.yaml")
            try workspace.folder.write("echo $$ > '\(workspace.file("hanging"))'\nexec sleep 600\n", to: "hang/hang.sh")
            let arguments = [
                "perf", try await Fixtures.cuts(), "--ops", "hang", "--plugins", workspace.folder.file("hang"),
            ]
            let (result, time) = try await interrupt(workspace, arguments) {
                workspace.folder.text("work/hanging")?.hasSuffix("\n") == true
            }
            #expect(result.status == 130)
            #expect(time <= Self.bound)
            let text = workspace.folder.text("work/hanging") ?? ""
            let plugin = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
            try await waitUntil(seconds: 5) { !Processes.isAlive(plugin) }
            #expect(workspace.leftovers == [])
        }
    }
}
