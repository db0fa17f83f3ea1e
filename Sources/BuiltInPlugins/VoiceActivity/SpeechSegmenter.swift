/// Turns speech probabilities (one for each 32 ms window) into spans, as the windows come.
///
/// Hysteresis with two thresholds; short pauses inside speech are bridged, short bursts dropped, spans padded at both
/// ends, neighbours closer than `mergeGap` joined up to `maximumLength`, and longer ones split where speech is least
/// likely in the last 60 % of the maximum. The defaults are the values measured best for subtitles.
struct SpeechSegmenter: Sendable {
    struct Settings: Sendable {
        var onset = 0.5
        /// Below this a pause begins.
        var offset = 0.35
        var minimumSpeech = 0.25
        var minimumSilence = 0.25
        var padding = 0.1
        /// Seconds between padded spans up to which they are joined; nil never joins.
        var mergeGap: Double?
        /// Longest span in seconds; nil for any.
        var maximumLength: Double?
    }

    /// A span in seconds from the start of the audio.
    struct Span: Equatable, Sendable {
        var start: Double
        var end: Double
        /// Sum and number of the probabilities inside, for the mean.
        var probabilitySum: Double
        var windows: Int

        var confidence: Double { windows > 0 ? probabilitySum / Double(windows) : 0 }
    }

    static let windowSeconds = 0.032

    private let settings: Settings
    private var window = 0
    private var speechStart: Int?
    private var pauseStart: Int?
    /// Probabilities since `speechStart`.
    private var active: [Float] = []
    private var pending: Span?
    private var lastEnd = 0.0

    init(settings: Settings) { self.settings = settings }

    /// Where the audio must still be kept from, in seconds: nothing before it can belong to a later span.
    var retainedFrom: Double {
        let start = pending?.start ?? speechStart.map(seconds) ?? seconds(window)
        return max(0, start - settings.padding - Self.windowSeconds)
    }

    /// Takes the next probabilities and returns the spans that are complete by now.
    mutating func add(_ probabilities: [Float]) -> [Span] {
        var spans: [Span] = []
        for probability in probabilities { spans += step(probability) }
        return spans
    }

    /// Ends the audio, `duration` seconds long.
    mutating func finish(duration: Double) -> [Span] {
        var spans: [Span] = []
        if let start = speechStart { spans += close(start: start, end: pauseStart ?? window) }
        if let last = pending {
            spans.append(last)
            pending = nil
        }
        return spans.compactMap { span in
            var clipped = span
            clipped.end = min(span.end, duration)
            return clipped.end > clipped.start ? clipped : nil
        }
    }

    private func seconds(_ window: Int) -> Double { Double(window) * Self.windowSeconds }

    private mutating func step(_ probability: Float) -> [Span] {
        defer { window += 1 }
        var spans: [Span] = []
        if speechStart == nil {
            if Double(probability) >= settings.onset {
                speechStart = window
                pauseStart = nil
                active = [probability]
            } else if let waiting = pending, let gap = settings.mergeGap,
                seconds(window) - settings.padding - waiting.end >= gap
            {
                // Nothing that begins from here on could be joined to it.
                spans.append(waiting)
                pending = nil
            }
            return spans
        }
        active.append(probability)
        if Double(probability) >= settings.onset {
            pauseStart = nil
        } else if Double(probability) < settings.offset, pauseStart == nil {
            pauseStart = window
        }
        if let pause = pauseStart, seconds(window + 1 - pause) >= settings.minimumSilence {
            spans += close(start: speechStart ?? pause, end: pause)
            speechStart = nil
            pauseStart = nil
            active = []
        } else if let start = speechStart, let longest = settings.maximumLength,
            seconds(window + 1 - start) + 2 * settings.padding >= longest
        {
            spans += split(start: start, longest: longest)
        }
        return spans
    }

    /// Cuts running speech at its least likely window.
    private mutating func split(start: Int, longest: Double) -> [Span] {
        let first = max(1, Int(0.4 * longest / Self.windowSeconds))
        var lowest = min(first, active.count - 1)
        for index in lowest..<active.count where active[index] < active[lowest] { lowest = index }
        let head = Array(active[..<lowest])
        let tail = Array(active[lowest...])
        let spans = emit(span(start: start, end: start + lowest, probabilities: head, padsEnd: false))
        speechStart = start + lowest
        active = tail
        lastEnd = seconds(start + lowest)
        return spans
    }

    private mutating func close(start: Int, end: Int) -> [Span] {
        guard seconds(end - start) >= settings.minimumSpeech else { return [] }
        return emit(
            span(start: start, end: end, probabilities: Array(active.prefix(end - start)), padsEnd: true))
    }

    private func span(start: Int, end: Int, probabilities: [Float], padsEnd: Bool) -> Span {
        Span(
            start: max(lastEnd, seconds(start) - settings.padding),
            end: seconds(end) + (padsEnd ? settings.padding : 0),
            probabilitySum: probabilities.reduce(0) { $0 + Double($1) }, windows: probabilities.count)
    }

    /// Joins the span to the one before or lets that one go.
    private mutating func emit(_ span: Span) -> [Span] {
        lastEnd = span.end
        guard let gap = settings.mergeGap else { return [span] }
        defer { pending = pending ?? span }
        guard let before = pending else { return [] }
        if span.start - before.end < gap, span.end - before.start <= settings.maximumLength ?? .infinity {
            pending = Span(
                start: before.start, end: span.end, probabilitySum: before.probabilitySum + span.probabilitySum,
                windows: before.windows + span.windows)
            return []
        }
        pending = span
        return [before]
    }
}
