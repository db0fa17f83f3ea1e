/// How two signatures lie on each other: candidate shifts, and what agrees under a shift.
struct Alignment {
    /// Positions from `first` up to before `end` in the first series; those of the second are `shift` later.
    struct Run: Hashable {
        var first: Int
        var end: Int
        var shift: Int
    }

    /// Shifts tried, best first.
    static let candidates = 16
    /// A piece of a hash that occurs more often says nothing about the place.
    static let mostPlaces = 48

    // MARK: Shifts

    /// Shifts (place in the second minus place in the first) under which the most 16-bit pieces agree.
    static func shifts<Word: FixedWidthInteger>(
        _ first: [Word], at firstPlaces: [Int], _ second: [Word], at secondPlaces: [Int]
    ) -> [Int] {
        let pieces = Word.bitWidth / 16
        var places: [UInt32: [Int32]] = [:]
        for place in secondPlaces {
            for piece in 0..<pieces { places[key(second[place], piece), default: []].append(Int32(place)) }
        }
        var votes: [Int: Int] = [:]
        for place in firstPlaces {
            for piece in 0..<pieces {
                guard let others = places[key(first[place], piece)], others.count <= mostPlaces else { continue }
                for other in others { votes[Int(other) - place, default: 0] += 1 }
            }
        }
        // Most votes first; then the smallest shift, so that the order never depends on the hash table.
        let sorted = votes.sorted { left, right in
            if left.value != right.value { return left.value > right.value }
            let (one, other) = (abs(left.key), abs(right.key))
            return one == other ? left.key < right.key : one < other
        }
        return sorted.prefix(candidates).map(\.key)
    }

    private static func key<Word: FixedWidthInteger>(_ word: Word, _ piece: Int) -> UInt32 {
        UInt32(piece) << 16 | UInt32(truncatingIfNeeded: word >> Word(piece * 16)) & 0xFFFF
    }

    // MARK: Pictures

    /// Positions of a window of pictures: five seconds.
    static let pictureWindow = 10
    /// Share of a window that must be alike.
    static let alikeShare = 0.6

    /// Stretches in which the pictures are alike. A copy may begin between two steps, so the neighbours count too.
    static func pictureRuns(_ first: Signature, _ second: Signature, shift: Int) -> [Run] {
        let range = overlap(first.video.count, second.video.count, shift: shift)
        guard !range.isEmpty else { return [] }
        // 1 alike, 0 unlike, nil where one of them shows nothing.
        let states: [Bool?] = range.map { place in
            let hash = first.video[place]
            guard hash != 0 else { return nil }
            var isTelling = false
            for neighbour in (place + shift - 1)...(place + shift + 1) where second.video.indices.contains(neighbour) {
                let other = second.video[neighbour]
                guard other != 0 else { continue }
                isTelling = true
                if (hash ^ other).nonzeroBitCount <= Signature.alikeBits { return true }
            }
            return isTelling ? false : nil
        }
        let values = states.map { state -> Double? in state.map { isAlike in isAlike ? 1 : 0 } }
        return runs(values, window: pictureWindow, least: 4) { $0 >= alikeShare }
            .compactMap { trimmed($0, where: { states[$0] == true }) }
            .map { Run(first: range.lowerBound + $0.lowerBound, end: range.lowerBound + $0.upperBound, shift: shift) }
    }

    // MARK: Sound

    /// Words of a window of sound: three seconds.
    static let soundWindow = 24
    /// Mean share of bits that differ, up to which a window is the same sound; chance gives a half.
    static let differingShare = 0.33
    /// The same for a second at the ends of a run.
    static let differingShareAtEnds = 0.36

    /// Stretches in which the sound is the same.
    static func soundRuns(_ first: Signature, _ second: Signature, shift: Int) -> [Run] {
        let range = overlap(first.audio.count, second.audio.count, shift: shift)
        guard !range.isEmpty else { return [] }
        let shares: [Double?] = range.map { place in
            let (word, other) = (first.audio[place], second.audio[place + shift])
            return word == 0 || other == 0 ? nil : Double((word ^ other).nonzeroBitCount) / 32
        }
        let local = means(shares, window: 8)
        return runs(shares, window: soundWindow, least: soundWindow * 2 / 3) { $0 <= differingShare }
            .compactMap { trimmed($0, where: { local[$0].map { $0 <= differingShareAtEnds } ?? false }) }
            .map { Run(first: range.lowerBound + $0.lowerBound, end: range.lowerBound + $0.upperBound, shift: shift) }
    }

    // MARK: Windows

    private static func overlap(_ first: Int, _ second: Int, shift: Int) -> Range<Int> {
        let from = max(0, -shift)
        return from..<max(from, min(first, second - shift))
    }

    /// Unions of the windows whose mean passes; windows with fewer than `least` values say nothing.
    private static func runs(
        _ values: [Double?], window: Int, least: Int, passes: (Double) -> Bool
    ) -> [Range<Int>] {
        let window = min(window, values.count)
        var found: [Range<Int>] = []
        var sum = 0.0
        var count = 0
        for end in values.indices {
            if let value = values[end] {
                sum += value
                count += 1
            }
            if end >= window, let leaving = values[end - window] {
                sum -= leaving
                count -= 1
            }
            guard end + 1 >= window, count >= max(1, min(least, window)), passes(sum / Double(count)) else { continue }
            let start = end + 1 - window
            if let last = found.last, last.upperBound >= start {
                found[found.count - 1] = last.lowerBound..<end + 1
            } else {
                found.append(start..<end + 1)
            }
        }
        return found
    }

    /// Means over `window` values around each one; nil where there are none.
    private static func means(_ values: [Double?], window: Int) -> [Double?] {
        values.indices.map { index in
            let near = values[max(0, index - window / 2)..<min(values.count, index + window / 2)].compactMap { $0 }
            return near.isEmpty ? nil : near.reduce(0, +) / Double(near.count)
        }
    }

    /// A window reaches beyond what agrees: without the ends that do not.
    private static func trimmed(_ range: Range<Int>, where isAlike: (Int) -> Bool) -> Range<Int>? {
        guard let first = range.first(where: isAlike), let last = range.last(where: isAlike) else { return nil }
        return first..<last + 1
    }
}
