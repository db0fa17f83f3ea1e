import Foundation
import MediaDecoding
import MediaValues
import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

/// Fingerprints of made films: pictures of random blocks, a random melody.
struct FingerprintMediaTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// Grey pictures of 16x9 blocks, one for each second, and notes of a quarter of a second at 16 kHz.
    private func source(_ name: String, seconds: Int, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let pictures = (0..<seconds * 16 * 9).map { _ in UInt8.random(in: 20...235, using: &generator) }
        var sound: [Int16] = []
        for _ in 0..<seconds * 4 {
            let notes = (0..<3).map { _ in 220 * pow(2, Double.random(in: 0..<3.5, using: &generator)) }
            for sample in 0..<4000 {
                let time = Double(sample) / 16000
                let value = notes.reduce(0) { $0 + sin(2 * .pi * $1 * time) } * exp(-3 * time)
                sound.append(Int16(value * 6000))
            }
        }
        try Data(pictures).write(to: URL(fileURLWithPath: folder.file(name + ".gray")))
        try sound.withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: folder.file(name + ".pcm"))) }
    }

    private func ffmpeg(_ arguments: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["ffmpeg", "-nostdin", "-v", "error", "-y"] + arguments.split(separator: " ").map(String.init)
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "ffmpeg \(arguments)")
    }

    private func film(_ name: String, _ sources: [String], _ options: String = "") throws {
        let pictures = try sources.map { try Data(contentsOf: URL(fileURLWithPath: folder.file($0 + ".gray"))) }
        let sound = try sources.map { try Data(contentsOf: URL(fileURLWithPath: folder.file($0 + ".pcm"))) }
        try Data(pictures.joined()).write(to: URL(fileURLWithPath: folder.file("joined.gray")))
        try Data(sound.joined()).write(to: URL(fileURLWithPath: folder.file("joined.pcm")))
        try ffmpeg(
            "-f rawvideo -pix_fmt gray -s 16x9 -r 1 -i joined.gray -f s16le -ar 16000 -ac 1 -i joined.pcm "
                + "-vf scale=320:180,format=yuv420p -r 25 -c:v libx264 -preset ultrafast -crf 20 -c:a aac -b:a 96k \(name)"
        )
    }

    private func fingerprint(_ name: String) async throws -> MediaFingerprint {
        let plugin = DuplicatesPlugin(manifest: .named("duplicates", output: .fingerprint))
        #expect(try plugin.mediaDemand(for: .init("duplicates")).acceptsAnyTrack)
        let run = try await PluginRun.run(plugin, file: folder.file(name))
        return try run.output.document(as: MediaFingerprint.self)
    }

    @Test func madeFilmsAreTold() async throws {
        try source("opening", seconds: 5, seed: 1)
        try source("one", seconds: 12, seed: 2)
        try source("other", seconds: 12, seed: 3)
        try film("a.mp4", ["opening", "one"])
        try film("b.mp4", ["opening", "other"])
        // Re-encoded smaller between bars, louder, brighter; and trimmed away from whole seconds.
        try ffmpeg(
            "-i a.mp4 -vf scale=240:136,eq=brightness=0.05:contrast=1.1,pad=240:180:0:22 -crf 32 -preset ultrafast "
                + "-af volume=1.5 -c:a libmp3lame -b:a 48k -ar 44100 copy.mkv")
        try ffmpeg(
            "-ss 3.37 -i a.mp4 -t 11.2 -vf scale=426:240 -crf 28 -preset ultrafast -c:a libopus -b:a 32k trim.mkv")
        try ffmpeg(
            "-f lavfi -i color=c=black:s=320x180:r=25:d=8 -f lavfi -i anullsrc=r=16000:cl=mono -t 8 -preset ultrafast black.mp4"
        )
        try ffmpeg("-i a.mp4 -vn -c:a libmp3lame -b:a 64k sound.mp3")
        try ffmpeg("-i copy.mkv -an -c copy mute.mkv")
        var files: [String: MediaFingerprint] = [:]
        for name in ["a.mp4", "b.mp4", "copy.mkv", "trim.mkv", "black.mp4", "sound.mp3", "mute.mkv"] {
            files[name] = try await fingerprint(name)
        }
        let black = try #require(files["black.mp4"])
        #expect(black.video.allSatisfy { $0 == "0000000000000000" } && black.audio.allSatisfy { $0 == "00000000" })
        #expect(black.video.count == 16)
        #expect(files["a.mp4"]?.video.count == 34)
        func match(_ first: String, _ second: String) throws -> FingerprintMatch {
            try FingerprintMatch.compare(#require(files[first]), #require(files[second]))
        }
        let copy = try match("a.mp4", "copy.mkv")
        #expect(copy.verdict == .same && copy.offsetMs.map { abs($0) <= 125 } == true)
        #expect(copy.videoScore.map { $0 > 0.9 } == true && copy.audioScore.map { $0 > 0.9 } == true)
        let trim = try match("a.mp4", "trim.mkv")
        #expect(trim.verdict == .same && trim.offsetMs.map { abs($0 + 3370) <= 550 } == true)
        #expect(trim.videoScore.map { $0 > 0.8 } == true && trim.audioScore.map { $0 > 0.8 } == true)
        let opening = try match("a.mp4", "b.mp4")
        #expect(opening.verdict == .sharedIntro)
        #expect(opening.spans.allSatisfy { $0.firstStartMs < 2000 && $0.firstEndMs < 6500 })
        #expect(try match("trim.mkv", "b.mp4").verdict != .same)
        #expect(try match("a.mp4", "sound.mp3").verdict == .same)
        #expect(try match("a.mp4", "mute.mkv").verdict == .same)
        #expect(try match("sound.mp3", "mute.mkv").verdict == .different)
        for name in files.keys { #expect(try match("black.mp4", name).verdict == .different) }
        let pairs = try DuplicateFinder.find(
            in: files.sorted { $0.key < $1.key }.map { (name: $0.key, fingerprint: $0.value) })
        #expect(pairs.contains { $0.first == "a.mp4" && $0.second == "copy.mkv" && $0.match.verdict == .same })
        #expect(!pairs.contains { $0.first == "black.mp4" || $0.second == "black.mp4" })
    }

    @Test func barsAreWhatStaysBlack() {
        func picture(_ value: (Int, Int) -> UInt8) -> LumaPicture {
            LumaPicture(
                width: 40, height: 30, samples: (0..<30).flatMap { y in (0..<40).map { value($0, y) } })
        }
        let boxed = picture { _, y in (5..<25).contains(y) ? 120 : 4 }
        let dark = picture { x, y in x == 20 && y == 15 ? 200 : 3 }
        let full = PictureArea(left: 0, top: 0, right: 40, bottom: 30)
        let inner = PictureArea(left: 0, top: 5, right: 40, bottom: 25)
        #expect(PictureHashes.visibleArea(of: boxed, among: [boxed]) == inner)
        #expect(PictureHashes.visibleArea(of: dark, among: [dark, boxed]) == inner)
        #expect(PictureHashes.visibleArea(of: dark, among: [dark]) == full)
        let pillars = picture { x, _ in (10..<30).contains(x) ? 120 : 4 }
        #expect(
            PictureHashes.visibleArea(of: pillars, among: [dark])
                == PictureArea(left: 10, top: 0, right: 30, bottom: 30))
    }

    @Test func picturesStayUntilTheNextOne() {
        func picture(_ seed: UInt64) -> LumaPicture {
            var generator = SeededGenerator(seed: seed)
            return LumaPicture(
                width: 64, height: 36, samples: (0..<64 * 36).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }
        var hashes = PictureHashes()
        hashes.append(picture(1), at: 100)
        hashes.append(picture(2), at: 1400)
        hashes.append(LumaPicture(width: 64, height: 36, samples: [UInt8](repeating: 90, count: 64 * 36)), at: 1700)
        hashes.append(picture(1), at: 2200)
        hashes.finish(at: 3100)
        let found = hashes.hashes
        // Steps at 100, 600, …, 2600: the first picture three times, then each of the others once.
        #expect(found.count == 6)
        #expect(Set(found[..<3]).count == 1 && found[0] != 0)
        #expect(found[3] == Self.wholeHash(picture(2)))
        #expect(found[4] == 0)
        #expect(found[5] == found[0])
    }

    private static func wholeHash(_ picture: LumaPicture) -> UInt64 {
        let area = PictureArea(left: 0, top: 0, right: picture.width, bottom: picture.height)
        return PerceptualHash(samples: picture.cells(of: area)).bits
    }

    @Test func steadySoundSaysNothing() {
        var generator = SeededGenerator(seed: 5)
        var tone = SoundWords()
        tone.append((0..<16000).map { 0.5 * sin(2 * .pi * 440 * Float($0) / 8000) })
        #expect(tone.words.count == 12)
        #expect(tone.words.allSatisfy { $0 == 0 })
        var silence = SoundWords()
        silence.append([Float](repeating: 0, count: 16000))
        #expect(silence.words.allSatisfy { $0 == 0 })
        var invalid = SoundWords()
        invalid.append([Float](repeating: .nan, count: 16000))
        #expect(invalid.words.allSatisfy { $0 == 0 })
        // In pieces or at once is the same.
        let noise = (0..<24000).map { index in
            Float.random(in: -0.3...0.3, using: &generator) * (index / 2000 % 2 == 0 ? 1 : 0.1)
        }
        var whole = SoundWords()
        whole.append(noise)
        var pieces = SoundWords()
        for start in stride(from: 0, to: 24000, by: 777) {
            pieces.append(Array(noise[start..<min(24000, start + 777)]))
        }
        #expect(whole.words == pieces.words)
        #expect(whole.words.contains { $0 != 0 })
    }
}
