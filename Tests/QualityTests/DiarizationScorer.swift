/// Diarization error rate: missed, false and confused speech over the speech of the reference (NIST, "Rich Transcription
/// 2009 evaluation plan"), in steps of 10 ms, under the best one-to-one mapping of speakers.
struct DiarizationScorer {
    /// A turn in seconds.
    struct Turn {
        var start: Double
        var end: Double
        var speaker: String
    }

    struct Score {
        var missed = 0.0
        var falseAlarm = 0.0
        var confused = 0.0
        /// Speech of the reference; of two who talk at once, each counts.
        var total = 0.0

        /// In per cent.
        var errorRate: Double { total > 0 ? 100 * (missed + falseAlarm + confused) / total : 0 }
    }

    /// Seconds around each boundary of the reference that do not count.
    var collar = 0.25
    /// Whether only stretches with at most one speaker in the reference count.
    var excludesOverlap = true

    private static let stepsPerSecond = 100.0

    /// The error of `found` against `reference` over the first `duration` seconds.
    func score(_ found: [Turn], reference: [Turn], duration: Double) -> Score {
        let steps = Int((duration * Self.stepsPerSecond).rounded())
        let truth = activity(reference, steps: steps)
        let guess = activity(found, steps: steps)
        var counts = [Bool](repeating: true, count: steps)
        for turn in reference {
            for time in [turn.start, turn.end] {
                let range = Self.range(time - collar, time + collar, steps: steps)
                for step in range { counts[step] = false }
            }
        }
        var score = Score()
        var together = [[Int]](repeating: [Int](repeating: 0, count: guess.count), count: truth.count)
        var paired = 0
        for step in 0..<steps where counts[step] {
            let speaking = truth.indices.filter { truth[$0][step] }
            if excludesOverlap, speaking.count > 1 { continue }
            let heard = guess.indices.filter { guess[$0][step] }
            score.total += Double(speaking.count)
            score.missed += Double(max(0, speaking.count - heard.count))
            score.falseAlarm += Double(max(0, heard.count - speaking.count))
            paired += min(speaking.count, heard.count)
            for left in speaking { for right in heard { together[left][right] += 1 } }
        }
        score.confused = Double(paired - Self.bestMapping(together, columns: guess.count))
        for path in [\Score.missed, \Score.falseAlarm, \Score.confused, \Score.total] {
            score[keyPath: path] /= Self.stepsPerSecond
        }
        return score
    }

    private func activity(_ turns: [Turn], steps: Int) -> [[Bool]] {
        Set(turns.map(\.speaker)).sorted().map { speaker in
            var active = [Bool](repeating: false, count: steps)
            for turn in turns where turn.speaker == speaker {
                for step in Self.range(turn.start, turn.end, steps: steps) { active[step] = true }
            }
            return active
        }
    }

    private static func range(_ start: Double, _ end: Double, steps: Int) -> Range<Int> {
        let first = min(steps, max(0, Int((start * stepsPerSecond).rounded())))
        return first..<max(first, min(steps, Int((end * stepsPerSecond).rounded())))
    }

    /// The greatest sum of one cell for each row, no column twice: over all sets of columns, row after row.
    private static func bestMapping(_ table: [[Int]], columns: Int) -> Int {
        precondition(columns <= 16, "more speakers than this method can map")
        var best = [Int](repeating: 0, count: 1 << columns)
        for row in table {
            // Sets of fewer columns come first, so walk down to use the row once.
            for set in stride(from: (1 << columns) - 1, through: 0, by: -1) {
                for column in 0..<columns where set & (1 << column) != 0 {
                    best[set] = max(best[set], best[set & ~(1 << column)] + row[column])
                }
            }
        }
        return best.last ?? 0
    }

    /// The turns of `file` in RTTM text.
    static func turns(rttm text: String, file: String) -> [Turn] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count >= 8, fields[0] == "SPEAKER", fields[1] == file, let start = Double(fields[3]),
                let length = Double(fields[4])
            else { return nil }
            return Turn(start: start, end: start + length, speaker: String(fields[7]))
        }
    }
}
