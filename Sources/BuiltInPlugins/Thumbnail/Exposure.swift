import MediaValues

/// How well exposed a picture is, from the mean and the spread of its luma.
enum Exposure {
    /// 1 for a mean between 0.3 and 0.7 of the range and a standard deviation from 0.15 on; falls to 0 towards means of 0.05
    /// and 0.95 and a deviation of 0.02, so that black, white and plain pictures get 0.
    static func score(mean: Double, deviation: Double) -> Double {
        let brightness = 1 - (abs(mean - 0.5) - 0.2) / 0.25
        let contrast = (deviation - 0.02) / 0.13
        return min(1, max(0, brightness)) * min(1, max(0, contrast))
    }

    /// The score of a picture, measured at up to some 20,000 points spread over it.
    static func score(_ frame: VideoFrame) -> Double {
        guard let plane = frame.planes.first, frame.width > 0, frame.height > 0 else { return 0 }
        let samples = frame.layout == .rgb24 || frame.layout == .bgr24 ? 3 * frame.width : frame.width
        // An odd step visits all channels of packed pixels alike.
        let across = max(1, samples / 160) | 1
        let down = max(1, frame.height / 120)
        var sum = 0
        var squares = 0
        var count = 0
        for y in stride(from: 0, to: frame.height, by: down) {
            let row = (plane.baseAddress + y * plane.bytesPerRow).assumingMemoryBound(to: UInt8.self)
            for x in stride(from: 0, to: samples, by: across) {
                let value = Int(row[x])
                sum += value
                squares += value * value
                count += 1
            }
        }
        let mean = Double(sum) / Double(count)
        let variance = max(0, Double(squares) / Double(count) - mean * mean)
        let (black, range) = frame.isFullRange ? (0.0, 255.0) : (16.0, 219.0)
        return score(mean: (mean - black) / range, deviation: variance.squareRoot() / range)
    }
}
