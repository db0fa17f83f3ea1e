/// Follows objects from one sampled picture to the next, after ByteTrack (Zhang et al., 2022): confident detections are
/// matched with the tracks first; what remains of the tracks may go on with the doubtful ones, which never begin a track.
///
/// Matching takes the best overlap of a class first. A cut ends every track.
struct ObjectTracker {
    /// Confidence from which a detection counts as sure.
    static let sure: Float = 0.4
    /// Confidence from which a detection may at least continue a track.
    static let doubtful: Float = 0.1
    /// Seconds that a track waits for its object to come back.
    static let patience = 1.0

    private static let expectedOverlap: Float = 0.2
    private static let lastOverlap: Float = 0.3
    private static let doubtfulOverlap: Float = 0.5

    private struct Track {
        let key: Int
        let classIndex: Int
        var motion: BoxMotion
        var last: PixelBox
        /// Whether it was seen in the picture before this one.
        var isInView: Bool
    }

    private var tracks: [Track] = []
    private var nextKey = 0

    /// Takes the detections of the next picture, and tells for each of them the track that it belongs to.
    ///
    /// - Parameters:
    ///   - threshold: confidence from which detections count as sure, where that is higher than ``sure``.
    ///   - time: of the picture, in seconds.
    ///   - isCut: whether the picture belongs to another shot than the one before.
    mutating func assign(_ detections: [Detection], threshold: Float, time: Double, isCut: Bool) -> [Int?] {
        if isCut { tracks = [] }
        tracks.removeAll { time - $0.motion.time > Self.patience }
        let sure = max(Self.sure, threshold)
        var owners = [Int?](repeating: nil, count: detections.count)
        var free = Set(tracks.indices)
        let confident = detections.indices.filter { detections[$0].confidence >= sure }
        let expected = tracks.map { $0.motion.expected(at: time) }
        match(confident, of: detections, free: &free, owners: &owners, limit: Self.expectedOverlap) { expected[$0] }
        // Something that stopped or turned is not where it was expected, but perhaps still where it was.
        match(confident, of: detections, free: &free, owners: &owners, limit: Self.lastOverlap) { [tracks] in
            tracks[$0].last
        }
        let doubtful = detections.indices.filter {
            detections[$0].confidence < sure && detections[$0].confidence >= Self.doubtful
        }
        var inView = free.filter { tracks[$0].isInView }
        match(doubtful, of: detections, free: &inView, owners: &owners, limit: Self.doubtfulOverlap) { expected[$0] }
        for index in tracks.indices { tracks[index].isInView = false }
        for (index, owner) in owners.enumerated() {
            guard let owner else { continue }
            tracks[owner].motion.see(detections[index].box, at: time)
            tracks[owner].last = detections[index].box
            tracks[owner].isInView = true
        }
        var keys = owners.map { owner in owner.map { tracks[$0].key } }
        for index in confident where keys[index] == nil {
            keys[index] = nextKey
            tracks.append(
                Track(
                    key: nextKey, classIndex: detections[index].classIndex,
                    motion: BoxMotion(detections[index].box, at: time), last: detections[index].box, isInView: true))
            nextKey += 1
        }
        return keys
    }

    /// Gives each of the `candidates` that has none the free track whose box overlaps it most.
    private func match(
        _ candidates: [Int], of detections: [Detection], free: inout Set<Int>, owners: inout [Int?], limit: Float,
        box: (Int) -> PixelBox
    ) {
        var pairs: [(overlap: Float, detection: Int, track: Int)] = []
        for detection in candidates where owners[detection] == nil {
            for track in free where tracks[track].classIndex == detections[detection].classIndex {
                let overlap = box(track).intersectionOverUnion(detections[detection].box)
                if overlap >= limit { pairs.append((overlap, detection, track)) }
            }
        }
        pairs.sort { ($1.overlap, $0.detection, $0.track) < ($0.overlap, $1.detection, $1.track) }
        for pair in pairs where owners[pair.detection] == nil && free.contains(pair.track) {
            owners[pair.detection] = pair.track
            free.remove(pair.track)
        }
    }
}
