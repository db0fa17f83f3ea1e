import Foundation

/// The squared magnitude of the spectrum of a windowed frame: `|X(k)|²` for `k` from 0 to half the frame's length.
///
/// In double precision: with 32-bit floats the rounding noise of a loud frame would cover its quiet bands, which a
/// logarithm makes visible.
struct PowerSpectrum: Sendable {
    /// Samples of a frame.
    let size: Int
    /// Values of a spectrum: `size / 2 + 1`.
    var bins: Int { size / 2 + 1 }

    private let window: [Double]
    private let transform: FourierTransform
    /// Rotations that separate the even from the odd samples of a real frame.
    private let cosines: [Double]
    private let sines: [Double]
    private var work: [Double]

    /// Plans frames of `size` samples (at least 1) under a periodic Hann window, `0.5 − 0.5·cos(2πn/size)`.
    init(size: Int) {
        let size = max(1, size)
        self.size = size
        window = (0..<size).map { 0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(size)) }
        let points = size.isMultiple(of: 2) ? size / 2 : size
        transform = FourierTransform(count: points)
        cosines = (0...points).map { cos(-2 * Double.pi * Double($0) / Double(size)) }
        sines = (0...points).map { sin(-2 * Double.pi * Double($0) / Double(size)) }
        work = [Double](repeating: 0, count: 4 * points)
    }

    /// The power of each bin of the `size` samples at `frame`, into `bins` values at `power`.
    mutating func compute(_ frame: UnsafePointer<Float>, into power: UnsafeMutablePointer<Double>) {
        let (transform, window, cosines, sines) = (transform, window, cosines, sines)
        let size = size
        let points = transform.count
        let isPacked = points != size
        work.withUnsafeMutableBufferPointer { work in
            guard let real = work.baseAddress else { return }
            let imaginary = real + points
            window.withUnsafeBufferPointer { window in
                if isPacked {
                    // A real frame as a complex one of half the length: even samples real, odd ones imaginary.
                    for index in 0..<points {
                        real[index] = Double(frame[2 * index]) * window[2 * index]
                        imaginary[index] = Double(frame[2 * index + 1]) * window[2 * index + 1]
                    }
                } else {
                    for index in 0..<points {
                        real[index] = Double(frame[index]) * window[index]
                        imaginary[index] = 0
                    }
                }
            }
            transform.transform(real: real, imaginary: imaginary, scratch: imaginary + points)
            if isPacked {
                Self.unpack(real, imaginary, count: points, cosines, sines, into: power)
            } else {
                for bin in 0...(size / 2) { power[bin] = real[bin] * real[bin] + imaginary[bin] * imaginary[bin] }
            }
        }
    }

    /// `X(k) = (Z(k) + Z*(m−k))/2 − i·w^k·(Z(k) − Z*(m−k))/2` for the packed transform `Z` of `m` points.
    private static func unpack(
        _ real: UnsafeMutablePointer<Double>, _ imaginary: UnsafeMutablePointer<Double>, count points: Int,
        _ cosines: [Double], _ sines: [Double], into power: UnsafeMutablePointer<Double>
    ) {
        let first = real[0] + imaginary[0]
        let last = real[0] - imaginary[0]
        power[0] = first * first
        power[points] = last * last
        guard points > 1 else { return }
        cosines.withUnsafeBufferPointer { cosines in
            sines.withUnsafeBufferPointer { sines in
                for k in 1..<points {
                    let mirror = points - k
                    let evenR = (real[k] + real[mirror]) / 2
                    let evenI = (imaginary[k] - imaginary[mirror]) / 2
                    let oddR = (imaginary[k] + imaginary[mirror]) / 2
                    let oddI = (real[mirror] - real[k]) / 2
                    let sumR = evenR + oddR * cosines[k] - oddI * sines[k]
                    let sumI = evenI + oddR * sines[k] + oddI * cosines[k]
                    power[k] = sumR * sumR + sumI * sumI
                }
            }
        }
    }
}
