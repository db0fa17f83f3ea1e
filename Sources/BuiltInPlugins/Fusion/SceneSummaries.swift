import PluginKit

/// Sums up what each scene holds.
struct SceneSummaries {
    private let timeline: [TimelineEvent]
    /// Scene events in order of time.
    private let scenes: [Int]
    private let starts: [Int64]
    /// Largest end so far; it never falls, so it can be searched.
    private let latestEnds: [Int64]
    private let withEntities: Bool

    /// Members of one kind in one scene, by label.
    private typealias Members = [String: (entity: EntityKey?, spans: [TimeSpan])]

    init(_ timeline: [TimelineEvent], withEntities: Bool) {
        self.timeline = timeline
        self.withEntities = withEntities
        scenes = timeline.indices.filter { timeline[$0].type == .scene }
        starts = scenes.map { timeline[$0].start }
        var latest = Int64.min
        latestEnds = scenes.map { index in
            latest = max(latest, timeline[index].end)
            return latest
        }
    }

    /// The summaries in order of time.
    func summaries(of inputs: FusionInputs) -> [Fusion.SceneSummary] {
        guard !scenes.isEmpty else { return [] }
        var summaries = scenes.map { index in
            Fusion.SceneSummary(
                eventId: timeline[index].id, sceneIndex: timeline[index].source.index, startMs: timeline[index].start,
                endMs: timeline[index].end)
        }
        var who = [Members](repeating: [:], count: scenes.count)
        var what = who
        var places = who
        var sounds = who
        var texts = [Set<String>](repeating: [], count: scenes.count)
        for event in timeline {
            switch event.type {
            case .speakerTurn, .face: add(event, to: &who)
            case .object: add(event, to: &what)
            case .place: add(event, to: &places)
            case .audioEvent: add(event, to: &sounds)
            case .onScreenText:
                for scene in overlapping(event.span) {
                    if let text = event.text, texts[scene].insert(text).inserted {
                        summaries[scene].onScreenText.append(text)
                    }
                }
            case .transcriptSegment, .subtitle, .scene, .marker: break
            }
        }
        for index in summaries.indices {
            summaries[index].who = members(who[index])
            summaries[index].what = members(what[index])
            summaries[index].places = members(places[index])
            summaries[index].sounds = members(sounds[index])
        }
        addWords(inputs, to: &summaries)
        addKeyframes(inputs.keyframes?.document.images ?? [], to: &summaries)
        return summaries
    }

    /// Scenes that share time with a span. An instant is in the scenes that it does not end, or in the last one.
    private func overlapping(_ span: TimeSpan) -> [Int] {
        let isInstant = span.start == span.end
        let first = latestEnds.partitionPoint { $0 > span.start }
        var found: [Int] = []
        for scene in scenes.indices[first...] {
            guard isInstant ? starts[scene] <= span.start : starts[scene] < span.end else { break }
            if timeline[scenes[scene]].end > span.start { found.append(scene) }
        }
        if found.isEmpty, isInstant, let last = scenes.indices.last, timeline[scenes[last]].end == span.start {
            return [last]
        }
        return found
    }

    private func add(_ event: TimelineEvent, to members: inout [Members]) {
        for scene in overlapping(event.span) {
            let range = timeline[scenes[scene]].span
            members[scene][event.label ?? event.type.rawValue, default: (event.entities.first, [])].spans
                .append(event.span.clipped(to: range))
        }
    }

    private func members(_ members: Members) -> [Fusion.SceneMember] {
        members.map { label, member in
            Fusion.SceneMember(
                label: label, entityId: withEntities ? member.entity?.id : nil, timeMs: TimeSpan.covered(member.spans),
                events: member.spans.count)
        }.sorted { ($1.timeMs, $1.events, $0.label) < ($0.timeMs, $0.events, $1.label) }
    }

    // MARK: Words

    /// The transcript, or else the first text track that has cues.
    private func addWords(_ inputs: FusionInputs, to summaries: inout [Fusion.SceneSummary]) {
        let transcript = inputs.transcription?.document.segments ?? []
        let track = timeline.first { $0.type == .subtitle }?.source.list
        var texts = [[String]](repeating: [], count: summaries.count)
        for event in timeline {
            if event.type == .transcriptSegment {
                let words = transcript.indices.contains(event.source.index) ? transcript[event.source.index].words : nil
                addSpeech(event, words: words ?? [], to: &texts, &summaries)
            } else if event.type == .subtitle, transcript.isEmpty, event.source.list == track {
                addSpeech(event, words: [], to: &texts, &summaries)
            }
        }
        for index in summaries.indices { summaries[index].words = texts[index].joined(separator: " ") }
    }

    private func addSpeech(
        _ event: TimelineEvent, words: [Transcript.Word], to texts: inout [[String]],
        _ summaries: inout [Fusion.SceneSummary]
    ) {
        let candidates = overlapping(event.span)
        let shares = candidates.map { timeline[scenes[$0]].span.shared(with: event.span) }
        // The earlier one of equals.
        guard let most = shares.max(), let main = zip(candidates, shares).first(where: { $0.1 == most })?.0 else {
            return
        }
        guard candidates.count > 1, !words.isEmpty else {
            texts[main].append(event.text ?? "")
            summaries[main].wordEventIds.append(event.id)
            return
        }
        var parts: [Int: [String]] = [:]
        for word in words {
            let middle = word.startMs + (word.endMs - word.startMs) / 2
            let scene = candidates.first { starts[$0] <= middle && middle < timeline[scenes[$0]].end } ?? main
            parts[scene, default: []].append(word.text)
        }
        for (scene, words) in parts.sorted(by: { $0.key < $1.key }) {
            texts[scene].append(words.joined(separator: " "))
            summaries[scene].wordEventIds.append(event.id)
        }
    }

    // MARK: Pictures

    private func addKeyframes(_ images: [ImageSequence.Image], to summaries: inout [Fusion.SceneSummary]) {
        var sharpest = [Double](repeating: -1, count: summaries.count)
        for image in images {
            for scene in overlapping(TimeSpan(start: image.startMs, end: image.startMs)) {
                let sharpness = image.sharpness ?? 0
                guard sharpness > sharpest[scene] else { continue }
                sharpest[scene] = sharpness
                summaries[scene].keyframe = "keyframes/" + image.file
            }
        }
    }
}
