import Foundation

/// The discrete Fourier transform of a fixed length, forward, not scaled: any length, fast where its prime factors are
/// 2, 3 and 5.
///
/// Stockham's self-sorting algorithm with mixed radices (Swarztrauber 1984, "FFT algorithms for vector computers"), in
/// double precision. Real and imaginary parts lie in separate arrays, so that the inner loops are plain.
struct FourierTransform: Sendable {
    /// One step: splits each of `stride` interleaved sequences into `radix` parts of `parts` elements.
    private struct Pass: Sendable {
        let radix: Int
        let parts: Int
        let stride: Int
        /// Where its rotations begin in the table: `radix − 1` for each of `parts`.
        let rotations: Int
        /// Where the `radix` roots of unity of a radix without a formula of its own begin.
        let roots: Int
    }

    /// Number of points.
    let count: Int
    private let passes: [Pass]
    private let cosines: [Double]
    private let sines: [Double]

    /// Plans the transform of `count` points, at least 1.
    init(count: Int) {
        self.count = max(1, count)
        var passes: [Pass] = []
        var cosines: [Double] = []
        var sines: [Double] = []
        func addRoot(_ numerator: Int, of denominator: Int) {
            // The remainder keeps the angle, and with it the rounding error, small.
            let angle = -2 * Double.pi * Double(numerator % denominator) / Double(denominator)
            cosines.append(cos(angle))
            sines.append(sin(angle))
        }
        var length = self.count
        var stride = 1
        for radix in Self.radices(of: self.count) {
            let parts = length / radix
            let rotations = cosines.count
            for part in 0..<parts { for output in 1..<radix { addRoot(part * output, of: length) } }
            let roots = cosines.count
            for index in 0..<radix { addRoot(index, of: radix) }
            passes.append(Pass(radix: radix, parts: parts, stride: stride, rotations: rotations, roots: roots))
            length = parts
            stride *= radix
        }
        self.passes = passes
        self.cosines = cosines
        self.sines = sines
    }

    private static func radices(of count: Int) -> [Int] {
        var rest = count
        var found: [Int] = []
        for radix in [4, 2, 5, 3] {
            while rest.isMultiple(of: radix) {
                found.append(radix)
                rest /= radix
            }
        }
        var prime = 7
        while rest > 1 {
            // What is left is prime once no factor up to its root divides it.
            if prime * prime > rest { prime = rest }
            while rest.isMultiple(of: prime) {
                found.append(prime)
                rest /= prime
            }
            prime += 2
        }
        return found
    }

    /// Transforms `count` points in place.
    ///
    /// - Parameter scratch: room for `2 × count` values.
    func transform(
        real: UnsafeMutablePointer<Double>, imaginary: UnsafeMutablePointer<Double>,
        scratch: UnsafeMutablePointer<Double>
    ) {
        var from = (real, imaginary)
        var to = (scratch, scratch + count)
        cosines.withUnsafeBufferPointer { cosines in
            sines.withUnsafeBufferPointer { sines in
                guard let cosines = cosines.baseAddress, let sines = sines.baseAddress else { return }
                for pass in passes {
                    let step = Step(
                        parts: pass.parts, stride: pass.stride, inR: from.0, inI: from.1, outR: to.0, outI: to.1,
                        cosines: cosines + pass.rotations, sines: sines + pass.rotations)
                    switch pass.radix {
                    case 2: step.radix2()
                    case 4: step.radix4()
                    case 5: step.radix5()
                    default:
                        step.anyRadix(pass.radix, rootsR: cosines + pass.roots, rootsI: sines + pass.roots)
                    }
                    swap(&from, &to)
                }
            }
        }
        guard from.0 != real else { return }
        real.update(from: from.0, count: count)
        imaginary.update(from: from.1, count: count)
    }
}

/// The arithmetic of one pass: for each part `p` and each interleaved sequence `q`, the small transform of the inputs
/// `q + stride·(p + k·parts)`, its output `j` rotated by `w^(p·j)` and put at `q + stride·(radix·p + j)`.
private struct Step {
    let parts: Int
    let stride: Int
    let inR: UnsafeMutablePointer<Double>
    let inI: UnsafeMutablePointer<Double>
    let outR: UnsafeMutablePointer<Double>
    let outI: UnsafeMutablePointer<Double>
    let cosines: UnsafePointer<Double>
    let sines: UnsafePointer<Double>

    @inline(__always)
    private func put(_ index: Int, _ real: Double, _ imaginary: Double, _ c: Double, _ s: Double) {
        outR[index] = real * c - imaginary * s
        outI[index] = real * s + imaginary * c
    }

    func radix2() {
        let gap = stride * parts
        for part in 0..<parts {
            let c = cosines[part]
            let s = sines[part]
            let from = stride * part
            let to = stride * 2 * part
            for q in 0..<stride {
                let aR = inR[from + q]
                let aI = inI[from + q]
                let bR = inR[from + gap + q]
                let bI = inI[from + gap + q]
                outR[to + q] = aR + bR
                outI[to + q] = aI + bI
                put(to + stride + q, aR - bR, aI - bI, c, s)
            }
        }
    }

