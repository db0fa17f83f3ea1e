import Foundation
import MediaValues
import PluginKit
import Synchronization
import Testing

@testable import MediaDecoding

@Suite struct ControlTests {
    /// A minute of small pictures and sound: more than any channel holds.
    private static let long = Result {
        try TestMedia.make(
            "long.mp4",
            "-f lavfi -i testsrc2=s=160x90:r=25:d=60 -f lavfi -i sine=r=16000:d=60 -c:v libx264 -preset ultrafast -g 50"
        )
    }

    @Test func cancellationEndsThePass() async throws {
        // A machine under load may be late once; a pass that waits for something is late every time.
        var durations: [Duration] = []
        for threads in 1...3 { durations.append(try await timeToCancel(threads: threads)) }
        #expect(durations.contains { $0 < .milliseconds(200) }, "\(durations)")
    }

    /// Cancels a pass in the middle, checks how its feeds end, and returns how long its end took.
    private func timeToCancel(threads: Int) async throws -> Duration {
        let handle = try await Passes.open(.file(path: Self.long.get()))
        let pass = try await handle.makePass(
            [MediaDemand(video: VideoDemand(.everyFrame), audio: .speech)], options: DecodingOptions(threads: threads))
        // Nobody reads the sound, so the pass cannot end by itself.
        let running = Task { await pass.run() }
        let video = try #require(pass.feeds[0].video)
        let audio = try #require(pass.feeds[0].audio)
        let iterator = video.makeAsyncIterator()
        #expect(try await iterator.next() != nil)
        let clock = ContinuousClock()
        let taken = await clock.measure {
            running.cancel()
            _ = await running.value
        }
        await #expect(throws: CancellationError.self) {
            while try await iterator.next() != nil {}
        }
        await #expect(throws: CancellationError.self) {
            for try await _ in audio {}
        }
        return taken
    }

    @Test(arguments: [VideoDemand.Selection.everyFrame, .keyframes(minimumInterval: 0)])
    func abandonedFeedsEndThePass(selection: VideoDemand.Selection) async throws {
        let handle = try await Passes.open(.file(path: Self.long.get()))
        let pass = try await handle.makePass(
            [MediaDemand(video: VideoDemand(selection)), MediaDemand(video: VideoDemand(selection))],
            options: DecodingOptions(threads: 2))
        async let report = pass.run()
        for feed in pass.feeds {
            for try await _ in try #require(feed.video) { break }
        }
        let found = await report
        #expect(found.framesDecoded >= 1)
        #expect(found.framesDecoded < (selection == .everyFrame ? 1500 : 30))
        #expect(found.warnings.isEmpty)
    }

    @Test func oneConsumerLeavingDoesNotDisturbTheOther() async throws {
        let handle = try await Passes.open(.file(path: TestMedia.clip.get()))
        let pass = try await handle.makePass(
            [
                MediaDemand(video: VideoDemand(.everyFrame)),
                MediaDemand(video: VideoDemand(.everyFrame), audio: .speech),
            ],
            options: DecodingOptions(threads: 2))
        pass.feeds[0].video?.abandon()
        pass.feeds[1].audio?.abandon()
        async let report = pass.run()
        var count = 0
        for try await _ in try #require(pass.feeds[1].video) { count += 1 }
        #expect(count == 100)
        #expect(await report.framesDecoded == 100)
    }

    @Test func soundIsNotHeldUpByPictures() async throws {
        let handle = try await Passes.open(.file(path: Self.long.get()))
        let pass = try await handle.makePass(
            [MediaDemand(video: VideoDemand(.everyFrame)), MediaDemand(audio: .speech)],
            options: DecodingOptions(threads: 2))
        async let report = pass.run()
        // All the sound is read before the first picture.
        var samples = 0
        for try await buffer in try #require(pass.feeds[1].audio) { samples += buffer.frameCount }
        #expect(abs(samples - 960_000) < 2000)
        var pictures = 0
        for try await _ in try #require(pass.feeds[0].video) { pictures += 1 }
        #expect(pictures == 1500)
        #expect(await report.warnings.isEmpty)
    }

    @Test func aSecondPassStartsAgain() async throws {
        let handle = try await Passes.open(.file(path: TestMedia.clip.get()))
        let demand = [MediaDemand(video: VideoDemand(.keyframes(minimumInterval: 0)))]
        #expect(try await Passes.run(handle, demand).video[0].count == 4)
        #expect(try await Passes.run(handle, demand).video[0].count == 4)
    }

    @Test func framesOutliveTheirHandle() async throws {
        weak var storage: (any PixelStorage)?
        do {
            let frames = try await Passes.run(
                TestMedia.clip.get(), [MediaDemand(video: VideoDemand(.keyframes(minimumInterval: 0)))]
            ).video[0]
            storage = frames[0].storage
            #expect(storage != nil)
            #expect(frames[0].luma.joined().contains { $0 > 100 })
        }
        #expect(storage == nil)
    }

    @Test func identityIsTheContent() async throws {
        let path = try TestMedia.clip.get()
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        let file = try await Passes.open(.file(path: path))
        let memory = try await Passes.open(.bytes(bytes, formatHint: "mp4"))
        #expect(file.identity == ContentHash.blake3(of: bytes))
        #expect(memory.identity == file.identity)
        #expect(memory.byteCount == Int64(bytes.count))
        #expect(file.formatHint == "mp4")
        #expect(try await memory.describe().streams.count == 2)
    }

    @Test func spoolsWhatCannotSeek() throws {
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: TestMedia.clip.get())))
        let descriptor = open(try TestMedia.clip.get(), O_RDONLY)
        defer { close(descriptor) }
        let before = try FileManager.default.contentsOfDirectory(atPath: TestMedia.directory).filter {
            $0.contains("XX")
        }
        let spooled = try InputSpool.spool(
            descriptor: descriptor, directory: TestMedia.directory, isCancelled: { false })
        #expect(spooled.hash == ContentHash.blake3(of: bytes))
        #expect(spooled.source.byteCount == Int64(bytes.count))
        #expect(before.isEmpty)
        #expect(throws: PluginError.self) {
            try InputSpool.spool(descriptor: descriptor, directory: TestMedia.directory, isCancelled: { true })
        }
    }

    @Test func memoRemembersUnchangedFiles() throws {
        let folder = TestMedia.directory + "/memo"
        let path = try TestMedia.write("memo.bin", [1, 2, 3])
        let file = try LocalFile.open(path)
        let later = file.modified.seconds + 10
        let memo = HashMemo(directory: folder, now: { later })
        let hash = ContentHash.blake3(of: "anything")
        #expect(memo.hash(for: file) == nil)
        memo.remember(hash, for: file)
        #expect(memo.hash(for: file) == hash)
        // Too young to be trusted.
        #expect(HashMemo(directory: folder, now: { later - 9 }).hash(for: file) == nil)
        // Another content in the same place.
        let rewritten = try LocalFile.open(TestMedia.write("memo.bin", [1, 2, 3, 4]))
        #expect(memo.hash(for: rewritten) == nil)
        // A damaged memo is not believed.
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder + "/content-hashes")))
        bytes[40] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: folder + "/content-hashes"))
        #expect(memo.hash(for: file) == nil)
    }

    @Test func addressesNeedAValidator() {
        func identity(_ tag: String?, _ date: String?) -> ContentHash? {
            FFmpegMediaAccess.identity(
                finalURL: "https://example.org/a.mp4", entityTag: tag, lastModified: date, size: 5)
        }
        #expect(identity(nil, nil) == nil)
        #expect(identity("W/\"weak\"", nil) == nil)
        #expect(identity("\"a\"", nil) != nil)
        #expect(identity("\"a\"", nil) != identity("\"b\"", nil))
        #expect(identity(nil, "Mon, 01 Jan 2024 00:00:00 GMT") != nil)
    }
}
