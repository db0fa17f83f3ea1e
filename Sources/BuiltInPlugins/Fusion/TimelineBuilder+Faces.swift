import PluginKit

extension TimelineBuilder {
    /// A face followed through a shot is one event. A person's face comes and goes across the file: there each run of
    /// sightings is one. Faces of no cluster are one event for each picture.
    mutating func addFaces(_ inputs: FusionInputs) {
        guard let faces = inputs.faces?.document else { return }
        var found: [TimelineEvent] = []
        func add(_ event: TimelineEvent, cluster: Int?) {
            var event = event
            // A run gets its number when it ends.
            event.number = found.count
            if let cluster { event.entities = [EntityKey(type: .face, name: String(cluster))] }
            found.append(event)
        }
        let persons = Set(faces.clusters.filter { $0.kind == .identity }.map(\.clusterId))
        for (index, cluster) in faces.clusters.enumerated() where cluster.kind == .track {
            add(
                TimelineEvent(
                    .face, number: 0, start: cluster.startMs, end: cluster.endMs,
                    label: "face \(cluster.clusterId)", confidence: cluster.confidence, count: cluster.detections,
                    from: .faces, list: "clusters", index: index), cluster: cluster.clusterId)
        }
        // Longest pause between two sampled pictures of one run, half a step more than the step itself.
        let step = faces.sampling.source == "frames" ? faces.sampling.fps.map { Int64(1500 / max($0, 0.01)) } ?? 0 : 0
        var open: [Int: TimelineEvent] = [:]
        let known = Set(faces.clusters.map(\.clusterId))
        for (index, picture) in faces.pictures.enumerated() {
            var loose: [FaceDetections.Face] = []
            for face in picture.faces {
                guard let cluster = face.clusterId, known.contains(cluster) else {
                    loose.append(face)
                    continue
                }
                guard persons.contains(cluster) else { continue }
                if var run = open[cluster], picture.frame.startMs - run.end <= step {
                    run.end = max(run.end, picture.frame.endMs)
                    run.confidence = max(run.confidence ?? 0, face.confidence)
                    run.count = (run.count ?? 0) + 1
                    open[cluster] = run
                } else {
                    if let run = open[cluster] { add(run, cluster: cluster) }
                    open[cluster] = TimelineEvent(
                        .face, number: 0, start: picture.frame.startMs, end: picture.frame.endMs,
                        label: "face \(cluster)", confidence: face.confidence, count: 1, from: .faces,
                        list: "pictures", index: index)
                }
            }
            if !loose.isEmpty {
                add(
                    TimelineEvent(
                        .face, number: 0, start: picture.frame.startMs, end: picture.frame.endMs,
                        confidence: loose.map(\.confidence).max(), count: loose.count, from: .faces, list: "pictures",
                        index: index), cluster: nil)
            }
        }
        for (cluster, run) in open.sorted(by: { $0.key < $1.key }) { add(run, cluster: cluster) }
        append(found)
    }

}

/// Who speaks in a segment of the transcript: as diarization says, or else whose turns share most of its time.
struct SpeakerLookup {
    private let turns: [Diarization.Segment]
    /// Largest end among the turns up to each one; not falling, so it can be searched.
    private let latestEnds: [Int64]
    private let spoken: [Int: String]

    init(turns: [Diarization.Segment], spoken: [Diarization.SpokenSegment]) {
        self.turns = turns.sorted { ($0.startMs, $0.endMs, $0.speaker) < ($1.startMs, $1.endMs, $1.speaker) }
        var latest = Int64.min
        latestEnds = self.turns.map {
            latest = max(latest, $0.endMs)
            return latest
        }
        var known: [Int: String] = [:]
        // A speaker without turns would lead nowhere.
        let speakers = Set(turns.map(\.speaker))
        for segment in spoken {
            if let speaker = segment.speaker, speakers.contains(speaker) { known[segment.segmentIndex] = speaker }
        }
        self.spoken = known
    }

    func speaker(ofSegment index: Int, _ span: TimeSpan) -> String? {
        if let known = spoken[index] { return known }
        var shares: [String: Int64] = [:]
        let first = latestEnds.partitionPoint { $0 > span.start }
        for turn in turns[first...] {
            guard turn.startMs < span.end else { break }
            let shared = span.shared(with: TimeSpan(start: turn.startMs, end: turn.endMs))
            if shared > 0 { shares[turn.speaker, default: 0] += shared }
        }
        return shares.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
}

extension Array {
    /// First position whose element fulfils `isPast`; all before it do not, all after it do. The count where none does.
    func partitionPoint(where isPast: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if isPast(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
