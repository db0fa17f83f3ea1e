import Foundation
import Testing
import VideoExtractTesting

extension EndToEnd {
    /// The command that compares files.
    struct DuplicatesTests {
        /// A moving picture with a rising tone, of its own kind for each `seed`, 12 s.
        private func film(_ seed: Int) async throws -> String {
            try await MediaGenerator.shared.file(
                MediaRecipe(
                    name: "film\(seed).mp4",
                    arguments: [
                        "-f", "lavfi", "-i", "gradients=size=320x180:rate=25:duration=12:seed=\(seed):speed=0.05",
                        "-f", "lavfi", "-i",
                        "aevalsrc='0.4*sin(2*PI*(200+\(seed)*60*t)*t)*(1+sin(\(seed)*t))':s=16000:d=12",
                        "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-threads", "1", "-c:a",
                        "aac",
                    ]))
        }

        private func copy(of path: String) async throws -> String {
            try await MediaGenerator.shared.file(
                MediaRecipe(
                    name: "copy.mkv",
                    arguments: [
                        "-i", path, "-vf", "scale=240:-2", "-c:v", "mpeg4", "-b:v", "200k", "-c:a", "aac", "-b:a",
                        "48k",
                    ]))
        }

        @Test func copiesAreFoundAndOthersAreNot() async throws {
            let workspace = try Workspace()
            let original = try await film(3)
            let copy = try await copy(of: original)
            let other = try await film(8)
            let result = try await workspace.run(["duplicates", original, other, copy, "--json"])
            #expect(result.status == 0, "\(result.errorText)")
            let document = try JSONValue(parsing: result.output)
            #expect(document["files_compared"]?.integer == 3)
            let pairs = try #require(document["pairs"]?.array)
            #expect(pairs.count == 1, "\(result.outputText)")
            #expect(pairs.first?["first"]?.string == original)
            #expect(pairs.first?["second"]?.string == copy)
            #expect(pairs.first?["match"]?["verdict"]?.string == "same")
            #expect(workspace.leftovers == [])
        }

        @Test func filesThatCannotBeComparedAreNamed() async throws {
            let workspace = try Workspace()
            let broken = try workspace.folder.write("no media", to: "work/broken.mp4")
            let result = try await workspace.run(["duplicates", broken, try await Fixtures.cuts(), "--json"])
            #expect(result.status == 1)
            #expect(result.errorText.contains("broken.mp4"))
            #expect(try JSONValue(parsing: result.output)["files_failed"]?.array.count == 1)
            let alone = try await workspace.run(["duplicates", broken])
            #expect(alone.status == 2)
            #expect(alone.errorText.contains("two files or more"))
        }
    }
}
