import MediaValues

/// What technical cues need of a small picture: luma on the full range, and its colours by column.
struct PictureMeasure: Sendable {
    let start: Int64
    /// When the picture goes, where the stream tells.
    let end: Int64
    let width: Int
    let height: Int
    /// Luma, 0 black … 255 white, row by row.
    let luma: [UInt8]
    /// Mean of the luma, 0…1.
    let meanLuma: Double
    /// Mean colour of each column of the middle band and how far its samples stray; empty for grey pictures.
    let columns: [ColorColumn]

    /// Mean colour of a column.
    struct ColorColumn: Sendable {
        /// 0…1 each; may lie outside for colours beyond the range.
        var red: Double
        var green: Double
        var blue: Double
        /// Largest distance of a luma sample from the mean of the column, 0…1.
        var spread: Double
    }

    /// Reads a `reduced` frame, or any frame of 8-bit planes of equal size.
    ///
    /// - Parameter needsColor: whether to fill `columns`.
    init(_ frame: VideoFrame, needsColor: Bool = true) {
        let plane = frame.planes.first
        let (width, height) = (plane?.width ?? 0, plane?.height ?? 0)
        start = frame.time.milliseconds
        end = frame.duration.map { frame.time.advanced(by: $0).milliseconds } ?? start
        self.width = width
        self.height = height
        let table = LumaScale.table(isFullRange: frame.isFullRange)
        var sum = 0
        luma = [UInt8](unsafeUninitializedCapacity: width * height) { buffer, filled in
            guard let plane else { return }
            for row in 0..<height {
                let source = UnsafeRawBufferPointer(
                    start: plane.baseAddress + row * plane.bytesPerRow, count: width)
                for column in 0..<width {
                    let value = table[Int(source[column])]
                    buffer[row * width + column] = value
                    sum += Int(value)
                }
            }
            filled = width * height
        }
        meanLuma = width * height > 0 ? Double(sum) / Double(width * height) / 255 : 0
        let isColor = frame.layout == .yuv444 && frame.planes.count == 3
        columns = needsColor && isColor && height >= 4 ? Self.columns(frame, luma: luma) : []
    }

    /// Share of samples up to `limit` (0…1 of the range); 0 for an empty picture.
    func darkShare(upTo limit: Double) -> Double {
        guard !luma.isEmpty else { return 0 }
        let bound = UInt8(min(255, max(0, (limit * 255).rounded())))
        var dark = 0
        for value in luma where value <= bound { dark += 1 }
        return Double(dark) / Double(luma.count)
    }

    /// Mean and largest difference of corresponding luma samples, 0…1; nil for pictures of different size.
    func difference(from other: PictureMeasure) -> (mean: Double, largest: Double)? {
        guard width == other.width, height == other.height, !luma.isEmpty else { return nil }
        var sum = 0
        var largest: UInt8 = 0
        luma.withUnsafeBufferPointer { left in
            other.luma.withUnsafeBufferPointer { right in
                for index in left.indices {
                    let (a, b) = (left[index], right[index])
                    let difference = a > b ? a &- b : b &- a
                    sum += Int(difference)
                    largest = max(largest, difference)
                }
            }
        }
        return (Double(sum) / Double(luma.count) / 255, Double(largest) / 255)
    }

    /// Means over the band from a tenth to half of the height: the part of all standard bar patterns that holds the
    /// bars.
    private static func columns(_ frame: VideoFrame, luma: [UInt8]) -> [ColorColumn] {
        guard let first = frame.planes.first,
            frame.planes.allSatisfy({ $0.width == first.width && $0.height == first.height })
        else { return [] }
        let (cbPlane, crPlane) = (frame.planes[1], frame.planes[2])
        let rows = (first.height / 10)..<max(first.height / 10 + 1, first.height / 2)
        let chromaScale = frame.isFullRange ? 255.0 : 224.0
        let (kr, kb) = frame.colorMatrix.lumaShares
        return (0..<first.width).map { column in
            var sums = (luma: 0, cb: 0, cr: 0)
            var (least, most) = (UInt8.max, UInt8.min)
            for row in rows {
                let value = luma[row * first.width + column]
                sums.luma += Int(value)
                (least, most) = (min(least, value), max(most, value))
                sums.cb += Int(sample(cbPlane, column, row))
                sums.cr += Int(sample(crPlane, column, row))
            }
            let count = Double(rows.count)
            let y = Double(sums.luma) / count / 255
            let cb = (Double(sums.cb) / count - 128) / chromaScale
            let cr = (Double(sums.cr) / count - 128) / chromaScale
            let red = y + 2 * (1 - kr) * cr
            let blue = y + 2 * (1 - kb) * cb
            let green = (y - kr * red - kb * blue) / (1 - kr - kb)
            return ColorColumn(
                red: red, green: green, blue: blue, spread: max(Double(most) / 255 - y, y - Double(least) / 255))
        }
    }

    private static func sample(_ plane: PixelPlane, _ column: Int, _ row: Int) -> UInt8 {
        plane.baseAddress.load(fromByteOffset: row * plane.bytesPerRow + column, as: UInt8.self)
    }
}
