import PluginKit

/// Segments as subtitle files.
enum SubtitleText {
    /// SubRip: numbered cues, `00:00:01,000 --> 00:00:02,500`.
    static func srt(_ segments: [Transcript.Segment]) -> String {
        segments.enumerated().map { number, segment in
            "\(number + 1)\n\(time(segment.startMs, ",")) --> \(time(segment.endMs, ","))\n\(plain(segment.text))\n"
        }.joined(separator: "\n")
    }

    /// WebVTT.
    static func vtt(_ segments: [Transcript.Segment]) -> String {
        let cues = segments.map { segment in
            "\(time(segment.startMs, ".")) --> \(time(segment.endMs, "."))\n\(escaped(plain(segment.text)))\n"
        }
        return "WEBVTT\n\n" + cues.joined(separator: "\n")
    }

    private static func time(_ milliseconds: Int64, _ separator: String) -> String {
        func padded(_ value: Int64, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let seconds = milliseconds / 1000
        return "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
            + separator + padded(milliseconds % 1000, 3)
    }

    /// A blank line would end the cue.
    private static func plain(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: "\n")
    }

    /// WebVTT reads `&` and `<` as markup.
    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    }
}
