import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

/// Hashes made by chance, where every decision is known.
struct FingerprintMatchTests {
    private var generator = SeededGenerator(seed: 7)

    /// One picture for each second, which stays for two steps, and words.
    private mutating func film(seconds: Int) -> Film {
        Film(
            video: (0..<seconds).flatMap { _ in
                Array(repeating: UInt64.random(in: 1...UInt64.max, using: &generator), count: 2)
            },
            audio: (0..<seconds * 8).map { _ in UInt32.random(in: 1...UInt32.max, using: &generator) })
    }

    struct Film {
        var video: [UInt64]
        var audio: [UInt32]

        func cut(_ seconds: Range<Int>) -> Film {
            Film(
                video: Array(video[seconds.lowerBound * 2..<seconds.upperBound * 2]),
                audio: Array(audio[seconds.lowerBound * 8..<seconds.upperBound * 8]))
        }

        static func + (left: Film, right: Film) -> Film {
            Film(video: left.video + right.video, audio: left.audio + right.audio)
        }

        /// As a re-encoded copy comes out: a few bits of each picture and a tenth of the sound's bits differ.
        func noisy(_ generator: inout SeededGenerator) -> Film {
            var copy = self
            for index in copy.video.indices where copy.video[index] != 0 {
                for _ in 0..<4 { copy.video[index] ^= 1 << UInt64.random(in: 0..<64, using: &generator) }
            }
            for index in copy.audio.indices where copy.audio[index] != 0 {
                for bit in 0..<32 where Int.random(in: 0..<10, using: &generator) == 0 {
                    copy.audio[index] ^= 1 << UInt32(bit)
                }
            }
            return copy
        }

        func fingerprint(sound: Bool = true, pictures: Bool = true) -> MediaFingerprint {
            MediaFingerprint(
                algorithm: DuplicatesPlugin.algorithm, videoStepMs: 500,
                video: pictures ? video.map { String($0, radix: 16) } : [], audioStepMs: 125,
                audio: sound ? audio.map { String($0, radix: 16) } : [], durationMs: Int64(video.count) * 500)
        }
    }

    private func compare(_ first: Film, _ second: Film, sound: Bool = true, pictures: Bool = true) throws
        -> FingerprintMatch
    {
        let match = try FingerprintMatch.compare(
            first.fingerprint(sound: sound, pictures: pictures), second.fingerprint(sound: sound, pictures: pictures))
        let reverse = try FingerprintMatch.compare(
            second.fingerprint(sound: sound, pictures: pictures), first.fingerprint(sound: sound, pictures: pictures))
        #expect(match.verdict == reverse.verdict)
        return match
    }

    @Test(arguments: [(true, true), (true, false), (false, true)])
    mutating func copiesAndParts(sound: Bool, pictures: Bool) throws {
        let film = film(seconds: 60)
        let copy = film.noisy(&generator)
        let same = try compare(film, copy, sound: sound, pictures: pictures)
        #expect(same.verdict == .same && same.offsetMs == 0)
        #expect(same.videoScore == (pictures ? 1 : nil))
        #expect(same.audioScore.map { $0 > 0.95 } ?? !sound)
        let trimmed = try compare(film, copy.cut(13..<55), sound: sound, pictures: pictures)
        #expect(trimmed.verdict == .same && trimmed.offsetMs == -13_000)
        let part = try compare(film, copy.cut(20..<35), sound: sound, pictures: pictures)
        #expect(part.verdict == .contains && part.offsetMs == -20_000)
        #expect(part.spans.allSatisfy { $0.firstStartMs - $0.secondStartMs == 20_000 })
        let embedded = try compare(film.cut(20..<40), self.film(seconds: 40) + copy, sound: sound, pictures: pictures)
        #expect(embedded.verdict == .contains && embedded.offsetMs == 60_000)
        let other = try compare(film, self.film(seconds: 60), sound: sound, pictures: pictures)
        #expect(other.verdict == .different && other.spans.isEmpty)
    }

    @Test(arguments: [(true, true), (true, false), (false, true)])
    mutating func aSharedIntroIsNoCopy(sound: Bool, pictures: Bool) throws {
        let intro = film(seconds: 5)
        let (one, other) = (intro + film(seconds: 40), intro.noisy(&generator) + film(seconds: 25))
        let match = try compare(one, other, sound: sound, pictures: pictures)
        #expect(match.verdict == .sharedIntro)
        let span = try #require(match.spans.first)
        #expect(span.firstStartMs < 1000 && (4000...6000).contains(span.firstEndMs))
        // An opening and an ending, at other distances.
        let credits = film(seconds: 6)
        let both = try compare(one + credits, other + credits.noisy(&generator), sound: sound, pictures: pictures)
        #expect(both.verdict == .sharedIntro)
        let offsets = both.spans.map { (Double($0.secondStartMs - $0.firstStartMs) / 1000).rounded() }
        #expect(Set(offsets) == [0, -15])
    }

