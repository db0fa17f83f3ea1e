import MediaValues

/// Turns, scales and moves a face so that its landmarks come to rest where identity networks expect them.
struct FaceAlignment {
    /// Side of the aligned picture in pixels.
    static let side = 112

    /// Where the landmarks belong in 112x112 pixels: the template of ArcFace (Deng et al., 2019; `arcface_dst` of
    /// insightface), which SFace shares. Right and left are the person's own.
    private static let template: [String: PixelPoint] = [
        "right_eye": PixelPoint(x: 38.2946, y: 51.6963),
        "left_eye": PixelPoint(x: 73.5318, y: 51.5014),
        "nose": PixelPoint(x: 56.0252, y: 71.7366),
        "mouth_right": PixelPoint(x: 41.5493, y: 92.3655),
        "mouth_left": PixelPoint(x: 70.7299, y: 92.2041),
        // For detectors that give its middle only.
        "mouth": PixelPoint(x: 56.1396, y: 92.2848),
    ]

    /// A position (x, y) of the aligned picture is (a x - b y + left, b x + a y + top) in the source.
    private(set) var a: Float
    private(set) var b: Float
    private(set) var left: Float
    private(set) var top: Float

    /// The similarity transform with the least squared error; nil with fewer than two different landmarks of the template.
    init?(landmarks: [PixelPoint], names: [String]) {
        let pairs = zip(names, landmarks).compactMap { name, point in Self.template[name].map { (from: $0, to: point) }
        }
        guard pairs.count >= 2 else { return nil }
        let count = Float(pairs.count)
        let from = pairs.reduce(PixelPoint(x: 0, y: 0)) {
            .init(x: $0.x + $1.from.x / count, y: $0.y + $1.from.y / count)
        }
        let to = pairs.reduce(PixelPoint(x: 0, y: 0)) { .init(x: $0.x + $1.to.x / count, y: $0.y + $1.to.y / count) }
        var (along, across, spread): (Float, Float, Float) = (0, 0, 0)
        for pair in pairs {
            let (x, y) = (pair.from.x - from.x, pair.from.y - from.y)
            let (u, v) = (pair.to.x - to.x, pair.to.y - to.y)
            along += x * u + y * v
            across += x * v - y * u
            spread += x * x + y * y
        }
        guard spread > 0, along * along + across * across > 0 else { return nil }
        a = along / spread
        b = across / spread
        left = to.x - (a * from.x - b * from.y)
        top = to.y - (b * from.x + a * from.y)
    }

    /// The aligned face, red, green and blue 0…255 as three planes of 112x112; black beyond the picture's edges.
    func aligned(_ frame: VideoFrame) -> [Float] {
        let side = Self.side
        var result = [Float](repeating: 0, count: 3 * side * side)
        guard let planes = ColourPlanes(frame) else { return result }
        let factors = PictureColours(frame).factors
        for row in 0..<side {
            for column in 0..<side {
                let x = a * Float(column) - b * Float(row) + left
                let y = b * Float(column) + a * Float(row) + top
                guard x > -1, y > -1, x < Float(frame.width), y < Float(frame.height) else { continue }
                let (chromaX, chromaY) = (planes.chromaPosition(x), planes.chromaPosition(y))
                let samples = (
                    Self.sample(planes.luma, x, y), Self.sample(planes.cb, chromaX, chromaY),
                    Self.sample(planes.cr, chromaX, chromaY)
                )
                for channel in 0..<3 {
                    let factor = factors[channel]
                    let value = factor[0] * samples.0 + factor[1] * samples.1 + factor[2] * samples.2 + factor[3]
                    result[(channel * side + row) * side + column] = min(255, max(0, value))
                }
            }
        }
        return result
    }

    /// Bilinear, with the edge samples repeated beyond the edges.
    private static func sample(_ plane: PixelPlane, _ x: Float, _ y: Float) -> Float {
        let (x, y) = (min(max(0, x), Float(plane.width - 1)), min(max(0, y), Float(plane.height - 1)))
        let (column, row) = (Int(x), Int(y))
        let (right, below) = (min(column + 1, plane.width - 1), min(row + 1, plane.height - 1))
        let (across, down) = (x - Float(column), y - Float(row))
        func value(_ row: Int, _ column: Int) -> Float {
            Float(plane.baseAddress.load(fromByteOffset: row * plane.bytesPerRow + column, as: UInt8.self))
        }
        let upper = value(row, column) + across * (value(row, right) - value(row, column))
        let lower = value(below, column) + across * (value(below, right) - value(below, column))
        return upper + down * (lower - upper)
    }
}
