import PluginKit

/// Draws entities from events.
enum EntityExtraction {
    /// Entities by type, then in order of first appearance; the speaker of a transcript segment is the one of the
    /// turns, so segments count as appearances only where there are no turns.
    static func entities(
        of events: [TimelineEvent], faceKinds: [Int: FaceDetections.ClusterKind]
    ) -> [Fusion.Entity] {
        let hasTurns = events.contains { $0.type == .speakerTurn }
        var positions: [EntityKey: Int] = [:]
        var drafts: [(key: EntityKey, events: [Int])] = []
        for (index, event) in events.enumerated() where !(hasTurns && event.type == .transcriptSegment) {
            for key in event.entities {
                if let position = positions[key] {
                    drafts[position].events.append(index)
                } else {
                    positions[key] = drafts.count
                    drafts.append((key, [index]))
                }
            }
        }
        let all = drafts.map { entity($0.key, $0.events.map { events[$0] }, faceKinds: faceKinds) }
        return Fusion.EntityType.allCases.flatMap { type in
            all.filter { $0.type == type }.sorted { ($0.firstMs, $0.label, $0.id) < ($1.firstMs, $1.label, $1.id) }
        }
    }

    private static func entity(
        _ key: EntityKey, _ events: [TimelineEvent], faceKinds: [Int: FaceDetections.ClusterKind]
    ) -> Fusion.Entity {
        let appearances = events.map { Fusion.Appearance(eventId: $0.id, startMs: $0.start, endMs: $0.end) }
        // A name is shown as it was read first.
        let label = key.type == .onScreenName ? events.first?.text.map(singleSpaced) : events.first?.label
        return Fusion.Entity(
            id: key.id, type: key.type, label: label ?? key.name,
            faceKind: key.type == .face ? Int(key.name).flatMap { faceKinds[$0] } : nil,
            firstMs: events.first?.start ?? 0, lastMs: events.map(\.end).max() ?? 0,
            totalMs: TimeSpan.covered(events.map(\.span)), confidence: events.compactMap(\.confidence).max(),
            appearances: appearances)
    }

    private static func singleSpaced(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