    @Test mutating func cutsInTheMiddleAreFollowed() throws {
        let film = film(seconds: 60)
        let copy = film.noisy(&generator)
        let cut = try compare(film, copy.cut(0..<20) + copy.cut(30..<60))
        #expect(cut.verdict == .same)
        #expect(Set(cut.spans.map { ($0.secondStartMs - $0.firstStartMs) / 1000 }) == [0, -10])
    }

    @Test mutating func nothingMatchesBlackSilenceAndStandingPictures() throws {
        let black = Film(video: Array(repeating: 0, count: 60), audio: Array(repeating: 0, count: 240))
        let film = film(seconds: 30)
        #expect(try compare(black, black).verdict == .different)
        #expect(try compare(black, film).verdict == .different)
        // The same cover over other sound is another piece; without sound it is the same picture.
        let cover = UInt64.random(in: 1...UInt64.max, using: &generator)
        let (one, other) = (
            Film(video: Array(repeating: cover, count: 60), audio: film.audio),
            Film(video: Array(repeating: cover, count: 60), audio: self.film(seconds: 30).audio)
        )
        #expect(try compare(one, other).verdict == .different)
        #expect(try compare(one, one).verdict == .same)
        #expect(try compare(one, other, sound: false).verdict == .same)
        // Black around the film is left out of the shares.
        #expect(try compare(film, black + film.noisy(&generator) + black).verdict == .same)
    }

    @Test mutating func soundUnderOtherPicturesIsNoCopy() throws {
        let (one, other) = (film(seconds: 30), film(seconds: 30))
        let match = try compare(one, Film(video: other.video, audio: one.audio))
        #expect(match.verdict == .sharedIntro && match.videoScore == 0 && match.audioScore == 1)
        let dubbed = try compare(one, Film(video: one.video, audio: other.audio))
        #expect(dubbed.verdict == .same && dubbed.audioScore == 0)
    }

    @Test mutating func imagesNeedToBeClose() throws {
        let hash = UInt64.random(in: 1...UInt64.max, using: &generator)
        func image(_ hash: UInt64) -> Film { Film(video: [hash], audio: []) }
        #expect(try compare(image(hash), image(hash ^ 0b111)).verdict == .same)
        #expect(try compare(image(hash), image(hash ^ 0xFFF)).verdict == .different)
        #expect(try compare(image(0), image(0)).verdict == .different)
    }

    @Test mutating func damagedFingerprintsAreRefused() throws {
        var damaged = film(seconds: 5).fingerprint()
        damaged.video[2] = "no number"
        let sound = film(seconds: 5).fingerprint()
        #expect(throws: PluginError.self) { try FingerprintMatch.compare(damaged, sound) }
        damaged = sound
        damaged.audioStepMs = 0
        #expect(throws: PluginError.self) { try FingerprintMatch.compare(damaged, sound) }
        damaged = sound
        damaged.algorithm = "another"
        #expect(throws: PluginError.self) { try FingerprintMatch.compare(damaged, sound) }
        let empty = MediaFingerprint(
            algorithm: sound.algorithm, videoStepMs: 500, video: [], audioStepMs: 125, audio: [], durationMs: 0)
        #expect(try FingerprintMatch.compare(empty, sound).verdict == .different)
        #expect(try FingerprintMatch.compare(empty, empty).verdict == .different)
    }

    @Test mutating func manyFilesFindTheirOwn() throws {
        let intro = film(seconds: 5)
        var files: [(name: String, fingerprint: MediaFingerprint)] = []
        var expected: Set<String> = []
        for index in 0..<40 {
            let own = film(seconds: 20)
            // Every fourth begins with the same opening, every eighth has a copy.
            files.append(("film \(index)", (index % 4 == 0 ? intro + own : own).fingerprint()))
            if index % 8 == 1 {
                files.append(("copy \(index)", own.cut(3..<18).noisy(&generator).fingerprint()))
                expected.insert("film \(index)/copy \(index)")
            }
        }
        let pairs = try DuplicateFinder.find(in: files)
        let copies = pairs.filter { $0.match.verdict == .same || $0.match.verdict == .contains }
        #expect(Set(copies.map { "\($0.first)/\($0.second)" }) == expected)
        #expect(pairs.filter { $0.match.verdict == .sharedIntro }.count == 45)
        #expect(try DuplicateFinder.find(in: []).isEmpty)
    }

    @Test mutating func largeFamiliesComeOutAsChains() throws {
        let film = film(seconds: 12)
        let files = (0..<120).map { (name: "\($0)", fingerprint: film.fingerprint()) }
        let pairs = try DuplicateFinder.find(in: files)
        #expect(pairs.map { "\($0.first)-\($0.second)" } == (0..<119).map { "\($0)-\($0 + 1)" })
    }
}
