import Foundation
import PluginKit

/// Says who speaks in each tenth of a second of speech, and joins that into turns.
struct SpeakerTurns: Sendable {
    /// Margin that goes with a confidence of 1 − 1/e. Measured on a telephone call and a meeting: of the tenths of a
    /// second with a margin of 0.06 to 0.1, 86 % are given to the right speaker, of those up to 0.15, 96 %, above, 99 %.
    static let marginScale = 0.04

    /// A stretch of speech of one voice.
    struct Turn: Sendable, Equatable {
        var start: Double
        var end: Double
        var voice: Int
        /// Mean over the turn of how much nearer the voice is than the second nearest, as a cosine; nil for one voice.
        var margin: Double?
    }

    /// Frames (10 ms) that are decided on together.
    private static let step = 10

    /// The turns of all stretches.
    ///
    /// A tenth of a second hears every window that covers it, the more the nearer its middle (a triangle of the
    /// window's length); where none does, the nearest one.
    ///
    /// - Parameter products: cosine of each window with each voice, row by row.
    static func turns(windows: SpeakerWindows, products: [Float], voices: Int) -> [Turn] {
        guard voices > 0, !windows.starts.isEmpty else { return [] }
        let order = windows.starts.indices.sorted { windows.starts[$0] < windows.starts[$1] }
        let half = Double(SpeakerWindows.length) / 2
        let centers = order.map { Double(windows.starts[$0]) + half }
        var first = 0
        var turns: [Turn] = []
        var scores = [Double](repeating: 0, count: voices)
        for stretch in windows.stretches {
            var current: (turn: Turn, margins: Double, count: Int)?
            func close() {
                guard let (turn, margins, count) = current else { return }
                var finished = turn
                if voices > 1 { finished.margin = margins / Double(count) }
                turns.append(finished)
            }
            for (number, frame) in stride(from: stretch.frames.lowerBound, to: stretch.frames.upperBound, by: step)
                .enumerated()
            {
                let middle = Double(frame) + Double(step) / 2
                while first < centers.count, centers[first] <= middle - half { first += 1 }
                for voice in 0..<voices { scores[voice] = 0 }
                var total = 0.0
                func hear(_ index: Int, weight: Double) {
                    total += weight
                    let row = order[index] * voices
                    for voice in 0..<voices { scores[voice] += weight * Double(products[row + voice]) }
                }
                var index = first
                while index < centers.count, centers[index] < middle + half {
                    hear(index, weight: 1 - abs(centers[index] - middle) / half)
                    index += 1
                }
                if total == 0 { hear(nearest(to: middle, in: centers, from: first), weight: 1) }
                let (voice, margin) = decision(scores, total: total)
                let start = stretch.start + Double(number * step) / 100
                let end = min(stretch.end, stretch.start + Double((number + 1) * step) / 100)
                if let running = current, running.turn.voice == voice {
                    current?.turn.end = end
                    current?.margins = running.margins + margin
                    current?.count = running.count + 1
                } else {
                    close()
                    current = (Turn(start: start, end: end, voice: voice, margin: nil), margin, 1)
                }
            }
            close()
        }
        return turns.filter { $0.end > $0.start }
    }

    private static func nearest(to middle: Double, in centers: [Double], from first: Int) -> Int {
        let candidates = [first - 1, first].filter { centers.indices.contains($0) }
        return candidates.min { abs(centers[$0] - middle) < abs(centers[$1] - middle) } ?? 0
    }

    private static func decision(_ scores: [Double], total: Double) -> (voice: Int, margin: Double) {
        var best = 0
        var second = -Double.infinity
        for voice in 1..<max(1, scores.count) {
            if scores[voice] > scores[best] {
                second = scores[best]
                best = voice
            } else {
                second = max(second, scores[voice])
            }
        }
        return (best, second.isFinite ? (scores[best] - second) / total : 0)
    }

    /// Turns as the document has them: voices become `SPEAKER_00`, `SPEAKER_01`, … in order of appearance, and
    /// confidence is `1 − exp(−margin / 0.04)`, to three decimals.
    static func segments(_ turns: [Turn]) -> [Diarization.Segment] {
        var names: [Int: String] = [:]
        return turns.map { turn in
            let name = names[turn.voice] ?? speakerName(names.count)
            names[turn.voice] = name
            return Diarization.Segment(
                startMs: milliseconds(turn.start), endMs: milliseconds(turn.end), speaker: name,
                confidence: turn.margin.map { (1 - exp(-max(0, $0) / marginScale)).rounded(decimals: 3) })
        }
    }

    /// `SPEAKER_00` for 0.
    static func speakerName(_ number: Int) -> String { "SPEAKER_" + (number < 10 ? "0" : "") + String(number) }
}
