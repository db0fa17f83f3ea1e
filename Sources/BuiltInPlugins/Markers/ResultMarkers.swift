import PluginKit

/// Markers that follow from the results of other operations.
struct ResultMarkers {
    let settings: MarkerSettings

    /// Confidence of a change of speaker where diarization does not tell how clear the voices are.
    private static let unknownVoice = 0.5

    /// Every boundary between scenes is a `shot_boundary`, labelled with its transition. Those between pictures that
    /// have little in common are `scene_change` as well: fades, and cuts that score one and a half times the
    /// threshold.
    func markers(of list: SceneList) -> [TemporalMarkers.Marker] {
        var found: [TemporalMarkers.Marker] = []
        let threshold = max(list.threshold, 0.001)
        for scene in list.scenes where scene.transition != .start {
            let excess = max(0, scene.score - threshold) / threshold
            let isChange = scene.transition == .fade || excess >= 0.5
            let label = scene.transition.rawValue
            if settings.kinds.contains(.shotBoundary) {
                found.append(instant(.shotBoundary, label, at: scene.startMs, 0.5 + 0.5 * min(1, excess)))
            }
            if settings.kinds.contains(.sceneChange), isChange {
                // 0.5 at one and a half times the threshold, 1 at two and a half times.
                found.append(
                    instant(.sceneChange, label, at: scene.startMs, 0.5 + 0.5 * min(1, max(0, excess - 0.5))))
            }
        }
        return found
    }

    /// Where another voice begins than the one that began before; the first voice is no change.
    func markers(of diarization: Diarization) -> [TemporalMarkers.Marker] {
        var found: [TemporalMarkers.Marker] = []
        let turns = diarization.segments.sorted {
            ($0.startMs, $0.endMs, $0.speaker) < ($1.startMs, $1.endMs, $1.speaker)
        }
        for (before, turn) in zip(turns, turns.dropFirst()) where before.speaker != turn.speaker {
            let confidence = [before.confidence, turn.confidence].compactMap { $0 }.min() ?? Self.unknownVoice
            found.append(instant(.speakerChange, turn.speaker, at: turn.startMs, confidence))
        }
        return found
    }

    /// Where an object is seen for the first time, or again after it was gone.
    func markers(of objects: ObjectDetections) -> [TemporalMarkers.Marker] {
        objects.tracks.isEmpty ? sightings(objects) : tracks(objects)
    }

    /// A track is an appearance unless it takes up another of its class that has just ended: tracks end at cuts, and
    /// what is still there afterwards has not appeared.
    private func tracks(_ objects: ObjectDetections) -> [TemporalMarkers.Marker] {
        let patience = Int64(Double(settings.absencePictures) * step(objects))
        var ended: [String: [Int64]] = [:]
        var found: [TemporalMarkers.Marker] = []
        var running: [String: [Int64]] = [:]
        for track in objects.tracks.sorted(by: { ($0.startMs, $0.trackId) < ($1.startMs, $1.trackId) }) {
            var ends = running[track.label] ?? []
            let over = ends.partition { $0 <= track.startMs }
            var free = (ended[track.label] ?? []) + ends[over...]
            ends.removeSubrange(over...)
            free.removeAll { track.startMs - $0 > patience }
            if let taken = free.indices.max(by: { free[$0] < free[$1] }) {
                free.remove(at: taken)
            } else {
                found.append(instant(.objectAppearance, track.label, at: track.startMs, track.confidence))
            }
            ended[track.label] = free
            running[track.label] = ends + [track.endMs]
        }
        return found
    }

    /// Without tracks a class appears as a whole: in a picture, after none of it for `absencePictures` pictures. Of
    /// pictures without any object the document knows only the number, so their absence counts where they were taken
    /// at a rate.
    private func sightings(_ objects: ObjectDetections) -> [TemporalMarkers.Marker] {
        let step = step(objects)
        var last: [String: (position: Int, time: Int64)] = [:]
        var found: [TemporalMarkers.Marker] = []
        for (position, picture) in objects.pictures.enumerated() {
            let classes = Dictionary(picture.objects.map { ($0.label, $0.confidence) }, uniquingKeysWith: max)
            for (label, confidence) in classes.sorted(by: { $0.key < $1.key }) {
                let isNew = last[label].map { known in
                    let listed = position - known.position - 1
                    let sampled = step > 0 ? Int((Double(picture.frame.startMs - known.time) / step).rounded()) - 1 : 0
                    return max(listed, sampled) >= settings.absencePictures
                }
                if isNew ?? true {
                    found.append(instant(.objectAppearance, label, at: picture.frame.startMs, confidence))
                }
                last[label] = (position, picture.frame.startMs)
            }
        }
        return found
    }

    /// Milliseconds from one sampled picture to the next; 0 for keyframes, which have no rate.
    private func step(_ objects: ObjectDetections) -> Double {
        guard objects.sampling.source == "frames", let rate = objects.sampling.fps, rate > 0 else { return 0 }
        return 1000 / rate
    }

    private func instant(
        _ kind: TemporalMarkers.Kind, _ label: String, at time: Int64, _ confidence: Double
    ) -> TemporalMarkers.Marker {
        settings.marker(kind, label: label, start: time, end: time, confidence: confidence)
    }
}
