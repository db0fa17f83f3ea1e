public import PluginKit

/// Finds related files among many.
///
/// Pieces of all hashes are sorted together; files whose pieces agree under one shift at least twice are compared in
/// detail. A piece that very many places share (a common opening, a hundred copies) only links each file with the next
/// one, so the work grows about linearly with the number of files, and large families come out as chains.
public enum DuplicateFinder {
    /// Two related files.
    public struct Pair: Sendable, Codable, Hashable {
        /// Name of the one that was given first.
        public var first: String
        /// Name of the other.
        public var second: String
        /// What they have in common.
        public var match: FingerprintMatch

        /// Creates a pair.
        public init(first: String, second: String, match: FingerprintMatch) {
            self.first = first
            self.second = second
            self.match = match
        }
    }

    /// Related pairs in the order of the files; unrelated ones are left out.
    ///
    /// Fingerprints of different algorithms are not compared with each other.
    ///
    /// - Throws: `PluginError` (`invalidConfiguration`) for damaged fingerprints, naming the file;
    ///   `CancellationError` when the task is cancelled.
    public static func find(in files: [(name: String, fingerprint: MediaFingerprint)]) throws -> [Pair] {
        let signatures = try files.map { try Signature($0.fingerprint, name: $0.name) }
        var pairs: [Pair] = []
        for (first, second) in try candidates(signatures)
        where files[first].fingerprint.algorithm == files[second].fingerprint.algorithm {
            try Task.checkCancellation()
            let match = FingerprintMatch.compare(signatures[first], signatures[second])
            guard match.verdict != .different else { continue }
            pairs.append(Pair(first: files[first].name, second: files[second].name, match: match))
        }
        return pairs
    }

    // MARK: Candidates

    /// A piece of a hash and where it occurs.
    private struct Entry: Comparable {
        /// The piece above, the file in the lower 20 bits.
        let place: UInt64
        /// Time in units of a second.
        let second: Int32

        init(key: UInt64, file: Int32, second: Int32) {
            place = key << 20 | UInt64(file)
            self.second = second
        }

        var key: UInt64 { place >> 20 }
        var file: Int32 { Int32(place & 0xFFFFF) }

        static func < (left: Entry, right: Entry) -> Bool {
            left.place == right.place ? left.second < right.second : left.place < right.place
        }
    }

    /// Places of a piece up to which every two of them are held against each other.
    private static let mostPlaces = 64
    /// Files of fewer seconds are candidates by a single agreement: they have few pieces to agree with.
    private static let shortSeconds: Int64 = 30

    /// Pairs of indices in order.
    private static func candidates(_ files: [Signature]) throws -> [(Int, Int)] {
        var entries: [Entry] = []
        for (index, file) in files.enumerated() { add(file, index: Int32(index), to: &entries) }
        entries.sort()
        try Task.checkCancellation()
        // Packed as pair and shift, so that sorting brings agreements together.
        var votes: [UInt64] = []
        var start = 0
        while start < entries.count {
            var end = start + 1
            while end < entries.count, entries[end].key == entries[start].key { end += 1 }
            addVotes(entries[start..<end], to: &votes)
            start = end
        }
        votes.sort()
        try Task.checkCancellation()
        var found: [(Int, Int)] = []
        start = 0
        while start < votes.count {
            var end = start + 1
            while end < votes.count, votes[end] == votes[start] { end += 1 }
            let first = Int(votes[start] >> 44)
            let second = Int(votes[start] >> 24 & 0xFFFFF)
            // One more shift is the same to within rounding.
            var count = end - start
            if end < votes.count, votes[end] == votes[start] + 1 {
                count += votes[end...].prefix { $0 == votes[start] + 1 }.count
            }
            let isShort = min(files[first].durationMs, files[second].durationMs) < shortSeconds * 1000
            if count >= (isShort ? 1 : 2), found.last.map({ $0 != (first, second) }) ?? true {
                found.append((first, second))
            }
            start = end
        }
        return found
    }

    private static func addVotes(_ group: ArraySlice<Entry>, to votes: inout [UInt64]) {
        for index in group.indices {
            let left = group[index]
            let rest = group[(index + 1)...]
            for right in group.count <= mostPlaces ? rest : rest.prefix(1) where left.file < right.file {
                let shift = UInt64(bitPattern: Int64(right.second) - Int64(left.second) + (1 << 23)) & 0xFFFFFF
                votes.append(UInt64(left.file) << 44 | UInt64(right.file) << 24 | shift)
            }
        }
    }

    /// Four pieces of 20 bits of each picture that changes, two of 24 of each word.
    private static func add(_ file: Signature, index: Int32, to entries: inout [Entry]) {
        for place in file.changes {
            let second = Int32(clamping: Int64(place) * file.videoStepMs / 1000)
            for (piece, shift) in [0, 15, 30, 44].enumerated() {
                let bits = file.video[place] >> UInt64(shift) & 0xFFFFF
                entries.append(Entry(key: UInt64(piece) << 32 | bits, file: index, second: second))
            }
        }
        for place in file.audio.indices where file.audio[place] != 0 {
            let second = Int32(clamping: Int64(place) * file.audioStepMs / 1000)
            for (piece, shift) in [0, 8].enumerated() {
                let bits = UInt64(file.audio[place] >> UInt32(shift) & 0xFFFFFF)
                entries.append(Entry(key: UInt64(piece + 4) << 32 | bits, file: index, second: second))
            }
        }
    }
}
