import PluginKit

/// Decides which pictures a demand takes, seeing each picture's time in presentation order. A value-type state machine.
struct FrameSelector {
    /// What to do after one more picture was seen.
    struct Decision: Equatable {
        /// The picture before this one was on show at an instant asked for.
        var takesPrevious = false
        /// This picture is wanted.
        var takesCurrent = false
    }

    /// Rounding of times that are compared as seconds.
    private static let tolerance = 1e-6

    let selection: VideoDemand.Selection
    private var first: Double?
    private var lastTaken: Double?
    private var previous: Double?
    private var nextSample = 0.0

    init(_ selection: VideoDemand.Selection) { self.selection = selection }

    /// Whether the previous picture may still be wanted when the next one arrives.
    var looksBack: Bool {
        if case .sampled = selection { true } else { false }
    }

    mutating func see(_ seconds: Double, isKeyframe: Bool) -> Decision {
        switch selection {
        case .everyFrame:
            return Decision(takesCurrent: true)
        case .keyframes(let minimumInterval):
            guard isKeyframe else { return Decision() }
            if let lastTaken, seconds - lastTaken < minimumInterval - Self.tolerance { return Decision() }
            lastTaken = seconds
            return Decision(takesCurrent: true)
        case .sampled(let rate):
            let start = first ?? seconds
            first = start
            defer { previous = seconds }
            guard previous != nil else { return Decision() }
            return Decision(takesPrevious: passSamples(before: seconds, start: start, rate: rate))
        }
    }

    /// Whether the last picture is wanted, which was on show until `end`.
    mutating func finish(end: Double) -> Bool {
        guard case .sampled(let rate) = selection, let previous, let first else { return false }
        return passSamples(before: max(end, previous + 2 * Self.tolerance), start: first, rate: rate)
    }

    /// Moves past every instant before `end`; true if there was one.
    private mutating func passSamples(before end: Double, start: Double, rate: Double) -> Bool {
        guard rate > 0, start + nextSample / rate < end - Self.tolerance else { return false }
        nextSample = max(nextSample + 1, ((end - Self.tolerance - start) * rate).rounded(.up))
        return true
    }
}
