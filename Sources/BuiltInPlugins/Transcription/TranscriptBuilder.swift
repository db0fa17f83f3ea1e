import Inference
import PluginKit

/// Collects what the recogniser heard into segments on the media's timeline.
struct TranscriptBuilder {
    private(set) var segments: [Transcript.Segment] = []
    private(set) var language: String?

    init(language: String?) { self.language = language }

    /// Adds one stretch of speech.
    ///
    /// - Returns: the new segments: one for each part that the model timed, or one for the whole stretch.
    mutating func add(_ speech: RecognizedSpeech, span: SpeechSegmenter.Span) -> [Transcript.Segment] {
        if language == nil { language = speech.language }
        let first = segments.count
        if let parts = speech.segments, !parts.isEmpty {
            for part in parts {
                let start = span.start + part.start
                append(
                    part.text, from: start, to: min(span.end, start + part.duration), speech: speech, span: span,
                    words: words(speech, span: span, from: part.start, to: part.start + part.duration))
            }
        } else {
            append(
                speech.text, from: span.start, to: span.end, speech: speech, span: span,
                words: words(speech, span: span, from: 0, to: .infinity))
        }
        return Array(segments[first...])
    }

    private mutating func append(
        _ text: String, from start: Double, to end: Double, speech: RecognizedSpeech, span: SpeechSegmenter.Span,
        words: [Transcript.Word]?
    ) {
        guard !text.isEmpty else { return }
        segments.append(
            Transcript.Segment(
                index: segments.count, startMs: milliseconds(start), endMs: milliseconds(max(start, end)), text: text,
                language: speech.language, words: words))
    }

    /// Words from the model's timed tokens; nil where the model times none. A token that begins with a space (or its
    /// stand-in) begins a word.
    private func words(
        _ speech: RecognizedSpeech, span: SpeechSegmenter.Span, from: Double, to: Double
    ) -> [Transcript.Word]? {
        guard let times = speech.timestamps, times.count == speech.tokens.count, !times.isEmpty else { return nil }
        var words: [Transcript.Word] = []
        for (index, token) in speech.tokens.enumerated() where times[index] >= from && times[index] < to {
            let text = token.replacing("▁", with: " ")
            let start = milliseconds(span.start + times[index])
            let length = speech.durations.map { $0[index] }
            let next = index + 1 < times.count ? times[index + 1] : span.end - span.start
            let end = milliseconds(span.start + (length.map { times[index] + $0 } ?? next))
            if text.hasPrefix(" ") || words.isEmpty {
                words.append(Transcript.Word(startMs: start, endMs: end, text: text.trimmingSpaces))
            } else {
                words[words.count - 1].text += text
                words[words.count - 1].endMs = end
            }
        }
        return words.filter { !$0.text.isEmpty }
    }
}
