import Foundation
import Testing
import VideoExtractTesting

extension EndToEnd {
    /// Sources that are not local files.
    struct SourceTests {
        private static func folder() async throws -> String {
            (try await Fixtures.cuts() as NSString).deletingLastPathComponent
        }

        private static func name() async throws -> String { (try await Fixtures.cuts() as NSString).lastPathComponent }

        @Test func addressIsReadByRanges() async throws {
            let workspace = try Workspace()
            let name = try await Self.name()
            try await MediaServer.with(try await Self.folder()) { server in
                let local = try await workspace.perf(try await Fixtures.cuts(), "scenes", ["--no-cache"])
                for path in ["/files/", "/to/"] {
                    let run = try await workspace.perf(
                        server.url(path + name), "scenes", ["--allow-private-addresses", "--no-cache"])
                    #expect(run.result.status == 0, "\(run.result.errorText)")
                    #expect(run.document("scenes") == local.document("scenes"))
                }
                #expect(server.requests.contains { $0.hasPrefix("/files/\(name) bytes=") })
            }
            #expect(workspace.leftovers == [])
        }

        @Test(arguments: [
            ("/files/missing.mp4", "404", "source_not_found"), ("/loop", "redirect", "network"),
        ])
        func badAddressIsExplained(path: String, word: String, code: String) async throws {
            let workspace = try Workspace()
            try await MediaServer.with(try await Self.folder()) { server in
                let run = try await workspace.perf(server.url(path), "metadata", ["--allow-private-addresses"])
                #expect(run.result.status == 1)
                #expect(run.status("metadata") == "failed")
                #expect(run.operation("metadata")?["error"]?["code"]?.string == code)
                #expect(run.result.errorText.contains(server.url(path)))
                #expect(run.result.errorText.contains(word), "\(run.result.errorText)")
                #expect(server.requests.count < 12)
            }
            #expect(workspace.leftovers == [])
            #expect(workspace.folder.names(in: "work") == [])
        }

        @Test func privateAddressesAreRefused() async throws {
            let workspace = try Workspace()
            let name = try await Self.name()
            try await MediaServer.with(try await Self.folder()) { server in
                for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"] {
                    let run = try await workspace.perf("http://\(host):\(server.port)/files/\(name)", "metadata")
                    #expect(run.result.status == 1)
                    #expect(run.operation("metadata")?["error"]?["code"]?.string == "refused")
                    #expect(run.result.errorText.contains("--allow-private-addresses"), "\(run.result.errorText)")
                }
                #expect(server.requests == [])
            }
            #expect(workspace.folder.names(in: "work") == [])
        }

        @Test func stalledAddressIsGivenUpByTheTimeLimit() async throws {
            let workspace = try Workspace()
            let name = try await Self.name()
            try await MediaServer.with(try await Self.folder()) { server in
                let result = try await workspace.run([
                    "bulk", server.url("/slow/" + name), "--ops", "metadata", "--output-dir", "out",
                    "--allow-private-addresses", "--timeout", "0.5",
                ])
                #expect(result.status == 1)
                let file = try workspace.document("out/batch_summary.json")["files"]?[0]
                #expect(file?["status"]?.string == "timed_out")
                #expect(file?["errors"]?[0]?.string?.contains("--timeout") == true)
            }
            #expect(workspace.leftovers == [])
        }

        @Test(arguments: [
            ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nFILE\n#EXT-X-ENDLIST\n"),
            ("list.mp4", "ffconcat version 1.0\nfile 'FILE'\n"),
            ("list.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nfile://FILE\n#EXT-X-ENDLIST\n"),
            ("list.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"),
        ])
        func playlistsAreRefused(name: String, text: String) async throws {
            let workspace = try Workspace()
            let list = text.replacing("FILE", with: try await Fixtures.cuts())
            try workspace.folder.write(list, to: "work/" + name)
            let run = try await workspace.perf(name, "metadata,scenes")
            #expect(run.result.status == 1)
            for operation in ["metadata", "scenes"] {
                #expect(run.operation(operation)?["error"]?["code"]?.string == "refused")
            }
            #expect(run.result.errorText.contains("pass the media file itself"), "\(run.result.errorText)")
            #expect(workspace.leftovers == [])
        }

        @Test(arguments: [
            "ftp://127.0.0.1/x.mp4", "file:///etc/passwd", "concat:/etc/passwd", "pipe:0", "rtmp://localhost/x",
        ])
        func otherProtocolsAreNotReached(address: String) async throws {
            let workspace = try Workspace()
            let run = try await workspace.perf(address, "metadata")
            #expect(run.result.status == 1)
            #expect(run.status("metadata") == "failed")
        }
    }
}
