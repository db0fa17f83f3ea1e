public import MediaValues

/// How sharp a picture is: the variance of the Laplacian of its luma, reduced to at most 512 pixels on the longer side
/// so that sizes compare (Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", 2000).
public enum Sharpness {
    /// 0 for a plain picture; blurred pictures lie below about 100, crisp ones above several hundred.
    public static func varianceOfLaplacian(_ frame: VideoFrame) -> Double {
        let longer = max(frame.width, frame.height)
        let edge = max(1, (longer + 511) / 512)
        let luma = LumaThumbnail(frame, blockWidth: edge, blockHeight: edge)
        let (width, height) = (luma.width, luma.height)
        guard width >= 3, height >= 3 else { return 0 }
        var sum: Int64 = 0
        var squares: Int64 = 0
        luma.samples.withUnsafeBufferPointer { samples in
            guard let base = samples.baseAddress else { return }
            for y in 1..<height - 1 {
                var rowSum: Int32 = 0
                var rowSquares: Int64 = 0
                let above = base + (y - 1) * width
                let row = base + y * width
                let below = base + (y + 1) * width
                for x in 1..<width - 1 {
                    let value =
                        Int32(above[x]) &+ Int32(below[x]) &+ Int32(row[x - 1]) &+ Int32(row[x + 1]) &- 4
                        &* Int32(row[x])
                    rowSum &+= value
                    rowSquares &+= Int64(value &* value)
                }
                sum += Int64(rowSum)
                squares += rowSquares
            }
        }
        let count = Double((width - 2) * (height - 2))
        let mean = Double(sum) / count
        return Double(squares) / count - mean * mean
    }
}
