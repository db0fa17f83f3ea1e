public import PluginKit

/// What two fingerprints have in common.
///
/// Moving pictures decide, where both files have them; the sound does otherwise; standing pictures do where there is
/// neither. Silence, black, hum and test tones tell nothing and never match.
public struct FingerprintMatch: Sendable, Codable, Hashable {
    /// How two files are related.
    public enum Verdict: String, Sendable, Codable {
        /// One is a re-encoded or trimmed copy of the other: at least `leastShare` of the shorter one is in the longer
        /// one, and makes up at least half of it.
        case same
        /// At least `leastShare` of the shorter one is in the longer one, which has more than as much of its own.
        case contains
        /// Less than that is common: an opening, an ending, a jingle, or the sound under other pictures.
        case sharedIntro = "shared_intro"
        /// Nothing is.
        case different
    }

    /// A stretch that both have.
    public struct Span: Sendable, Codable, Hashable {
        /// `video` or `audio`.
        public var kind: String
        /// Start in the first file, in milliseconds.
        public var firstStartMs: Int64
        /// End in the first file.
        public var firstEndMs: Int64
        /// Start in the second file.
        public var secondStartMs: Int64
        /// End in the second file.
        public var secondEndMs: Int64
    }

    /// How the files are related.
    public var verdict: Verdict
    /// Share of the shorter file's telling pictures that the longer one has, 0…1; nil where either has none.
    public var videoScore: Double?
    /// Share of the shorter file's telling sound that the longer one has, 0…1; nil where either has none.
    public var audioScore: Double?
    /// Time in the second file minus time in the first, for the longest stretch; nil without one.
    public var offsetMs: Int64?
    /// What both have, in order of time in the first file.
    public var spans: [Span]

    /// Share of the shorter file from which it counts as contained in the other.
    public static let leastShare = 0.6

    /// Compares two fingerprints.
    ///
    /// - Throws: `PluginError` (`invalidConfiguration`) for damaged fingerprints and those of different algorithms.
    public static func compare(_ first: MediaFingerprint, _ second: MediaFingerprint) throws -> FingerprintMatch {
        guard first.algorithm == second.algorithm else {
            throw PluginError(
                .invalidConfiguration,
                "fingerprints of '\(first.algorithm)' and '\(second.algorithm)' cannot be compared; make both anew")
        }
        return compare(try Signature(first, name: "the first file"), try Signature(second, name: "the second file"))
    }

    static func compare(_ first: Signature, _ second: Signature) -> FingerprintMatch {
        if first.video.count == 1, second.video.count == 1, first.audio.isEmpty, second.audio.isEmpty {
            return comparePictures(first.video[0], second.video[0])
        }
        var comparison = SignatureComparison(first, second)
        return comparison.result()
    }

    /// Two images: nothing but one hash each, so it has to be closer.
    private static func comparePictures(_ first: UInt64, _ second: UInt64) -> FingerprintMatch {
        let bits = (first ^ second).nonzeroBitCount
        let isSame = first != 0 && second != 0 && bits <= 6
        return FingerprintMatch(
            verdict: isSame ? .same : .different, videoScore: isSame ? 1 : 0, audioScore: nil,
            offsetMs: isSame ? 0 : nil, spans: [])
    }
}

/// One comparison of two signatures.
struct SignatureComparison {
    private let first: Signature
    private let second: Signature

    init(_ first: Signature, _ second: Signature) {
        self.first = first
        self.second = second
    }

    /// What of each series is in the other one.
    private struct Coverage {
        var runs: [Alignment.Run] = []
        var first: [Bool]
        var second: [Bool]

        init(_ first: Int, _ second: Int) {
            self.first = Array(repeating: false, count: first)
            self.second = Array(repeating: false, count: second)
        }

        /// Takes runs, longest first, of which at least half is new on both sides.
        mutating func add(_ candidates: [Alignment.Run]) {
            let longestFirst = candidates.sorted { left, right in
                let (one, other) = (left.end - left.first, right.end - right.first)
                return one == other ? left.first < right.first : one > other
            }
            for run in longestFirst {
                let there = (run.first + run.shift)..<(run.end + run.shift)
                let inside = there.clamped(to: 0..<second.count)
                let newHere = first[run.first..<run.end].count { !$0 }
                let newThere = second[inside].count { !$0 }
                guard !inside.isEmpty, newHere * 2 >= run.end - run.first, newThere * 2 >= inside.count else {
                    continue
                }
                for place in run.first..<run.end { first[place] = true }
                for place in inside { second[place] = true }
                runs.append(run)
            }
        }
    }

    mutating func result() -> FingerprintMatch {
        let soundShifts = shiftsOfSound()
        let video = compareVideo(soundShifts: soundShifts)
        let audio = compareAudio(soundShifts)
        let videoShares = video.map { shares($0, { first.video[$0] != 0 }, { second.video[$0] != 0 }) }
        let audioShares = audio.map { shares($0, { first.audio[$0] != 0 }, { second.audio[$0] != 0 }) }
        var spans = (video?.runs ?? []).map { span($0, "video", first.videoStepMs) }
        spans += (audio?.runs ?? []).map { span($0, "audio", first.audioStepMs) }
        let longest = spans.max { $0.firstEndMs - $0.firstStartMs < $1.firstEndMs - $1.firstStartMs }
        return FingerprintMatch(
            verdict: verdict(videoShares, audioShares, isAnythingCommon: !spans.isEmpty),
            videoScore: videoShares.map { $0.shorter.rounded(decimals: 3) },
            audioScore: audioShares.map { $0.shorter.rounded(decimals: 3) },
            offsetMs: longest.map { $0.secondStartMs - $0.firstStartMs },
            spans: spans.sorted { left, right in
                left.firstStartMs == right.firstStartMs
                    ? left.kind < right.kind : left.firstStartMs < right.firstStartMs
            })
    }

