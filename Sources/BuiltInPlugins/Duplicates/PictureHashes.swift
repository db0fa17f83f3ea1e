import MediaDecoding

/// Hashes of pictures at even steps, from pictures that each stay until the next one comes.
///
/// Black bars are cut off before hashing, so that a letterboxed copy looks like the original. A bar is what stays black
/// for some pictures before and after; a single dark picture would be cut at will. Value-type state machine.
struct PictureHashes: Sendable {
    /// Distance of the hashes in milliseconds: a copy that begins between two steps has a hash at most a quarter of a
    /// second away. In lively films pictures half a second apart already differ in 14 to 30 bits.
    static let stepMs: Int64 = 500
    /// Pictures on each side that have to agree on the bars.
    static let reach = 16
    /// Most hashes: five days.
    static let maximumCount = 864_000
    /// Of a row or a column, the share of pixels that may be bright in a bar (compression noise, a station's logo).
    private static let brightShare = 0.02
    /// Least share of width or height that is left; a smaller rest is a lit spot in the dark, not a picture between bars.
    private static let leastShare = 0.25
    /// Standard deviation of a picture that shows nothing, in steps of 255.
    private static let flatDeviation: Float = 3

    private var window: [(picture: LumaPicture, steps: Int)] = []
    /// Index in the window of the next picture to be hashed.
    private var next = 0
    private var pending: LumaPicture?
    private var first: Int64?
    private var assigned: Int64 = 0
    private(set) var hashes: [UInt64] = []

    /// Takes the picture on show from `timeMs` on.
    mutating func append(_ picture: LumaPicture, at timeMs: Int64) {
        let start = first ?? timeMs
        first = start
        // Every step before this picture belongs to the one before it.
        assign(until: timeMs - start)
        pending = picture
    }

    /// Ends the series; `endMs` is when the last picture goes.
    mutating func finish(at endMs: Int64) {
        assign(until: max(endMs - (first ?? 0), assigned * Self.stepMs + 1))
        pending = nil
        while next < window.count { hashNext() }
        window = []
    }

    private mutating func assign(until limitMs: Int64) {
        guard let picture = pending else { return }
        var steps = 0
        while assigned * Self.stepMs < limitMs, assigned < Self.maximumCount {
            assigned += 1
            steps += 1
        }
        guard steps > 0 else { return }
        window.append((picture, steps))
        if window.count - next > Self.reach { hashNext() }
    }

    private mutating func hashNext() {
        let (picture, steps) = window[next]
        let from = max(0, next - Self.reach)
        let neighbours = window[from..<min(window.count, next + Self.reach + 1)].lazy.map(\.picture)
        let area = Self.visibleArea(of: picture, among: neighbours)
        hashes += Array(repeating: Self.hash(picture.cells(of: area)), count: steps)
        next += 1
        if next > Self.reach {
            window.removeFirst()
            next -= 1
        }
    }

    /// What lies between the bars that all pictures of the size of `picture` have.
    static func visibleArea(of picture: LumaPicture, among neighbours: some Sequence<LumaPicture>) -> PictureArea {
        var rows = picture.brightInRow
        var columns = picture.brightInColumn
        for other in neighbours where other.width == picture.width && other.height == picture.height {
            for y in rows.indices { rows[y] = max(rows[y], other.brightInRow[y]) }
            for x in columns.indices { columns[x] = max(columns[x], other.brightInColumn[x]) }
        }
        let rowLimit = Int(Double(picture.width) * brightShare)
        let columnLimit = Int(Double(picture.height) * brightShare)
        var area = PictureArea(left: 0, top: 0, right: picture.width, bottom: picture.height)
        if let top = rows.firstIndex(where: { $0 > rowLimit }), let bottom = rows.lastIndex(where: { $0 > rowLimit }),
            Double(bottom + 1 - top) >= Double(picture.height) * leastShare
        {
            (area.top, area.bottom) = (top, bottom + 1)
        }
        if let left = columns.firstIndex(where: { $0 > columnLimit }),
            let right = columns.lastIndex(where: { $0 > columnLimit }),
            Double(right + 1 - left) >= Double(picture.width) * leastShare
        {
            (area.left, area.right) = (left, right + 1)
        }
        return area
    }

    /// 0 for plain pictures: the signs of noise would match by chance, and black is in every film.
    private static func hash(_ cells: [Float]) -> UInt64 {
        guard !cells.isEmpty else { return 0 }
        let mean = cells.reduce(0, +) / Float(cells.count)
        let variance = cells.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(cells.count)
        return variance < flatDeviation * flatDeviation ? 0 : PerceptualHash(samples: cells).bits
    }
}
