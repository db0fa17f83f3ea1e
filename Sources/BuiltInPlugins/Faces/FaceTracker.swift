/// Follows faces from one sampled picture to the next by overlap alone: the pair that overlaps most first. A cut ends every
/// track. Tells nothing about who a face belongs to.
struct FaceTracker {
    /// Intersection over union from which two boxes are the same face.
    static let overlap: Float = 0.3
    /// Seconds that a track waits for its face to come back.
    static let patience = 1.0

    private struct Track {
        let key: Int
        var box: PixelBox
        var time: Double
    }

    private var tracks: [Track] = []
    private var nextKey = 0

    /// Takes the faces of the next picture, and tells for each of them the track that it belongs to.
    ///
    /// - Parameters:
    ///   - time: of the picture, in seconds.
    ///   - isCut: whether the picture belongs to another shot than the one before.
    mutating func assign(_ faces: [PixelBox], time: Double, isCut: Bool) -> [Int] {
        if isCut { tracks = [] }
        tracks.removeAll { time - $0.time > Self.patience }
        var pairs: [(overlap: Float, track: Int, face: Int)] = []
        for track in tracks.indices {
            for face in faces.indices {
                let overlap = tracks[track].box.intersectionOverUnion(faces[face])
                if overlap >= Self.overlap { pairs.append((overlap, track, face)) }
            }
        }
        pairs.sort { ($1.overlap, $0.track, $0.face) < ($0.overlap, $1.track, $1.face) }
        var keys = [Int?](repeating: nil, count: faces.count)
        var taken = Set<Int>()
        for pair in pairs where keys[pair.face] == nil && taken.insert(pair.track).inserted {
            keys[pair.face] = tracks[pair.track].key
            tracks[pair.track].box = faces[pair.face]
            tracks[pair.track].time = time
        }
        return faces.indices.map { face in
            if let key = keys[face] { return key }
            defer { nextKey += 1 }
            tracks.append(Track(key: nextKey, box: faces[face], time: time))
            return nextKey
        }
    }
}
