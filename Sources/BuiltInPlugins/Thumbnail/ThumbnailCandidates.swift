import MediaValues
import PluginKit

/// Pictures that may stand for the file: those that are not flat, at most 12 of them, spread over the video; of videos that
/// are flat throughout, the first picture.
struct ThumbnailCandidates {
    /// A picture with what is known of it.
    struct Candidate: Sendable {
        var frame: FrameReference
        var width: Int
        var height: Int
        var jpeg: [UInt8]
        /// Standard deviation of the Laplacian: a doubled contrast of the edges doubles it.
        var sharpness: Double
        var exposure: Double
    }

    /// A candidate with its marks, each 0…1.
    struct Choice {
        var candidate: Candidate
        var score: Double
        var sharpness: Double
        var faces: Double?
    }

    /// Most candidates compared.
    static let limit = 12
    /// Faces that take this share of the picture count in full.
    static let fullFaceShare = 0.1

    private var thinning = Thinning(limit: limit)
    private var held: [Candidate] = []
    private var firstFlat: Candidate?

    /// Takes a picture into account.
    mutating func add(_ candidate: Candidate) {
        guard candidate.exposure > 0 else {
            if firstFlat == nil { firstFlat = candidate }
            return
        }
        guard thinning.accepts() else { return }
        held.append(candidate)
        if let positions = thinning.added(total: held.count) { held = positions.map { held[$0] } }
    }

    /// Those that are compared.
    var candidates: [Candidate] {
        if held.isEmpty { return firstFlat.map { [$0] } ?? [] }
        return thinning.final(total: held.count)?.map { held[$0] } ?? held
    }

    /// The best candidate; of equals the first. Nil where there were no pictures.
    ///
    /// The score is half sharpness and half exposure; with faces 0.35 of each and 0.3 for the faces. Sharpness is relative to
    /// the sharpest candidate; faces count by the share of the picture that they take, in full from a tenth on.
    ///
    /// - Parameter faces: the document of `faces`, where it ran; pictures are matched by timestamp.
    func best(faces: FaceDetections?) -> Choice? {
        let candidates = candidates
        let sharpest = candidates.map(\.sharpness).max() ?? 0
        var best: Choice?
        for candidate in candidates {
            let sharpness = sharpest > 0 ? candidate.sharpness / sharpest : 0
            let share = faces.map { Self.faceShare(of: candidate.frame, in: $0) }
            let score =
                share.map { 0.35 * sharpness + 0.35 * candidate.exposure + 0.3 * $0 }
                ?? 0.5 * sharpness + 0.5 * candidate.exposure
            if best.map({ score > $0.score }) ?? true {
                best = Choice(candidate: candidate, score: score, sharpness: sharpness, faces: share)
            }
        }
        return best
    }

    private static func faceShare(of frame: FrameReference, in document: FaceDetections) -> Double {
        let picture = document.pictures.first { $0.frame.pts == frame.pts && $0.frame.timeBase == frame.timeBase }
        let area = picture?.faces.reduce(0.0) { $0 + Double($1.box.width) * Double($1.box.height) } ?? 0
        return min(1, area / fullFaceShare)
    }
}
