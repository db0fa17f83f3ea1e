import PluginKit

/// Gives each segment of a transcript the speaker who speaks longest during it.
enum TranscriptSpeakers {
    /// The transcript's segments with their speakers; nil where nobody speaks. Among equals, who began first.
    static func assign(_ transcript: Transcript, turns: [Diarization.Segment]) -> [Diarization.SpokenSegment] {
        var first = 0
        return transcript.segments.map { segment in
            // Both lists ascend, but a long turn may reach over several segments.
            while first < turns.count, turns[first].endMs <= segment.startMs { first += 1 }
            var spoken: [(speaker: String, milliseconds: Int64)] = []
            var index = first
            while index < turns.count, turns[index].startMs < segment.endMs {
                let turn = turns[index]
                let overlap = min(turn.endMs, segment.endMs) - max(turn.startMs, segment.startMs)
                if overlap > 0 {
                    if let known = spoken.firstIndex(where: { $0.speaker == turn.speaker }) {
                        spoken[known].milliseconds += overlap
                    } else {
                        spoken.append((turn.speaker, overlap))
                    }
                }
                index += 1
            }
            let longest = spoken.map(\.milliseconds).max()
            return Diarization.SpokenSegment(
                segmentIndex: segment.index, startMs: segment.startMs, endMs: segment.endMs,
                speaker: spoken.first { $0.milliseconds == longest }?.speaker, text: segment.text)
        }
    }
}
