import PluginKit

/// Joins what is heard in window after window into events: a label that is heard in windows that touch is one event.
struct AudioEventBuilder {
    private let threshold: Double
    private let sampleRate: Int
    /// Events of the last window, by label, with their ends in samples.
    private var unfinished: [String: (event: AudioEventList.Event, end: Int)] = [:]
    private var closed: [AudioEventList.Event] = []

    /// Begins; labels less probable than `threshold` are passed over.
    init(threshold: Double, sampleRate: Int) {
        self.threshold = threshold
        self.sampleRate = sampleRate
    }

    /// All events that have ended, in order of their start, then by label.
    var events: [AudioEventList.Event] { closed.sorted(by: Self.isBefore) }

    /// Takes the labels heard in the samples from `start` to `end`.
    ///
    /// - Returns: the events that have ended.
    mutating func add(
        _ tags: [(label: String, probability: Double)], start: Int, end: Int
    ) -> [AudioEventList.Event] {
        var still: [String: (event: AudioEventList.Event, end: Int)] = [:]
        for (label, probability) in tags where probability >= threshold {
            var event =
                still[label]?.event ?? unfinished[label].flatMap { $0.end >= start ? $0.event : nil }
                ?? AudioEventList.Event(
                    label: label, startMs: milliseconds(ofSample: start, sampleRate: sampleRate),
                    endMs: milliseconds(ofSample: end, sampleRate: sampleRate), confidence: 0)
            event.endMs = milliseconds(ofSample: end, sampleRate: sampleRate)
            event.confidence = max(event.confidence, min(1, probability).rounded(decimals: 3))
            still[label] = (event, end)
        }
        let ended = unfinished.filter { still[$0.key]?.event.startMs != $0.value.event.startMs }.map(\.value.event)
            .sorted(by: Self.isBefore)
        closed += ended
        unfinished = still
        return ended
    }

    /// Ends the recording.
    ///
    /// - Returns: the events that have ended by that.
    mutating func finish() -> [AudioEventList.Event] {
        let ended = unfinished.values.map(\.event).sorted(by: Self.isBefore)
        closed += ended
        unfinished = [:]
        return ended
    }

    private static func isBefore(_ left: AudioEventList.Event, _ right: AudioEventList.Event) -> Bool {
        (left.startMs, left.label) < (right.startMs, right.label)
    }
}
