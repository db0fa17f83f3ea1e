import PluginKit

/// Relationships that time alone decides.
struct TemporalRelationships {
    let timeline: [TimelineEvent]
    let tolerance: Int64
    let limit: Int

    /// What an event counts as. Scenes have their own summaries, and markers that repeat other results would only
    /// repeat their relationships: of the markers technical cues take part.
    enum Role: Int, CaseIterable {
        case speech, subtitle, turn, sound, cue, place, object, face, text

        init?(_ event: TimelineEvent) {
            switch event.type {
            case .transcriptSegment: self = .speech
            case .subtitle: self = .subtitle
            case .speakerTurn: self = .turn
            case .audioEvent: self = .sound
            case .place: self = .place
            case .object: self = .object
            case .face: self = .face
            case .onScreenText: self = .text
            case .marker where event.label == TemporalMarkers.Kind.technicalCue.rawValue: self = .cue
            case .marker, .scene: return nil
            }
        }

        /// Whether sharing time with `other` says anything: not for one kind among itself, nor for three records of the
        /// same speech.
        func meets(_ other: Role) -> Bool {
            let speech: Set<Role> = [.speech, .subtitle, .turn]
            return self != other && !(speech.contains(self) && speech.contains(other))
        }

        /// What may follow this: the next of its kind where kinds come in turn, and what is heard after what is heard.
        var successors: [Role] {
            switch self {
            case .speech: [.speech, .sound, .cue]
            case .sound: [.sound, .speech, .cue]
            case .cue: [.cue, .speech, .sound]
            case .subtitle, .turn, .place, .text: [self]
            case .object, .face: []
            }
        }
    }

    /// Events that share time.
    func simultaneous() -> RelationshipSet {
        var sweep = OverlapSweep(
            tolerance: tolerance, limit: limit,
            partners: Role.allCases.map { role in Role.allCases.filter(role.meets).map(\.rawValue) })
        let items = timeline.indices.compactMap { index in
            Role(timeline[index]).map {
                OverlapSweep.Item(event: index, span: timeline[index].span, group: $0.rawValue)
            }
        }
        var degrees = Array(repeating: 0, count: timeline.count)
        sweep.run(items, degrees: &degrees)
        return RelationshipSet(
            type: .simultaneous,
            drafts: sweep.pairs.map {
                RelationshipDraft(events: items[$0.first].event, items[$0.second].event, of: timeline)
            }, omitted: sweep.omitted)
    }

    /// Spans that follow each other with a pause of at most the tolerance; the nearest come first. Instants follow
    /// nothing: what is near them is simultaneous.
    func sequential() -> RelationshipSet {
        var spans: [[(start: Int64, event: Int)]] = Array(repeating: [], count: Role.allCases.count)
        for (index, event) in timeline.enumerated() where !event.isInstant {
            if let role = Role(event) { spans[role.rawValue].append((event.start, index)) }
        }
        var result = RelationshipSet(type: .sequential)
        var degrees = Array(repeating: 0, count: timeline.count)
        for (index, event) in timeline.enumerated() where !event.isInstant {
            guard let role = Role(event) else { continue }
            let (latest, isTooFar) = event.end.addingReportingOverflow(tolerance)
            for successor in role.successors {
                let candidates = spans[successor.rawValue]
                let first = candidates.partitionPoint { $0.start >= event.end }
                let last = isTooFar ? candidates.count : candidates.partitionPoint { $0.start > latest }
                result.omitted += last - first
                for candidate in candidates[first..<min(last, first + limit)]
                where degrees[index] < limit && degrees[candidate.event] < limit {
                    result.drafts.append(RelationshipDraft(events: index, candidate.event, of: timeline))
                    result.omitted -= 1
                    degrees[index] += 1
                    degrees[candidate.event] += 1
                }
            }
        }
        return result
    }
}
