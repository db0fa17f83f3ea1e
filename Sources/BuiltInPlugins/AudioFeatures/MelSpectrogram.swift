import Foundation

/// Turns samples into the energy of mel bands over time, as librosa's `melspectrogram` and transformers' `spectrogram`
/// do: frame `t` is centred on sample `t·hop`.
struct MelSpectrogram: Sendable {
    /// What the values are.
    enum Output: Sendable {
        /// Power.
        case power
        /// Decibels: `10·log10(max(power, 1e-10))`.
        case decibels
    }

    /// What stands before the first and after the last sample.
    enum Padding: Sendable {
        /// Silence.
        case zero
        /// The samples mirrored at the first and the last one, those two not repeated.
        case reflect
    }

    /// Samples from one frame to the next.
    let hop: Int
    /// Samples of a frame.
    var frameSize: Int { spectrum.size }
    /// Bands of a frame.
    var bands: Int { filterbank.bands }

    private var spectrum: PowerSpectrum
    private let filterbank: MelFilterbank
    private let output: Output
    private var power: [Double]
    private var bandPower: [Double]

    /// Plans frames of `frameSize` samples, `hop` apart; for the rest see ``MelFilterbank``.
    init(
        sampleRate: Int, frameSize: Int, hop: Int, bands: Int, lowest: Double, highest: Double,
        scale: MelFilterbank.Scale, hasUnitArea: Bool, output: Output
    ) {
        self.hop = hop
        self.output = output
        spectrum = PowerSpectrum(size: frameSize)
        filterbank = MelFilterbank(
            bands: bands, bins: spectrum.bins, sampleRate: sampleRate, lowest: lowest, highest: highest, scale: scale,
            hasUnitArea: hasUnitArea)
        power = [Double](repeating: 0, count: spectrum.bins)
        bandPower = [Double](repeating: 0, count: bands)
    }

    /// The bands of one frame of `frameSize` samples.
    mutating func frame(_ samples: UnsafePointer<Float>, into values: UnsafeMutablePointer<Float>) {
        let bands = bands
        let output = output
        Self.sum(samples, &spectrum, &power, filterbank, &bandPower)
        bandPower.withUnsafeBufferPointer { bandPower in
            switch output {
            case .power: for band in 0..<bands { values[band] = Float(bandPower[band]) }
            case .decibels:
                for band in 0..<bands { values[band] = Float(10 * log10(max(1e-10, bandPower[band]))) }
            }
        }
    }

    private static func sum(
        _ samples: UnsafePointer<Float>, _ spectrum: inout PowerSpectrum, _ power: inout [Double],
        _ filterbank: MelFilterbank, _ bandPower: inout [Double]
    ) {
        power.withUnsafeMutableBufferPointer { power in
            bandPower.withUnsafeMutableBufferPointer { bandPower in
                guard let power = power.baseAddress, let bandPower = bandPower.baseAddress else { return }
                spectrum.compute(samples, into: power)
                filterbank.apply(power, into: bandPower)
            }
        }
    }

    /// The frames of a whole recording, one after the other: `1 + samples.count / hop` of them for an even
    /// ``frameSize``; none for no samples.
    mutating func frames(of samples: [Float], padding: Padding) -> [Float] {
        guard !samples.isEmpty else { return [] }
        let margin = frameSize / 2
        var padded = [Float](repeating: 0, count: samples.count + 2 * margin)
        for index in 0..<padded.count {
            let at = index - margin
            if at >= 0, at < samples.count {
                padded[index] = samples[at]
            } else if padding == .reflect {
                padded[index] = samples[Self.reflected(at, count: samples.count)]
            }
        }
        guard padded.count >= frameSize else { return [] }
        let count = 1 + (padded.count - frameSize) / hop
        var values = [Float](repeating: 0, count: count * bands)
        let (hop, bands) = (hop, bands)
        values.withUnsafeMutableBufferPointer { values in
            padded.withUnsafeBufferPointer { padded in
                guard let values = values.baseAddress, let padded = padded.baseAddress else { return }
                for index in 0..<count { frame(padded + index * hop, into: values + index * bands) }
            }
        }
        return values
    }

    /// Where position `index` outside of `0..<count` comes to lie when the samples are mirrored again and again.
    private static func reflected(_ index: Int, count: Int) -> Int {
        guard count > 1 else { return 0 }
        let period = 2 * (count - 1)
        let place = ((index % period) + period) % period
        return place < count ? place : period - place
    }
}