    // MARK: Shares

    private struct Shares {
        var shorter: Double
        var longer: Double
    }

    /// Shares of the telling positions that are covered.
    private func shares(_ coverage: Coverage, _ tellsFirst: (Int) -> Bool, _ tellsSecond: (Int) -> Bool) -> Shares {
        func share(_ covered: [Bool], _ tells: (Int) -> Bool) -> Double {
            var (common, all) = (0, 0)
            for place in covered.indices where tells(place) {
                all += 1
                if covered[place] { common += 1 }
            }
            return all == 0 ? 0 : Double(common) / Double(all)
        }
        let (one, other) = (share(coverage.first, tellsFirst), share(coverage.second, tellsSecond))
        return first.durationMs <= second.durationMs
            ? Shares(shorter: one, longer: other) : Shares(shorter: other, longer: one)
    }

    private func verdict(_ video: Shares?, _ audio: Shares?, isAnythingCommon: Bool) -> FingerprintMatch.Verdict {
        guard isAnythingCommon, var decisive = video ?? audio else { return .different }
        // Pictures that agree in part while the sound agrees throughout were altered more than their hashes bear.
        if let video, let audio, audio.shorter >= FingerprintMatch.leastShare, video.shorter >= Self.partlyAlike,
            audio.shorter > video.shorter
        {
            decisive = audio
        }
        guard decisive.shorter >= FingerprintMatch.leastShare else { return .sharedIntro }
        return decisive.longer >= 0.5 ? .same : .contains
    }

    /// Share of pictures from which the sound may decide.
    private static let partlyAlike = 0.2

    private func span(_ run: Alignment.Run, _ kind: String, _ step: Int64) -> FingerprintMatch.Span {
        FingerprintMatch.Span(
            kind: kind, firstStartMs: Int64(run.first) * step, firstEndMs: Int64(run.end) * step,
            secondStartMs: Int64(run.first + run.shift) * step, secondEndMs: Int64(run.end + run.shift) * step)
    }

    // MARK: Pictures

    /// Nil where pictures do not tell.
    private func compareVideo(soundShifts: [Int]) -> Coverage? {
        guard first.videoStepMs == second.videoStepMs else { return nil }
        var coverage = Coverage(first.video.count, second.video.count)
        if first.hasMovingPicture, second.hasMovingPicture {
            let step = first.videoStepMs
            var shifts = Alignment.shifts(first.video, at: first.changes, second.video, at: second.changes)
            for shift in soundShifts {
                let inPictures = Int((Double(Int64(shift) * first.audioStepMs) / Double(step)).rounded())
                if !shifts.contains(inPictures) { shifts.append(inPictures) }
            }
            coverage.add(
                shifts.flatMap { Alignment.pictureRuns(first, second, shift: $0) }.filter { isTelling($0) })
            return coverage
        }
        // Where nothing else tells these files apart, standing pictures have to.
        guard !(first.hasSound && second.hasSound), first.informativePictures > 0, second.informativePictures > 0
        else { return nil }
        let shifts = [0] + Alignment.shifts(first.video, at: first.changes, second.video, at: second.changes)
        coverage.add(shifts.flatMap { Alignment.pictureRuns(first, second, shift: $0) })
        return coverage
    }

    /// At least three seconds with at least three different pictures: one shot of the same studio is no copy.
    private func isTelling(_ run: Alignment.Run) -> Bool {
        guard Int64(run.end - run.first) * first.videoStepMs >= 3000 else { return false }
        var seen: [UInt64] = []
        for place in run.first..<run.end where first.video[place] != 0 {
            let hash = first.video[place]
            if seen.allSatisfy({ ($0 ^ hash).nonzeroBitCount > Signature.alikeBits }) { seen.append(hash) }
            if seen.count >= 3 { return true }
        }
        return false
    }

    // MARK: Sound

    private func shiftsOfSound() -> [Int] {
        guard first.hasSound, second.hasSound, first.audioStepMs == second.audioStepMs else { return [] }
        return Alignment.shifts(
            first.audio, at: first.audio.indices.filter { first.audio[$0] != 0 },
            second.audio, at: second.audio.indices.filter { second.audio[$0] != 0 })
    }

    /// Nil where sound does not tell.
    private func compareAudio(_ shifts: [Int]) -> Coverage? {
        guard first.hasSound, second.hasSound, first.audioStepMs == second.audioStepMs else { return nil }
        var coverage = Coverage(first.audio.count, second.audio.count)
        coverage.add(
            shifts.flatMap { Alignment.soundRuns(first, second, shift: $0) }
                .filter { Int64($0.end - $0.first) * first.audioStepMs >= 2500 })
        return coverage
    }
}
