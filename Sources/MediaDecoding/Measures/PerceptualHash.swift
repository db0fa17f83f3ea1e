import Foundation
public import MediaValues

/// A 64-bit fingerprint of what a picture looks like; near-duplicates differ in few bits.
///
/// The signs of the lowest 8x8 coefficients (without the mean) of the cosine transform of a 32x32 thumbnail, compared
/// with their median (Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010).
public struct PerceptualHash: Hashable, Sendable {
    /// One bit per coefficient.
    public let bits: UInt64

    /// Wraps stored bits.
    public init(bits: UInt64) { self.bits = bits }

    /// Computes the hash of a frame; frames of less than 32 pixels on a side are taken as they are, repeated.
    public init(_ frame: VideoFrame) {
        let thumbnail = LumaThumbnail(
            frame, blockWidth: frame.width / Self.side, blockHeight: frame.height / Self.side)
        guard thumbnail.width > 0, thumbnail.height > 0 else {
            self.init(bits: 0)
            return
        }
        // A side below 32 pixels repeats; above, a thumbnail of 33 to 63 samples is picked from evenly.
        let samples = (0..<Self.side).flatMap { y in
            let row = y * thumbnail.height / Self.side * thumbnail.width
            return (0..<Self.side).map { x in Float(thumbnail.samples[row + x * thumbnail.width / Self.side]) }
        }
        self.init(samples: samples)
    }

    /// Computes the hash of a grey thumbnail of 32x32 samples, row by row; other numbers of samples give 0.
    public init(samples: [Float]) {
        guard samples.count == Self.side * Self.side else {
            bits = 0
            return
        }
        var coefficients = Self.lowFrequencies(samples)
        coefficients[0] = 0
        let median = coefficients.dropFirst().sorted()[31]
        bits = coefficients.enumerated().reduce(UInt64(0)) { bits, entry in
            entry.offset > 0 && entry.element > median ? bits | 1 << UInt64(entry.offset) : bits
        }
    }

    /// Number of bits in which two pictures differ, 0…63. Up to about 6 is the same picture to the eye.
    public func distance(to other: PerceptualHash) -> Int { (bits ^ other.bits).nonzeroBitCount }

    private static let side = 32
    private static let kept = 8

    /// cos((2x + 1) u π / 64) for u below 8.
    private static let cosines: [Float] = (0..<kept).flatMap { frequency in
        (0..<side).map { Float(cos(Double((2 * $0 + 1) * frequency) * .pi / Double(2 * side))) }
    }

    /// The lowest 8x8 coefficients of the two-dimensional cosine transform, without its constant factors.
    private static func lowFrequencies(_ samples: [Float]) -> [Float] {
        var rows = [Float](repeating: 0, count: side * kept)
        for y in 0..<side {
            for u in 0..<kept {
                var sum: Float = 0
                for x in 0..<side { sum += samples[y * side + x] * cosines[u * side + x] }
                rows[y * kept + u] = sum
            }
        }
        var result = [Float](repeating: 0, count: kept * kept)
        for v in 0..<kept {
            for u in 0..<kept {
                var sum: Float = 0
                for y in 0..<side { sum += rows[y * kept + u] * cosines[v * side + y] }
                result[v * kept + u] = sum
            }
        }
        return result
    }
}
