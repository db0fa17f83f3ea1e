import MediaValues

/// A small grey picture as a fingerprint looks at it: black is 0, white 255, whatever range the video has.
struct LumaPicture: Sendable {
    let width: Int
    let height: Int
    let samples: [UInt8]
    /// Pixels that are not black, for each row and column: what tells the black bars.
    let brightInRow: [Int]
    let brightInColumn: [Int]

    /// Brighter than bars after compression, darker than nearly all dark pictures.
    static let blackLimit: UInt8 = 12

    init(width: Int, height: Int, samples: [UInt8]) {
        self.width = width
        self.height = height
        self.samples = samples
        var rows = [Int](repeating: 0, count: height)
        var columns = [Int](repeating: 0, count: width)
        for y in 0..<height {
            for x in 0..<width where samples[y * width + x] > Self.blackLimit {
                rows[y] += 1
                columns[x] += 1
            }
        }
        brightInRow = rows
        brightInColumn = columns
    }

    /// Takes the luma plane of a small planar frame.
    init(_ frame: VideoFrame) {
        guard let plane = frame.planes.first, plane.width > 0, plane.height > 0 else {
            self.init(width: 0, height: 0, samples: [])
            return
        }
        let scale = LumaScale.table(isFullRange: frame.isFullRange)
        var samples: [UInt8] = []
        samples.reserveCapacity(plane.width * plane.height)
        for y in 0..<plane.height {
            let row = (plane.baseAddress + y * plane.bytesPerRow).assumingMemoryBound(to: UInt8.self)
            for x in 0..<plane.width { samples.append(scale[Int(row[x])]) }
        }
        self.init(width: plane.width, height: plane.height, samples: samples)
    }

    /// Averages of the 32x32 cells that `area` divides into, row by row. Pixels that lie in two cells count in both by
    /// their share.
    func cells(of area: PictureArea) -> [Float] {
        let side = 32
        guard area.width > 0, area.height > 0, area.right <= width, area.bottom <= height else { return [] }
        var rows = [Float](repeating: 0, count: area.height * side)
        let across = Float(area.width) / Float(side)
        for y in 0..<area.height {
            let start = (area.top + y) * width + area.left
            for cell in 0..<side {
                rows[y * side + cell] = Self.mean(
                    from: Float(cell) * across, length: across, limit: area.width
                ) { Float(samples[start + $0]) }
            }
        }
        var result = [Float](repeating: 0, count: side * side)
        let down = Float(area.height) / Float(side)
        for cell in 0..<side {
            for x in 0..<side {
                result[cell * side + x] = Self.mean(
                    from: Float(cell) * down, length: down, limit: area.height
                ) { rows[$0 * side + x] }
            }
        }
        return result
    }

    /// Mean of a step function over `from..<from + length`.
    private static func mean(from: Float, length: Float, limit: Int, _ value: (Int) -> Float) -> Float {
        let end = from + length
        var index = Int(from)
        var sum: Float = 0
        while index < limit, Float(index) < end {
            let overlap = min(end, Float(index + 1)) - max(from, Float(index))
            sum += overlap * value(index)
            index += 1
        }
        return sum / length
    }
}

/// A part of a picture in pixels.
struct PictureArea: Hashable, Sendable {
    var left: Int
    var top: Int
    var right: Int
    var bottom: Int

    var width: Int { right - left }
    var height: Int { bottom - top }
}
