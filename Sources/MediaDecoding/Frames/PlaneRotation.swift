/// Turns planes of pixels by quarters.
enum PlaneRotation {
    /// Writes `source` turned clockwise into `target`, which holds the turned plane without padding.
    ///
    /// - Parameters:
    ///   - size: samples of the source.
    ///   - bytesPerSample: 1 for planes, 3 for packed colour.
    static func turn(
        _ source: UnsafePointer<UInt8>, stride: Int, size: PlaneSize, bytesPerSample: Int, degrees: Int,
        into target: UnsafeMutablePointer<UInt8>
    ) {
        let (width, height) = (size.width, size.height)
        // Offset of the sample (x, y) in the target is origin + x * stepX + y * stepY.
        let (origin, stepX, stepY): (Int, Int, Int) =
            switch degrees {
            case 90: (height - 1, height, -1)
            case 180: (width * height - 1, -1, -width)
            case 270: ((width - 1) * height, -height, 1)
            default: (0, 1, width)
            }
        // Tiles keep both the rows read and the columns written in the first-level cache.
        let tile = 32
        for tileY in steps(0, height, tile) {
            for tileX in steps(0, width, tile) {
                for y in tileY..<min(tileY + tile, height) {
                    let row = source + y * stride
                    for x in tileX..<min(tileX + tile, width) {
                        let place = (origin + x * stepX + y * stepY) * bytesPerSample
                        for byte in 0..<bytesPerSample { target[place + byte] = row[x * bytesPerSample + byte] }
                    }
                }
            }
        }
    }

    private static func steps(_ from: Int, _ to: Int, _ by: Int) -> StrideTo<Int> {
        Swift.stride(from: from, to: to, by: by)
    }
}
