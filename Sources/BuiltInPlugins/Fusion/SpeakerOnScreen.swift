import PluginKit

/// Voices that are likely those of faces.
///
/// For a speaker and a face three shares are taken, of
/// - the time in which the face is seen: how much this speaker speaks (at least half);
/// - the time in which the face is seen and anybody speaks: how much it is this speaker (at least 0.8);
/// - the time in which the face is seen and this speaker speaks: how much no other face is seen (at least 0.8);
/// and the shared time is at least a second. The score is the product of the shares. Nobody is recognised by this: a
/// voice over a silent face looks the same.
enum SpeakerOnScreen {
    private static let leastSupport: Int64 = 1000
    private static let leastCoverage = 0.5
    private static let leastShare = 0.8
    /// Faces at one time from which on none is told apart.
    private static let crowd = 32

    private struct Couple: Hashable {
        var speaker: EntityKey
        var face: EntityKey
    }

    private struct Evidence {
        var together: Int64 = 0
        var alone: Int64 = 0
        var span: TimeSpan
    }

    private struct Edge {
        var time: Int64
        var change: Int
        var key: EntityKey

        func apply(to active: inout [EntityKey: Int]) {
            let count = active[key, default: 0] + change
            active[key] = count > 0 ? count : nil
        }
    }

    static func relationships(_ timeline: [TimelineEvent]) -> RelationshipSet {
        var edges: [Edge] = []
        for event in timeline where !event.isInstant {
            let key: EntityKey
            switch event.type {
            case .speakerTurn: key = event.entities.first ?? EntityKey(type: .speaker, name: "")
            // A face of no cluster still keeps others from being alone.
            case .face: key = event.entities.first ?? EntityKey(type: .face, name: "")
            default: continue
            }
            edges.append(Edge(time: event.start, change: 1, key: key))
            edges.append(Edge(time: event.end, change: -1, key: key))
        }
        edges.sort { ($0.time, $0.change, $0.key) < ($1.time, $1.change, $1.key) }
        return RelationshipSet(type: .speakerOnScreen, drafts: judge(edges))
    }

    private static func judge(_ edges: [Edge]) -> [RelationshipDraft] {
        var speakers: [EntityKey: Int] = [:]
        var faces: [EntityKey: Int] = [:]
        var evidence: [Couple: Evidence] = [:]
        var seen: [EntityKey: Int64] = [:]
        var seenInSpeech: [EntityKey: Int64] = [:]
        var time = edges.first?.time ?? 0
        for edge in edges {
            let span = TimeSpan(start: time, end: edge.time)
            if edge.time > time, faces.count <= crowd {
                for face in faces.keys where !face.name.isEmpty {
                    seen[face, default: 0] += span.end - span.start
                    if !speakers.isEmpty { seenInSpeech[face, default: 0] += span.end - span.start }
                    for speaker in speakers.keys {
                        let couple = Couple(speaker: speaker, face: face)
                        var known = evidence[couple] ?? Evidence(span: span)
                        known.together += span.end - span.start
                        if faces.count == 1 { known.alone += span.end - span.start }
                        known.span.end = span.end
                        evidence[couple] = known
                    }
                }
            }
            time = edge.time
            if edge.key.type == .speaker { edge.apply(to: &speakers) } else { edge.apply(to: &faces) }
        }
        let couples = evidence.sorted { left, right in
            left.key.speaker == right.key.speaker
                ? left.key.face < right.key.face : left.key.speaker < right.key.speaker
        }
        return couples.compactMap { couple, evidence in
            guard evidence.together >= leastSupport, let all = seen[couple.face], all > 0,
                let inSpeech = seenInSpeech[couple.face], inSpeech > 0
            else { return nil }
            let coverage = Double(evidence.together) / Double(all)
            let share = Double(evidence.together) / Double(inSpeech)
            let alone = Double(evidence.alone) / Double(evidence.together)
            guard coverage >= leastCoverage, share >= leastShare, alone >= leastShare else { return nil }
            return RelationshipDraft(
                speaker: couple.speaker, face: couple.face, span: evidence.span,
                score: FusionScore.rounded(coverage * share * alone), support: evidence.together)
        }
    }
}
