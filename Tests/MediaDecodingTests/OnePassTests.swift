import Foundation
import MediaValues
import PluginKit
import Testing

@testable import MediaDecoding

/// Everything demanded at once, with consumers that behave badly.
@Suite struct OnePassTests {
    /// A minute with a keyframe each second, stereo sound and two text tracks.
    private static let film = Result {
        let cues = (0..<60).map { "\($0 + 1)\n00:00:\(clock($0)),000 --> 00:00:\(clock($0)),900\nLine \($0)\n" }
        let text = try TestMedia.write("minute.srt", Array(cues.joined(separator: "\n").utf8))
        return try TestMedia.make(
            "minute.mkv",
            "-f lavfi -i testsrc2=s=320x180:r=25:d=60 -f lavfi -i sine=f=440:r=44100:d=60 -i \(text) -map 0 -map 1 "
                + "-map 2 -map 2 -c:v libx264 -preset ultrafast -g 25 -bf 2 -sc_threshold 0 -c:a aac -ac 2 -c:s srt")
    }

    private static func clock(_ second: Int) -> String { second < 10 ? "0\(second)" : String(second) }

    private static func packetCount(_ path: String) throws -> Int {
        try TestMedia.run(
            "ffprobe",
            ["-v", "error", "-count_packets", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0", path]
        ).split(whereSeparator: \.isNewline).compactMap { Int($0.split(separator: ",").last ?? "") }.reduce(0, +)
    }

    private static func count<Element>(_ channel: BoundedChannel<Element>?) async throws -> Int {
        var count = 0
        if let channel { for try await _ in channel { count += 1 } }
        return count
    }

    @Test func eachPacketIsDecodedOnceForEverybody() async throws {
        let path = try Self.film.get()
        let demands = [
            MediaDemand(video: VideoDemand(.keyframes(minimumInterval: 0))),
            MediaDemand(video: VideoDemand(.sampled(framesPerSecond: 2), form: .converted(.rgb24, maximumSide: 160))),
            MediaDemand(video: VideoDemand(.everyFrame, form: .reduced(maximumWidth: 64)), audio: .speech),
            MediaDemand(audio: AudioDemand(), subtitles: true),
            MediaDemand(subtitles: true),
        ]
        let handle = try await Passes.open(.file(path: path))
        let pass = try await handle.makePass(demands, options: DecodingOptions(threads: 2))
        let feeds = pass.feeds
        let progress = Guarded(0)
        async let report = pass.run()
        // Leaves early.
        async let sampled: Int = {
            for try await _ in try #require(feeds[1].video) { break }
            return 1
        }()
        async let everyFrame: Int = {
            for try await frame in try #require(feeds[2].video) {
                progress.withLock { $0 = (frame.frameNumber ?? 0) + 1 }
            }
            return progress.withLock { $0 }
        }()
        async let speech = Self.count(feeds[2].audio)
        async let ownRate = Self.count(feeds[3].audio)
        async let cues = Self.count(feeds[3].subtitles)
        async let sameCues = Self.count(feeds[4].subtitles)
        // Very slow: takes a picture only when everybody else has come to a halt.
        var keyframes = 0
        var furthestAhead = 0
        for try await _ in try #require(feeds[0].video) {
            var (seen, unchanged) = (-1, 0)
            while unchanged < 100 {
                await Task.yield()
                let now = progress.withLock { $0 }
                unchanged = now == seen ? unchanged + 1 : 0
                seen = now
            }
            keyframes += 1
            furthestAhead = max(furthestAhead, seen - keyframes * 25)
        }
        #expect(keyframes == 60)
        #expect(try await everyFrame == 1500)
        #expect(try await sampled == 1)
        // Chunks of half a second; the codec's delay may begin another one.
        #expect(try await (120...121).contains(speech))
        #expect(try await (120...121).contains(ownRate))
        #expect(try await (cues, sameCues) == (120, 120))
        let result = await report
        #expect(result.packetsDecoded == (try Self.packetCount(path)))
        #expect(result.packetsRead == result.packetsDecoded)
        #expect(result.framesDecoded == 1500)
        #expect(result.warnings.isEmpty)
        // Whole pictures that wait: what the slow one's channel holds, and the one that it is handed.
        #expect(furthestAhead <= (VideoOutput.capacity(.fullSize) + 2) * 25)
    }

    @Test func everybodyLeavesAtOnce() async throws {
        let handle = try await Passes.open(.file(path: Self.film.get()))
        let demands = [
            MediaDemand(video: VideoDemand(.everyFrame), audio: .speech, subtitles: true), MediaDemand(subtitles: true),
        ]
        let pass = try await handle.makePass(demands, options: DecodingOptions(threads: 2))
        for feed in pass.feeds { feed.abandon() }
        let report = await pass.run()
        // What two lanes hold until the decoders notice; the file has 4200.
        #expect(report.packetsRead < 1000)
    }

    @Test func onlyTextIsLeft() async throws {
        let handle = try await Passes.open(.file(path: Self.film.get()))
        let demands = [MediaDemand(video: VideoDemand(.everyFrame), audio: .speech), MediaDemand(subtitles: true)]
        let pass = try await handle.makePass(demands, options: DecodingOptions(threads: 2))
        pass.feeds[0].abandon()
        async let report = pass.run()
        #expect(try await Self.count(pass.feeds[1].subtitles) == 120)
        #expect(await report.warnings.isEmpty)
    }

    @Test func queuesHaveACeiling() throws {
        // A dense lane that starves lets the other one grow; a sparse one does not.
        let queues = PacketQueues(lanes: 2, sparse: [1])
        var pushed = 0
        while !queues.isFull(lane: 0), pushed < 100 {
            #expect(queues.push(try Packet(byteCount: 1 << 20), lane: 0))
            pushed += 1
        }
        #expect(pushed == 4)
        let dense = PacketQueues(lanes: 2)
        pushed = 0
        while !dense.isFull(lane: 0), pushed < 100 {
            #expect(dense.push(try Packet(byteCount: 1 << 20), lane: 0))
            pushed += 1
        }
        #expect(pushed == 24)
    }
}
