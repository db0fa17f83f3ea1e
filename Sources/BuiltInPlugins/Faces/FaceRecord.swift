import MediaValues
import PluginKit

/// Gathers the document of a `faces` run, picture by picture.
///
/// Without an identity model faces are followed within a shot only. With one, the faces of a track share one vector (their
/// mean), and what is alike becomes one cluster across the file.
struct FaceRecord {
    /// A face with the vector that tells whose it is, where there is one.
    struct Sight: Sendable {
        var detection: Detection
        var embedding: [Float]?
    }

    /// What surely is one face: a track, or a single sight where nothing is followed.
    private struct Subject {
        var sum: [Float] = []
        var places: [TrackLedger.Place] = []

        var direction: [Float]? { VectorLength.normalized(sum) }
    }

    private let landmarkNames: [String]
    private let follows: Bool
    /// Cosine from which faces are of the same person; nil without an identity model.
    private let sameCosine: Float?
    private var pictures: [FaceDetections.Picture] = []
    private var shots = ShotChange()
    private var tracker = FaceTracker()
    private var ledger = TrackLedger()
    private var subjects: [Subject] = []
    private var subjectOfTrack: [Int: Int] = [:]

    init(landmarkNames: [String], follows: Bool, sameCosine: Float?) {
        self.landmarkNames = landmarkNames
        self.follows = follows
        self.sameCosine = sameCosine
    }

    /// Adds a picture; pictures come in order of time.
    ///
    /// - Parameter sights: in pixels, most confident first.
    /// - Returns: the record of the picture; nil where no face is in it.
    mutating func add(
        _ sights: [Sight], histogram: ColourHistogram?, frame: VideoFrame
    ) -> FaceDetections.Picture? {
        var keys = [Int?](repeating: nil, count: sights.count)
        if follows {
            let isCut = histogram.map { shots.isCut(to: $0) } ?? false
            keys = tracker.assign(sights.map(\.detection.box), time: frame.time.seconds, isCut: isCut)
        }
        guard !sights.isEmpty else { return nil }
        let reference = FrameReference(frame)
        var picture = FaceDetections.Picture(frame: reference, faces: [])
        for (sight, key) in zip(sights, keys) {
            let place = TrackLedger.Place(picture: pictures.count, entry: picture.faces.count)
            var face = record(of: sight.detection, in: frame)
            if sameCosine == nil, let key {
                face.clusterId = ledger.add(key, confidence: face.confidence, frame: reference, place: place)
            } else if sameCosine != nil {
                add(sight.embedding, at: place, key: key)
            }
            picture.faces.append(face)
        }
        pictures.append(picture)
        return picture
    }

    private func record(of detection: Detection, in frame: VideoFrame) -> FaceDetections.Face {
        func fraction(_ value: Float, _ length: Int) -> Double {
            (Double(value) / Double(max(1, length))).rounded(decimals: 5)
        }
        let landmarks = zip(landmarkNames, detection.landmarks).map { name, point in
            FaceDetections.Landmark(
                name: name,
                point: PicturePoint(x: fraction(point.x, frame.width), y: fraction(point.y, frame.height)))
        }
        return FaceDetections.Face(
            confidence: min(1, Double(detection.confidence)).rounded(decimals: 4),
            box: detection.box.fractions(ofWidth: frame.width, height: frame.height),
            landmarks: landmarks.isEmpty ? nil : landmarks)
    }

    private mutating func add(_ embedding: [Float]?, at place: TrackLedger.Place, key: Int?) {
        let index = key.flatMap { subjectOfTrack[$0] } ?? subjects.count
        if index == subjects.count {
            subjects.append(Subject())
            if let key { subjectOfTrack[key] = index }
        }
        subjects[index].places.append(place)
        guard let embedding else { return }
        if subjects[index].sum.isEmpty {
            subjects[index].sum = embedding
        } else {
            for position in embedding.indices { subjects[index].sum[position] += embedding[position] }
        }
    }

    func document(
        model: String, identityModel: String?, sampling: PictureSamplingRecord, threshold: Double
    ) -> FaceDetections {
        var document = FaceDetections(
            model: model, identityModel: identityModel, sampling: sampling, threshold: threshold, pictures: pictures,
            clusters: [])
        if let sameCosine {
            addIdentities(to: &document, sameCosine: sameCosine)
        } else {
            for (number, track) in ledger.confirmed {
                document.pictures[track.first.picture].faces[track.first.entry].clusterId = number
                document.clusters.append(
                    FaceDetections.Cluster(
                        clusterId: number, kind: .track, startMs: track.startMs, endMs: track.endMs,
                        detections: track.sightings, confidence: track.confidence))
            }
        }
        return document
    }

    private func addIdentities(to document: inout FaceDetections, sameCosine: Float) {
        let known = subjects.compactMap { subject in subject.direction.map { (subject.places, $0) } }
        let numbers = IdentityGrouping.groups(of: known.map(\.1), limit: sameCosine)
        var places: [Int: [TrackLedger.Place]] = [:]
        for (subject, number) in zip(known, numbers) { places[number, default: []] += subject.0 }
        // As with tracks, what was seen only once is no cluster.
        let persons = places.values.filter { $0.count > 1 }.map { places in
            places.sorted { ($0.picture, $0.entry) < ($1.picture, $1.entry) }
        }.sorted { ($0[0].picture, $0[0].entry) < ($1[0].picture, $1[0].entry) }
        for (number, places) in persons.enumerated() {
            for place in places { document.pictures[place.picture].faces[place.entry].clusterId = number }
            let frames = places.map { pictures[$0.picture].frame }
            document.clusters.append(
                FaceDetections.Cluster(
                    clusterId: number, kind: .identity, startMs: frames.map(\.startMs).min() ?? 0,
                    endMs: frames.map(\.endMs).max() ?? 0, detections: places.count,
                    confidence: places.map { pictures[$0.picture].faces[$0.entry].confidence }.max() ?? 0))
        }
    }
}
