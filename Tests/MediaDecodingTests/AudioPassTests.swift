import Foundation
import MediaValues
import PluginKit
import Testing

@testable import MediaDecoding

@Suite struct AudioPassTests {
    private func samples(_ path: String, _ demand: AudioDemand) async throws -> [Float] {
        let result = try await Passes.run(path, [MediaDemand(audio: demand)])
        #expect(result.audioErrors == [nil])
        return result.audio[0].flatMap(\.samples)
    }

    @Test(arguments: [("wav", 32000), ("flac", 32000)]) func sampleCountIsExact(kind: String, expected: Int)
        async throws
    {
        let path = try TestMedia.make("count.\(kind)", "-f lavfi -i sine=r=48000:d=2 -ac 2")
        let result = try await Passes.run(path, [MediaDemand(audio: .speech), MediaDemand(audio: AudioDemand())])
        let speech = result.audio[0]
        #expect(abs(speech.reduce(0) { $0 + $1.frameCount } - expected) <= 1)
        #expect(speech.allSatisfy { $0.sampleRate == 16000 && $0.channels == 1 && $0.frameCount <= 8000 })
        #expect(result.audio[1].reduce(0) { $0 + $1.frameCount } == 96000)
        #expect(result.audio[1].allSatisfy { $0.sampleRate == 48000 && $0.channels == 2 })
        #expect(result.report.samplesDecoded == 96000)
        // Each buffer starts where the one before it ends.
        var position: Int64 = 0
        for buffer in speech {
            #expect(buffer.start.ticks == position)
            position += Int64(buffer.frameCount)
        }
    }

    @Test func holesBecomeSilence() async throws {
        let path = try TestMedia.make(
            "hole.mkv", "-f lavfi -i sine=r=16000:d=3 -af 'aselect=not(between(t\\,1\\,1.999))' -c:a pcm_s16le")
        let found = try await samples(path, .speech)
        #expect(abs(found.count - 48000) < 200)
        #expect(found[18000..<30000].allSatisfy { $0 == 0 })
        #expect(found[2000..<14000].contains { abs($0) > 0.05 })
        #expect(found[34000..<46000].contains { abs($0) > 0.05 })
    }

    @Test func aLateStartIsSilence() async throws {
        let path = try TestMedia.make(
            "late.mkv",
            "-f lavfi -i testsrc2=s=64x48:r=25:d=2 -itsoffset 0.5 -f lavfi -i sine=r=16000:d=1 -map 0 -map 1 "
                + "-c:a pcm_s16le -c:v libx264")
        let found = try await samples(path, .speech)
        #expect(found.prefix(7900).allSatisfy { $0 == 0 })
        #expect(found[8100..<9000].contains { abs($0) > 0.05 })
        #expect(abs(found.count - 24000) < 200)
    }

    @Test func timelineFillsTrimsAndRestarts() {
        var timeline = AudioTimeline(sampleRate: 1000, durationSeconds: 10)
        func at(_ milliseconds: Int64) -> MediaTime { MediaTime(milliseconds: milliseconds) }
        #expect(timeline.place(count: 100, at: at(-30)) == .init(silence: 0, skipped: 30))
        #expect(timeline.place(count: 100, at: at(90)) == .init())
        #expect(timeline.place(count: 100, at: at(400)) == .init(silence: 230, skipped: 0))
        #expect(timeline.place(count: 100, at: at(400)) == .init(silence: 0, skipped: 100))
        #expect(timeline.position == 500)
        // A restart of the timestamps, forwards beyond the file and backwards.
        #expect(timeline.place(count: 1000, at: at(90_000)) == .init())
        #expect(timeline.place(count: 100, at: at(91_000)) == .init())
        #expect(timeline.place(count: 100, at: nil) == .init())
        #expect(timeline.place(count: 100, at: at(0)) == .init())
        #expect(timeline.position == 1800)
        timeline.changeRate(to: 2000)
        #expect(timeline.position == 3600)
    }

    @Test func writesWaves() async throws {
        let path = TestMedia.directory + "/written.wav"
        let writer = try WAVWriter(path: path, sampleRate: 16000, channels: 1)
        try writer.append([0, 0.5, -0.5, 1, -1, 2, .nan] + [Float](repeating: 0.25, count: 15993))
        try writer.finish()
        let description = try await Passes.describe(path)
        #expect(description.container.durationMs == 1000)
        let found = try await samples(path, AudioDemand())
        #expect(found.count == 16000)
        #expect(found.prefix(3) == [0, 0.5, -0.5])
        #expect(found[4] == -1 && found[3] > 0.9999 && found[5] > 0.9999)
    }
}
