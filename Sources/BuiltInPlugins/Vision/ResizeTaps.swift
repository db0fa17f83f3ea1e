import CSIMD

/// Which two samples each pixel of a row is interpolated from, and how much of each: computed once for a size.
///
/// Unchecked because it owns plain memory, which is written in the initializer only.
final class ResizeTaps: @unchecked Sendable {
    private let positions: UnsafeMutablePointer<Int32>
    private let weights: UnsafeMutablePointer<Int16>
    private let steps: UnsafeMutablePointer<UInt8>
    let count: Int

    /// - Parameters:
    ///   - count: pixels in the row.
    ///   - length: samples that there are; positions beyond them are clamped to the first and the last.
    ///   - source: position of a pixel among the samples.
    init(count: Int, length: Int, source: (Int) -> Double) {
        self.count = count
        positions = .allocate(capacity: max(1, count))
        weights = .allocate(capacity: max(1, 2 * count))
        steps = .allocate(capacity: count / 8 + 1)
        for pixel in 0..<count {
            let (position, fraction) = Self.split(source(pixel), length: length)
            let right = Int16((fraction * 16384).rounded())
            positions[pixel] = Int32(position)
            weights[2 * pixel] = 16384 - right
            weights[2 * pixel + 1] = right
        }
        for block in 0..<(count / 8) {
            let first = positions[8 * block]
            let step = positions[8 * block + 1] - first
            let isRegular =
                (1...2).contains(step) && (0..<8).allSatisfy { positions[8 * block + $0] == first + Int32($0) * step }
            steps[block] = isRegular ? UInt8(step) : 0
        }
    }

    deinit {
        positions.deallocate()
        weights.deallocate()
        steps.deallocate()
    }

    var native: csimd_taps { csimd_taps(positions: positions, weights: weights, steps: steps) }

    /// The sample before a position, and how far from it to the next one, 0..<1.
    static func split(_ source: Double, length: Int) -> (position: Int, fraction: Double) {
        guard source > 0 else { return (0, 0) }
        let position = Int(source)
        return position >= length - 1 ? (max(0, length - 1), 0) : (position, source - Double(position))
    }
}
