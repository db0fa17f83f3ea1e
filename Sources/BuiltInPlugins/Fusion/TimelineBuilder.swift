import PluginKit

/// Turns results into events with true spans, in order of time.
struct TimelineBuilder {
    private(set) var events: [TimelineEvent] = []

    /// Every event of the inputs, in order of start, end, type and source.
    static func events(of inputs: FusionInputs) -> [TimelineEvent] {
        var builder = TimelineBuilder()
        builder.addSpeech(inputs)
        builder.addSounds(inputs)
        builder.addPictures(inputs)
        builder.addFaces(inputs)
        return builder.events.sorted { left, right in
            if left.start != right.start { return left.start < right.start }
            if left.end != right.end { return left.end < right.end }
            if left.type != right.type { return left.type.order < right.type.order }
            return left.number < right.number
        }
    }

    mutating func append(_ more: [TimelineEvent]) { events += more }

    private mutating func addSpeech(_ inputs: FusionInputs) {
        let turns = inputs.diarization?.document.segments ?? []
        let speakers = SpeakerLookup(turns: turns, spoken: inputs.diarization?.document.transcript ?? [])
        for (index, segment) in (inputs.transcription?.document.segments ?? []).enumerated() {
            var event = TimelineEvent(
                .transcriptSegment, number: index, start: segment.startMs, end: segment.endMs, text: segment.text,
                from: .transcription, list: "segments", index: index)
            if let speaker = speakers.speaker(ofSegment: segment.index, event.span) {
                event.entities = [EntityKey(type: .speaker, name: speaker)]
            }
            events.append(event)
        }
        for (index, turn) in turns.enumerated() {
            var event = TimelineEvent(
                .speakerTurn, number: index, start: turn.startMs, end: turn.endMs, label: turn.speaker,
                confidence: turn.confidence, from: .diarization, list: "segments", index: index)
            event.entities = [EntityKey(type: .speaker, name: turn.speaker)]
            events.append(event)
        }
        var number = 0
        for (track, cues) in (inputs.subtitles?.document.tracks ?? []).enumerated() {
            for (index, cue) in cues.cues.enumerated() {
                events.append(
                    TimelineEvent(
                        .subtitle, number: number, start: cue.startMs, end: cue.endMs, label: cues.language,
                        text: cue.text, from: .subtitles, list: "tracks/\(track)/cues", index: index))
                number += 1
            }
        }
    }

    private mutating func addSounds(_ inputs: FusionInputs) {
        for (index, sound) in (inputs.audioEvents?.document.events ?? []).enumerated() {
            events.append(
                TimelineEvent(
                    .audioEvent, number: index, start: sound.startMs, end: sound.endMs, label: sound.label,
                    confidence: sound.confidence, from: .audioEvents, list: "events", index: index))
        }
        for (index, marker) in (inputs.markers?.document.markers ?? []).enumerated() {
            var event = TimelineEvent(
                .marker, number: index, start: marker.startMs, end: marker.endMs, label: marker.kind.rawValue,
                confidence: marker.confidence, from: .markers, list: "markers", index: index)
            event.text = marker.label
            events.append(event)
        }
    }

    private mutating func addPictures(_ inputs: FusionInputs) {
        for (index, scene) in (inputs.scenes?.document.scenes ?? []).enumerated() {
            events.append(
                TimelineEvent(
                    .scene, number: index, start: scene.startMs, end: scene.endMs, from: .scenes, list: "scenes",
                    index: index))
        }
        for (index, line) in (inputs.ocr?.document.spans ?? []).enumerated() {
            var event = TimelineEvent(
                .onScreenText, number: index, start: line.startMs, end: line.endMs, text: line.text,
                confidence: line.confidence, count: line.pictures, from: .ocr, list: "spans", index: index)
            if let name = OnScreenName(line.text, confidence: line.confidence) {
                event.entities = [EntityKey(type: .onScreenName, name: name.key)]
            }
            events.append(event)
        }
        addPlaces(inputs.places?.document.pictures ?? [])
        if let objects = inputs.objects?.document { addObjects(objects) }
    }

    /// Consecutive pictures of one place are one event.
    private mutating func addPlaces(_ pictures: [PlaceList.Picture]) {
        var number = 0
        var index = 0
        while index < pictures.count {
            let first = pictures[index]
            var last = index
            while last + 1 < pictures.count, pictures[last + 1].label == first.label { last += 1 }
            let run = pictures[index...last]
            var event = TimelineEvent(
                .place, number: number, start: first.frame.startMs, end: run.map(\.frame.endMs).max() ?? 0,
                label: first.label, confidence: run.reduce(0) { $0 + $1.confidence } / Double(run.count),
                count: run.count, from: .places, list: "pictures", index: index)
            event.confidence = event.confidence.map(FusionScore.rounded)
            event.entities = [EntityKey(type: .place, name: first.label)]
            events.append(event)
            number += 1
            index = last + 1
        }
    }

    /// Tracks; and of what was not followed, one sighting for each class and picture.
    private mutating func addObjects(_ objects: ObjectDetections) {
        var found: [TimelineEvent] = []
        func add(_ event: TimelineEvent) {
            var event = event
            event.number = found.count
            event.entities = [EntityKey(type: .object, name: event.label ?? "")]
            found.append(event)
        }
        for (index, track) in objects.tracks.enumerated() {
            add(
                TimelineEvent(
                    .object, number: 0, start: track.startMs, end: track.endMs, label: track.label,
                    confidence: track.confidence, count: track.detections, from: .objects, list: "tracks",
                    index: index))
        }
        let followed = Set(objects.tracks.map(\.trackId))
        for (index, picture) in objects.pictures.enumerated() {
            var sightings: [String: (count: Int, confidence: Double)] = [:]
            for object in picture.objects where !(object.trackId.map(followed.contains) ?? false) {
                let known = sightings[object.label] ?? (0, 0)
                sightings[object.label] = (known.count + 1, max(known.confidence, object.confidence))
            }
            for (label, sighting) in sightings.sorted(by: { $0.key < $1.key }) {
                add(
                    TimelineEvent(
                        .object, number: 0, start: picture.frame.startMs, end: picture.frame.endMs, label: label,
                        confidence: sighting.confidence, count: sighting.count, from: .objects, list: "pictures",
                        index: index))
            }
        }
        append(found)
    }
}

extension Fusion.EventType {
    /// Position in the list of types.
    var order: Int { Self.orders[self] ?? 0 }
    private static let orders = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}

/// How scores are written.
enum FusionScore {
    /// To a thousandth.
    static func rounded(_ score: Double) -> Double { score.rounded(decimals: 3) }
}
