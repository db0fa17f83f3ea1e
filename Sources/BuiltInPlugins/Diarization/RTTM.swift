import PluginKit

/// Turns in the Rich Transcription Time Marked format (NIST, "Rich Transcription 2009 evaluation plan", appendix A):
/// one line of ten fields for each turn.
enum RTTM {
    /// The text for turns in a recording called `file`; blanks in the name become underscores.
    static func text(_ segments: [Diarization.Segment], file: String) -> String {
        let name = file.split(whereSeparator: \.isWhitespace).joined(separator: "_")
        return segments.map { segment in
            let fields = [
                "SPEAKER", name.isEmpty ? "audio" : name, "1", decimal(thousandths: segment.startMs),
                decimal(thousandths: segment.endMs - segment.startMs), "<NA>", "<NA>", segment.speaker,
                segment.confidence.map { decimal(thousandths: Int64(($0 * 1000).rounded())) } ?? "<NA>", "<NA>",
            ]
            return fields.joined(separator: " ") + "\n"
        }.joined()
    }

    private static func decimal(thousandths: Int64) -> String {
        let fraction = String(thousandths % 1000)
        return "\(thousandths / 1000)." + String(repeating: "0", count: max(0, 3 - fraction.count)) + fraction
    }
}
