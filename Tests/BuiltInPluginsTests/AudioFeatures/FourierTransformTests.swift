import Foundation
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct FourierTransformTests {
    /// By the definition.
    private func reference(_ real: [Double], _ imaginary: [Double]) -> (real: [Double], imaginary: [Double]) {
        let count = real.count
        var result = (real: [Double](), imaginary: [Double]())
        for k in 0..<count {
            var sum = (0.0, 0.0)
            for n in 0..<count {
                let angle = -2 * Double.pi * Double(k * n % count) / Double(count)
                sum.0 += real[n] * cos(angle) - imaginary[n] * sin(angle)
                sum.1 += real[n] * sin(angle) + imaginary[n] * cos(angle)
            }
            result.real.append(sum.0)
            result.imaginary.append(sum.1)
        }
        return result
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16, 25, 30, 49, 60, 64, 77, 97, 128, 187, 200, 240])
    func equalsTheDefinition(count: Int) {
        SeededGenerator.withSeeds(2) { generator in
            var real = (0..<count).map { _ in Double.random(in: -1...1, using: &generator) }
            var imaginary = (0..<count).map { _ in Double.random(in: -1...1, using: &generator) }
            let wanted = reference(real, imaginary)
            var scratch = [Double](repeating: .nan, count: 2 * count)
            let transform = FourierTransform(count: count)
            real.withUnsafeMutableBufferPointer { real in
                imaginary.withUnsafeMutableBufferPointer { imaginary in
                    scratch.withUnsafeMutableBufferPointer { scratch in
                        guard let r = real.baseAddress, let i = imaginary.baseAddress, let s = scratch.baseAddress
                        else { return }
                        transform.transform(real: r, imaginary: i, scratch: s)
                    }
                }
            }
            for index in 0..<count {
                #expect(abs(real[index] - wanted.real[index]) < 1e-11, "\(generator)")
                #expect(abs(imaginary[index] - wanted.imaginary[index]) < 1e-11, "\(generator)")
            }
        }
    }

    @Test(arguments: [1, 2, 3, 6, 15, 16, 100, 127])
    func powerOfARealFrameEqualsTheDefinition(size: Int) {
        SeededGenerator.withSeeds(2) { generator in
            let frame = (0..<size).map { _ in Float.random(in: -1...1, using: &generator) }
            let windowed = frame.enumerated().map {
                Double($1) * (0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(size)))
            }
            let wanted = reference(windowed, [Double](repeating: 0, count: size))
            var spectrum = PowerSpectrum(size: size)
            var power = [Double](repeating: .nan, count: spectrum.bins)
            frame.withUnsafeBufferPointer { frame in
                power.withUnsafeMutableBufferPointer { power in
                    guard let frame = frame.baseAddress, let power = power.baseAddress else { return }
                    spectrum.compute(frame, into: power)
                }
            }
            for bin in 0..<spectrum.bins {
                let magnitude =
                    wanted.real[bin] * wanted.real[bin] + wanted.imaginary[bin] * wanted.imaginary[bin]
                #expect(abs(power[bin] - magnitude) < 1e-10 * Double(size), "\(generator)")
            }
        }
    }
}
