/// Cuts a stream of samples into windows of one length, whatever pieces it comes in.
struct AudioWindows: Sendable {
    /// Samples with their place in the stream.
    struct Window: Sendable, Equatable {
        /// Position of the first sample.
        var start: Int
        var samples: [Float]
    }

    /// Samples of a window.
    let length: Int
    /// Samples from one window to the next, at most `length`.
    let hop: Int
    /// Fewest new samples that are worth a last, shorter window; where there is no other window, any number is.
    let shortestRest: Int
    private var pending: [Float] = []
    private var base = 0
    /// End of the last window.
    private var covered = 0

    /// Begins a stream.
    init(length: Int, hop: Int, shortestRest: Int) {
        self.length = max(1, length)
        self.hop = max(1, min(hop, length))
        self.shortestRest = max(1, shortestRest)
    }

    /// Number of samples seen.
    var sampleCount: Int { base + pending.count }

    /// Takes the next samples; those that are not finite count as silence.
    ///
    /// - Returns: the windows that are complete by now.
    mutating func add(_ samples: [Float]) -> [Window] {
        for sample in samples { pending.append(sample.isFinite ? sample : 0) }
        var windows: [Window] = []
        while pending.count >= length {
            windows.append(Window(start: base, samples: Array(pending.prefix(length))))
            covered = base + length
            pending.removeFirst(hop)
            base += hop
        }
        return windows
    }

    /// Ends the stream.
    ///
    /// - Returns: the rest, shorter than a window, if it is worth one.
    mutating func finish() -> Window? {
        let new = sampleCount - covered
        guard new > 0, covered == 0 || new >= shortestRest else { return nil }
        return Window(start: base, samples: pending)
    }
}
