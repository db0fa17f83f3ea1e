import MediaValues

/// What is kept of a frame to measure change: its small planes and a colour histogram.
struct FrameSignature: Sendable {
    /// Bins of luma, then of each chroma plane.
    static let lumaBins = 32
    static let chromaBins = 16

    let time: MediaTime
    let duration: MediaTime?
    let frameNumber: Int?
    let sampleCount: Int
    /// Y, U, V samples, one plane after the other.
    let samples: [UInt8]
    /// Share of the samples in each bin.
    let histogram: [Float]
    let meanLuma: Double
    let lumaDeviation: Double

    /// Reads a `reduced` frame.
    init(_ frame: VideoFrame) {
        time = frame.time
        duration = frame.duration
        frameNumber = frame.frameNumber
        let width = frame.planes.first?.width ?? 0
        let height = frame.planes.first?.height ?? 0
        let count = width * height
        sampleCount = count
        samples = [UInt8](unsafeUninitializedCapacity: count * frame.planes.count) { buffer, filled in
            for (index, plane) in frame.planes.enumerated() {
                for row in 0..<height {
                    let source = UnsafeRawBufferPointer(
                        start: plane.baseAddress + row * plane.bytesPerRow, count: width)
                    let target = UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(buffer)[(index * count + row * width)...])
                    target.copyMemory(from: source)
                }
            }
            filled = count * frame.planes.count
        }
        (histogram, meanLuma, lumaDeviation) = Self.statistics(samples, count: count, isFullRange: frame.isFullRange)
    }

    private static func statistics(
        _ samples: [UInt8], count: Int, isFullRange: Bool
    ) -> ([Float], mean: Double, deviation: Double) {
        let planes = count > 0 ? samples.count / count : 0
        var bins = [Int32](repeating: 0, count: lumaBins + 2 * chromaBins)
        var sum = 0
        var squares = 0
        samples.withUnsafeBufferPointer { samples in
            for value in samples.prefix(count) {
                bins[Int(value >> 3)] += 1
                sum += Int(value)
                squares += Int(value) * Int(value)
            }
            for plane in 1..<max(1, planes) {
                let base = lumaBins + (plane - 1) * chromaBins
                for value in samples[(plane * count)..<((plane + 1) * count)] { bins[base + Int(value >> 4)] += 1 }
            }
        }
        let total = Double(max(1, count))
        let mean = Double(sum) / total
        let deviation = max(0, Double(squares) / total - mean * mean).squareRoot()
        // Limited-range luma begins at 16; both ranges are brought to "0 is black".
        let black = isFullRange ? 0.0 : 16.0
        return (bins.map { Float($0) / Float(total) }, max(0, mean - black), deviation)
    }

    /// Whether the picture is black all over.
    var isBlack: Bool { meanLuma < 10 && lumaDeviation < 8 }

    /// How different two pictures are, 0…100.
    ///
    /// The geometric mean of two measures that fail in different ways: the mean difference of corresponding samples,
    /// which also rises with motion, and the distance of the colour histograms, which also rises with brightness.
    func difference(from other: FrameSignature) -> Double {
        guard sampleCount > 0, sampleCount == other.sampleCount, samples.count == other.samples.count else {
            return 100
        }
        var planeSums = [0, 0, 0]
        samples.withUnsafeBufferPointer { left in
            other.samples.withUnsafeBufferPointer { right in
                for plane in 0..<min(3, samples.count / sampleCount) {
                    var sum: UInt32 = 0
                    for index in (plane * sampleCount)..<((plane + 1) * sampleCount) {
                        let a = left[index]
                        let b = right[index]
                        sum &+= UInt32(a > b ? a &- b : b &- a)
                    }
                    planeSums[plane] = Int(sum)
                }
            }
        }
        let count = Double(sampleCount)
        // Chroma varies over a smaller range than luma, so it counts twice.
        let pixels = Double(planeSums[0]) / count + 2 * Double(planeSums[1] + planeSums[2]) / count
        let histograms = histogramDistance(other)
        return 100 * (min(1, pixels / 96) * histograms).squareRoot()
    }

    /// Half the summed absolute difference of the histograms, averaged with luma weighted as much as both chroma
    /// planes, 0…1.
    private func histogramDistance(_ other: FrameSignature) -> Double {
        func distance(_ range: Range<Int>) -> Double {
            var sum: Float = 0
            for index in range { sum += abs(histogram[index] - other.histogram[index]) }
            return Double(sum) / 2
        }
        let luma = distance(0..<Self.lumaBins)
        let chroma = [
            distance(Self.lumaBins..<(Self.lumaBins + Self.chromaBins)),
            distance((Self.lumaBins + Self.chromaBins)..<(Self.lumaBins + 2 * Self.chromaBins)),
        ]
        return luma * 0.5 + (chroma[0] + chroma[1]) * 0.25
    }
}