    func radix4() {
        let gap = stride * parts
        for part in 0..<parts {
            let c1 = cosines[3 * part]
            let c2 = cosines[3 * part + 1]
            let c3 = cosines[3 * part + 2]
            let s1 = sines[3 * part]
            let s2 = sines[3 * part + 1]
            let s3 = sines[3 * part + 2]
            let from = stride * part
            let to = stride * 4 * part
            for q in 0..<stride {
                let at = from + q
                let sumR = inR[at] + inR[at + 2 * gap]
                let sumI = inI[at] + inI[at + 2 * gap]
                let differenceR = inR[at] - inR[at + 2 * gap]
                let differenceI = inI[at] - inI[at + 2 * gap]
                let oddSumR = inR[at + gap] + inR[at + 3 * gap]
                let oddSumI = inI[at + gap] + inI[at + 3 * gap]
                let oddDifferenceR = inR[at + gap] - inR[at + 3 * gap]
                let oddDifferenceI = inI[at + gap] - inI[at + 3 * gap]
                outR[to + q] = sumR + oddSumR
                outI[to + q] = sumI + oddSumI
                put(to + stride + q, differenceR + oddDifferenceI, differenceI - oddDifferenceR, c1, s1)
                put(to + 2 * stride + q, sumR - oddSumR, sumI - oddSumI, c2, s2)
                put(to + 3 * stride + q, differenceR - oddDifferenceI, differenceI + oddDifferenceR, c3, s3)
            }
        }
    }

    func radix5() {
        // Cosine and sine of 72° and 144°.
        let c1 = 0.309016994374947424
        let c2 = -0.809016994374947424
        let s1 = 0.951056516295153572
        let s2 = 0.587785252292473129
        let gap = stride * parts
        for part in 0..<parts {
            let from = stride * part
            let to = stride * 5 * part
            let cosines = cosines + 4 * part
            let sines = sines + 4 * part
            for q in 0..<stride {
                let at = from + q
                let aR = inR[at]
                let aI = inI[at]
                let outerSumR = inR[at + gap] + inR[at + 4 * gap]
                let outerSumI = inI[at + gap] + inI[at + 4 * gap]
                let innerSumR = inR[at + 2 * gap] + inR[at + 3 * gap]
                let innerSumI = inI[at + 2 * gap] + inI[at + 3 * gap]
                let outerR = inR[at + gap] - inR[at + 4 * gap]
                let outerI = inI[at + gap] - inI[at + 4 * gap]
                let innerR = inR[at + 2 * gap] - inR[at + 3 * gap]
                let innerI = inI[at + 2 * gap] - inI[at + 3 * gap]
                let m1R = aR + c1 * outerSumR + c2 * innerSumR
                let m1I = aI + c1 * outerSumI + c2 * innerSumI
                let m2R = aR + c2 * outerSumR + c1 * innerSumR
                let m2I = aI + c2 * outerSumI + c1 * innerSumI
                let n1R = s1 * outerR + s2 * innerR
                let n1I = s1 * outerI + s2 * innerI
                let n2R = s2 * outerR - s1 * innerR
                let n2I = s2 * outerI - s1 * innerI
                outR[to + q] = aR + outerSumR + innerSumR
                outI[to + q] = aI + outerSumI + innerSumI
                put(to + stride + q, m1R + n1I, m1I - n1R, cosines[0], sines[0])
                put(to + 2 * stride + q, m2R + n2I, m2I - n2R, cosines[1], sines[1])
                put(to + 3 * stride + q, m2R - n2I, m2I + n2R, cosines[2], sines[2])
                put(to + 4 * stride + q, m1R - n1I, m1I + n1R, cosines[3], sines[3])
            }
        }
    }

    /// By the definition: `radix²` operations for each small transform.
    func anyRadix(_ radix: Int, rootsR: UnsafePointer<Double>, rootsI: UnsafePointer<Double>) {
        let gap = stride * parts
        for part in 0..<parts {
            for output in 0..<radix {
                let rotation = part * (radix - 1) + output - 1
                let c = output == 0 ? 1 : cosines[rotation]
                let s = output == 0 ? 0 : sines[rotation]
                let to = stride * (radix * part + output)
                for q in 0..<stride {
                    var sumR = 0.0
                    var sumI = 0.0
                    for k in 0..<radix {
                        let at = stride * part + q + k * gap
                        let root = (output * k) % radix
                        sumR += inR[at] * rootsR[root] - inI[at] * rootsI[root]
                        sumI += inR[at] * rootsI[root] + inI[at] * rootsR[root]
                    }
                    put(to + q, sumR, sumI, c, s)
                }
            }
        }
    }
}
