import MediaValues

/// Keeps decoded samples in step with their timestamps, in samples of the source. A value-type state machine.
///
/// The first sample of the output is time 0 of the timeline. Holes of more than 50 ms are filled with silence and
/// overlaps of more than 50 ms are cut off; smaller differences are rounding of the container and are left alone. A jump
/// too far to be a hole (more than the rest of the file, or backwards by more than a second) is a restart of the
/// timestamps: samples then follow on directly.
struct AudioTimeline {
    /// What to do with a run of decoded samples.
    struct Step: Equatable {
        /// Samples of silence to put before it.
        var silence: Int64 = 0
        /// Samples to leave out at its beginning.
        var skipped: Int64 = 0
    }

    static let toleranceSeconds = 0.05
    /// Longest hole that is filled where the length of the file is not known.
    static let maximumHoleSeconds = 3600.0

    private(set) var sampleRate: Int
    /// Samples produced so far.
    private(set) var position: Int64 = 0
    /// Added to timestamps after a restart.
    private var shift: Int64 = 0
    private var hasStarted = false
    private let durationSeconds: Double?

    init(sampleRate: Int, durationSeconds: Double?) {
        self.sampleRate = max(1, sampleRate)
        self.durationSeconds = durationSeconds
    }

    /// Goes on in another unit after the stream changed its rate.
    mutating func changeRate(to rate: Int) {
        guard rate != sampleRate, rate > 0 else { return }
        position =
            MediaTime(ticks: position, timeBase: .samples(perSecond: sampleRate))
            .converted(to: .samples(perSecond: rate)).ticks
        shift = 0
        sampleRate = rate
    }

    /// Places `count` samples whose first one belongs at `time` (nil: right after the last ones).
    mutating func place(count: Int64, at time: MediaTime?) -> Step {
        defer { hasStarted = true }
        var step = Step()
        if let time {
            let wanted = time.converted(to: .samples(perSecond: sampleRate)).ticks &+ shift
            let difference = wanted &- position
            let tolerance = hasStarted ? Int64(Self.toleranceSeconds * Double(sampleRate)) : 0
            if difference > tolerance {
                if difference <= longestHole { step.silence = difference } else { shift &-= difference }
            } else if difference < -tolerance {
                if hasStarted, difference < -Int64(sampleRate) {
                    shift &-= difference
                } else {
                    step.skipped = min(count, -difference)
                }
            }
        }
        position += step.silence + count - step.skipped
        return step
    }

    private var longestHole: Int64 {
        let seconds = durationSeconds.map { $0 + 1 } ?? Self.maximumHoleSeconds
        return max(0, Int64(seconds * Double(sampleRate)) - position)
    }
}
