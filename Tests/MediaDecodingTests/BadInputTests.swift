import Foundation
import MediaValues
import PluginKit
import Testing

@testable import MediaDecoding

@Suite struct BadInputTests {
    @Test func missingFile() async throws {
        let error = try #require(await Passes.failure("/nowhere/at/all.mp4"))
        #expect(error.code == .sourceNotFound)
        #expect(error.message.contains("/nowhere/at/all.mp4"))
    }

    @Test func folder() async throws {
        #expect(await Passes.failure(TestMedia.directory)?.code == .sourceNotFound)
    }

    @Test func emptyFile() async throws {
        let path = try TestMedia.write("empty.mp4", [])
        #expect(await Passes.failure(path)?.code == .sourceEmpty)
    }

    @Test func namedPipe() async throws {
        let path = TestMedia.directory + "/pipe.mp4"
        #expect(mkfifo(path, 0o600) == 0)
        #expect(await Passes.failure(path)?.code == .sourceUnreadable)
    }

    @Test(.disabled(if: getuid() == 0, "root reads everything")) func unreadableFile() async throws {
        let path = try TestMedia.write("locked.mp4", [1, 2, 3])
        #expect(chmod(path, 0) == 0)
        #expect(await Passes.failure(path)?.code == .sourceUnreadable)
    }

    @Test(arguments: ["text.mp4", "text.mkv", "text.jpg", "text.wav", "text"])
    func textWithAnotherName(name: String) async throws {
        let path = try TestMedia.write(name, Array(String(repeating: "This is only text.\n", count: 400).utf8))
        #expect(await Passes.failure(path)?.code == .notMedia)
    }

    @Test func headerWithoutIndex() async throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: TestMedia.clip.get()))
        let path = try TestMedia.write("no-index.mp4", whole.prefix(64))
        let error = try #require(await Passes.failure(path))
        #expect(error.code == .corruptMedia, "\(error.fullDescription)")
    }

    @Test func playlistsAreRefused() async throws {
        let clip = try TestMedia.clip.get()
        let list = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:4\n#EXTINF:4.0,\n\(clip)\n#EXT-X-ENDLIST\n"
        let playlist = try TestMedia.write("list.m3u8", Array(list.utf8))
        let renamed = try TestMedia.write("list.mp4", Array(list.utf8))
        let concat = try TestMedia.write("list.txt", Array("ffconcat version 1.0\nfile '\(clip)'\n".utf8))
        let session = try TestMedia.write(
            "session.sdp",
            Array("v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9999 RTP/AVP 96\n".utf8))
        for path in [playlist, renamed, concat, session] {
            let error = try #require(await Passes.failure(path), "\(path)")
            #expect(error.code == .refused, "\(path): \(error)")
        }
    }

    @Test func truncatedFileGivesWhatIsThere() async throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: TestMedia.clip.get()))
        let path = try TestMedia.write("truncated.mp4", whole.prefix(whole.count / 2))
        let result = try await Passes.run(path, [MediaDemand(video: VideoDemand(.everyFrame), audio: .speech)])
        #expect(result.video[0].count > 10)
        #expect(result.video[0].count < 100)
        #expect(result.report.warnings.contains { $0.contains("ends early") || $0.contains("damaged") })
    }

    @Test func damagedBytesGiveAWarning() async throws {
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: TestMedia.clip.get())))
        for index in stride(from: bytes.count / 3, to: bytes.count / 3 * 2, by: 97) { bytes[index] ^= 0x5A }
        let path = try TestMedia.write("damaged.mp4", bytes)
        let result = try await Passes.run(path, [MediaDemand(video: VideoDemand(.everyFrame))])
        #expect(result.video[0].count > 10)
        #expect(result.report.warnings.contains { $0.contains("damaged") })
        #expect(result.report.warnings.count <= PassLedger.maximumWarnings)
    }

    @Test func nothingDecodableFailsTheFeed() async throws {
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: TestMedia.clip.get())))
        // The samples follow the index (faststart); all of them are wiped.
        let start = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("mdat".utf8)) }) + 4
        for index in start..<bytes.count { bytes[index] = 0xFF }
        let path = try TestMedia.write("wiped.mp4", bytes)
        let handle = try await Passes.open(.file(path: path))
        let result = try? await Passes.run(handle, [MediaDemand(video: VideoDemand(.everyFrame))])
        if let result {
            #expect(result.video[0].isEmpty)
            #expect(result.videoErrors == [PluginError?.some(try #require(result.videoErrors[0]))])
            #expect(result.videoErrors[0]?.code == .corruptMedia)
        }
    }

    @Test(.enabled(if: TestMedia.samples != nil)) func corruptedSample() async throws {
        let path = try #require(TestMedia.samples) + "/corrupted.mp4"
        let result = try await Passes.run(path, [MediaDemand(video: VideoDemand(.everyFrame))])
        #expect(result.video[0].count > 1)
        #expect(!result.report.warnings.isEmpty)
    }
}
