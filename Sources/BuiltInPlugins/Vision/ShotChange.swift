import MediaValues

/// Tells whether a cut lies between two sampled pictures, so that nothing is followed across it.
struct ShotChange {
    /// Distance of two histograms above which there is a cut. Measured on a film with three cuts: all of them are found at
    /// 1, 2 and 5 pictures a second, and nothing else.
    static let limit: Float = 0.35

    private var last: ColourHistogram?

    /// Whether the picture belongs to another shot than the one before it.
    mutating func isCut(to histogram: ColourHistogram) -> Bool {
        defer { last = histogram }
        return last.map { $0.distance(to: histogram) > Self.limit } ?? false
    }
}

/// Shares of a picture's samples by hue (8 ranges), saturation (4) and value (4).
struct ColourHistogram: Sendable {
    private let shares: [Float]

    /// At most so many samples along each axis are looked at.
    private static let samples = 64

    /// Reads a frame of luma and chroma; for another layout the histogram is empty.
    init(_ frame: VideoFrame) {
        guard let planes = ColourPlanes(frame) else {
            shares = []
            return
        }
        let bins = HueTable.bins(for: PictureColours(frame))
        let (luma, cb, cr, chromaStep) = (planes.luma, planes.cb, planes.cr, planes.chromaStep)
        let (stepX, stepY) = (max(1, cb.width / Self.samples), max(1, cb.height / Self.samples))
        var counts = [Float](repeating: 0, count: HueTable.binCount)
        var total: Float = 0
        bins.withUnsafeBufferPointer { bins in
            var row = 0
            while row < cb.height {
                let lumaRow = luma.baseAddress + min(chromaStep * row, luma.height - 1) * luma.bytesPerRow
                let cbRow = cb.baseAddress + row * cb.bytesPerRow
                let crRow = cr.baseAddress + row * cr.bytesPerRow
                var column = 0
                while column < cb.width {
                    let y = lumaRow.load(fromByteOffset: min(chromaStep * column, luma.width - 1), as: UInt8.self)
                    let u = cbRow.load(fromByteOffset: column, as: UInt8.self)
                    let v = crRow.load(fromByteOffset: column, as: UInt8.self)
                    counts[Int(bins[HueTable.index(y, u, v)])] += 1
                    total += 1
                    column += stepX
                }
                row += stepY
            }
        }
        shares = counts.map { $0 / max(1, total) }
    }

    /// Half the summed absolute difference, 0…1.
    func distance(to other: ColourHistogram) -> Float {
        guard shares.count == other.shares.count else { return 1 }
        var sum: Float = 0
        for index in shares.indices { sum += abs(shares[index] - other.shares[index]) }
        return sum / 2
    }
}

/// The histogram's bin for luma to 5 and chroma to 6 bits, so that no colour is computed for a sample.
private enum HueTable {
    static let binCount = 8 * 4 * 4
    private static let tables = Guarded<[PictureColours: [UInt8]]>([:])

    @inline(__always) static func index(_ y: UInt8, _ u: UInt8, _ v: UInt8) -> Int {
        Int(y >> 3) << 12 | Int(u >> 2) << 6 | Int(v >> 2)
    }

    static func bins(for colours: PictureColours) -> [UInt8] {
        tables.withLock { known in
            if let table = known[colours] { return table }
            let table = make(colours.factors)
            known[colours] = table
            return table
        }
    }

    private static func make(_ factors: [[Float]]) -> [UInt8] {
        var table = [UInt8](repeating: 0, count: 1 << 17)
        for y in 0..<32 {
            for u in 0..<64 {
                for v in 0..<64 {
                    // The middle of each range.
                    let (luma, cb, cr) = (Float(8 * y + 4), Float(4 * u + 2), Float(4 * v + 2))
                    func channel(_ index: Int) -> Float {
                        let row = factors[index]
                        return min(255, max(0, row[0] * luma + row[1] * cb + row[2] * cr + row[3]))
                    }
                    table[y << 12 | u << 6 | v] = bin(channel(0), channel(1), channel(2))
                }
            }
        }
        return table
    }

    private static func bin(_ red: Float, _ green: Float, _ blue: Float) -> UInt8 {
        let value = max(red, green, blue)
        let spread = value - min(red, green, blue)
        var hue: Float = 0
        if spread > 0 {
            if value == red {
                hue = (green - blue) / spread
            } else if value == green {
                hue = 2 + (blue - red) / spread
            } else {
                hue = 4 + (red - green) / spread
            }
            if hue < 0 { hue += 6 }
        }
        let saturation = value > 0 ? 255 * spread / value : 0
        let parts = (
            hue: min(7, Int(hue * 8 / 6)), saturation: min(3, Int(saturation / 64)), value: min(3, Int(value / 64))
        )
        return UInt8(parts.hue << 4 | parts.saturation << 2 | parts.value)
    }
}
