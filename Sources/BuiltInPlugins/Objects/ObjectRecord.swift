import MediaValues
import PluginKit

/// Gathers the document of an `objects` run, picture by picture.
struct ObjectRecord {
    private let labels: ObjectLabels
    private let threshold: Double
    private let follows: Bool
    private var pictures: [ObjectDetections.Picture] = []
    private var shots = ShotChange()
    private var tracker = ObjectTracker()
    private var ledger = TrackLedger()

    init(labels: ObjectLabels, threshold: Double, follows: Bool) {
        self.labels = labels
        self.threshold = threshold
        self.follows = follows
    }

    /// Adds a picture; pictures come in order of time.
    ///
    /// - Parameter detections: in pixels, most confident first; those below the threshold only help to follow the others.
    /// - Returns: the record of the picture; nil where nothing is in it.
    mutating func add(
        _ detections: [Detection], histogram: ColourHistogram?, frame: VideoFrame
    ) -> ObjectDetections.Picture? {
        var keys = [Int?](repeating: nil, count: detections.count)
        if follows {
            let isCut = histogram.map { shots.isCut(to: $0) } ?? false
            keys = tracker.assign(
                detections, threshold: Float(threshold), time: frame.time.seconds, isCut: isCut)
        }
        let reference = FrameReference(frame)
        var objects: [ObjectDetections.Object] = []
        for (detection, key) in zip(detections, keys) where detection.confidence >= Float(threshold) {
            let confidence = min(1, Double(detection.confidence)).rounded(decimals: 4)
            let number = key.flatMap {
                ledger.add(
                    $0, classIndex: detection.classIndex, confidence: confidence, frame: reference,
                    place: .init(picture: pictures.count, entry: objects.count))
            }
            objects.append(
                ObjectDetections.Object(
                    label: labels.name(detection.classIndex), classId: detection.classIndex, confidence: confidence,
                    box: detection.box.fractions(ofWidth: frame.width, height: frame.height), trackId: number))
        }
        guard !objects.isEmpty else { return nil }
        let picture = ObjectDetections.Picture(frame: reference, objects: objects)
        pictures.append(picture)
        return picture
    }

    func document(model: String, sampling: PictureSamplingRecord) -> ObjectDetections {
        var pictures = pictures
        let tracks = ledger.confirmed.map { number, track in
            pictures[track.first.picture].objects[track.first.entry].trackId = number
            return ObjectDetections.Track(
                trackId: number, label: labels.name(track.classIndex), startMs: track.startMs, endMs: track.endMs,
                detections: track.sightings, confidence: track.confidence)
        }
        return ObjectDetections(
            model: model, sampling: sampling, threshold: threshold, pictures: pictures, tracks: tracks)
    }
}
