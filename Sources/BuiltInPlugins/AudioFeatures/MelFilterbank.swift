import Foundation

/// Triangular filters at equal distances on a mel scale, as librosa's `filters.mel` and transformers' `mel_filter_bank`
/// make them. Only the weights that are not zero are kept.
struct MelFilterbank: Sendable {
    /// A perceptual scale of pitch.
    enum Scale: Sendable {
        /// Linear up to 1 kHz, then logarithmic (Slaney 1998, "Auditory Toolbox").
        case slaney
        /// `2595·log10(1 + f/700)` (O'Shaughnessy 1987; the Hidden Markov Model Toolkit).
        case htk

        func mel(_ hertz: Double) -> Double {
            switch self {
            case .htk: 2595 * log10(1 + hertz / 700)
            case .slaney: hertz < 1000 ? 3 * hertz / 200 : 15 + 27 * log(hertz / 1000) / log(6.4)
            }
        }

        func hertz(_ mel: Double) -> Double {
            switch self {
            case .htk: 700 * (pow(10, mel / 2595) - 1)
            case .slaney: mel < 15 ? 200 * mel / 3 : 1000 * exp((mel - 15) * log(6.4) / 27)
            }
        }
    }

    /// Number of filters.
    let bands: Int
    private let firstBins: [Int]
    private let offsets: [Int]
    private let weights: [Double]

    /// Places the filters.
    ///
    /// - Parameters:
    ///   - hasUnitArea: scales each triangle to the area 1 (Slaney's norm) instead of the height 1.
    ///   - bins: values of a spectrum, spread evenly from 0 to half of `sampleRate` (Hz).
    init(
        bands: Int, bins: Int, sampleRate: Int, lowest: Double, highest: Double, scale: Scale, hasUnitArea: Bool
    ) {
        self.bands = bands
        let from = scale.mel(lowest)
        let to = scale.mel(highest)
        let corners = (0..<(bands + 2)).map {
            scale.hertz(from + (to - from) * Double($0) / Double(bands + 1))
        }
        var firstBins: [Int] = []
        var offsets = [0]
        var weights: [Double] = []
        for band in 0..<bands {
            let area = hasUnitArea ? 2 / (corners[band + 2] - corners[band]) : 1
            var first: Int?
            for bin in 0..<bins {
                let frequency = Double(sampleRate) / 2 * Double(bin) / Double(max(1, bins - 1))
                let rising = (frequency - corners[band]) / (corners[band + 1] - corners[band])
                let falling = (corners[band + 2] - frequency) / (corners[band + 2] - corners[band + 1])
                let weight = min(rising, falling)
                guard weight > 0 else { continue }
                if first == nil { first = bin }
                weights.append(weight * area)
            }
            firstBins.append(first ?? 0)
            offsets.append(weights.count)
        }
        self.firstBins = firstBins
        self.offsets = offsets
        self.weights = weights
    }

    /// The weighted sum of each band.
    func apply(_ power: UnsafePointer<Double>, into bandPower: UnsafeMutablePointer<Double>) {
        weights.withUnsafeBufferPointer { weights in
            for band in 0..<bands {
                var sum = 0.0
                var bin = firstBins[band]
                for index in offsets[band]..<offsets[band + 1] {
                    sum += weights[index] * power[bin]
                    bin += 1
                }
                bandPower[band] = sum
            }
        }
    }
}
