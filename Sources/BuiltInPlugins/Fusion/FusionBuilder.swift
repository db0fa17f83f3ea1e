import PluginKit

/// Makes the document of the results. A pure function: equal results give equal documents.
enum FusionBuilder {
    static func fuse(_ inputs: FusionInputs, durationMs: Int64?, settings: Fusion.Settings) -> Fusion {
        let timeline = TimelineBuilder.events(of: inputs)
        let duration = durationMs ?? timeline.map(\.end).max() ?? 0
        let modalities = inputs.modalities(events: timeline)
        var descriptions: VisualDescriptions?
        var sets: [RelationshipSet] = []
        if settings.buildRelationships {
            let temporal = TemporalRelationships(
                timeline: timeline, tolerance: settings.toleranceMs, limit: settings.relationshipsPerEvent)
            let described = VisualDescriptions(
                timeline, tolerance: settings.toleranceMs, limit: settings.relationshipsPerEvent)
            descriptions = described
            sets = [temporal.simultaneous(), temporal.sequential(), described.relationships]
            // It relates entities, so it needs them.
            if settings.extractEntities { sets.append(SpeakerOnScreen.relationships(timeline)) }
            sets.append(
                SpokenAndShown(
                    timeline, tolerance: settings.toleranceMs, limit: settings.relationshipsPerEvent
                ).relationships)
        }
        let scenes =
            settings.alignModalities && inputs.scenes != nil
            ? SceneSummaries(timeline, withEntities: settings.extractEntities).summaries(of: inputs) : nil
        return Fusion(
            durationMs: max(0, duration), settings: settings, modalities: modalities,
            events: records(timeline, settings: settings),
            entities: settings.extractEntities
                ? EntityExtraction.entities(of: timeline, faceKinds: faceKinds(inputs)) : [],
            relationships: relationships(sets, of: timeline),
            relationshipCounts: sets.map {
                Fusion.RelationshipCount(type: $0.type, made: $0.drafts.count, omitted: $0.omitted)
            },
            scenes: scenes ?? [],
            quality: QualityScores(timeline: timeline, inputs: inputs, durationMs: duration)
                .quality(modalities: modalities, scenes: scenes, descriptions: descriptions))
    }

    private static func records(_ timeline: [TimelineEvent], settings: Fusion.Settings) -> [Fusion.Event] {
        let events = timeline.map { $0.record(withEntities: settings.extractEntities) }
        guard !settings.alignModalities else { return events }
        return Fusion.EventType.allCases.flatMap { type in events.filter { $0.type == type } }
    }

    /// Where a draft goes.
    private struct Place {
        var start: Int64
        var end: Int64
        var first: Int
        var second: Int
        var set: Int
        var draft: Int
        var number = 0
    }

    private static func relationships(
        _ sets: [RelationshipSet], of timeline: [TimelineEvent]
    ) -> [Fusion.Relationship] {
        let ids = timeline.map(\.id)
        var all: [Place] = []
        all.reserveCapacity(sets.reduce(0) { $0 + $1.drafts.count })
        for (index, set) in sets.enumerated() {
            var places = set.drafts.indices.map { draft in
                let (first, second) = set.drafts[draft].order(at: draft)
                let span = set.drafts[draft].span
                return Place(
                    start: span.start, end: span.end, first: first, second: second, set: index, draft: draft)
            }
            places.sort { ($0.start, $0.end, $0.first, $0.second) < ($1.start, $1.end, $1.first, $1.second) }
            for number in places.indices { places[number].number = number }
            all += places
        }
        all.sort { ($0.start, $0.end, $0.set, $0.number) < ($1.start, $1.end, $1.set, $1.number) }
        return all.map { sets[$0.set].drafts[$0.draft].record(sets[$0.set].type, number: $0.number, ids: ids) }
    }

    private static func faceKinds(_ inputs: FusionInputs) -> [Int: FaceDetections.ClusterKind] {
        Dictionary((inputs.faces?.document.clusters ?? []).map { ($0.clusterId, $0.kind) }) { first, _ in first }
    }
}
