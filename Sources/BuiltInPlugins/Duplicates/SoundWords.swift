import Foundation

/// 32-bit words that describe how the spectrum changes, 8 for each second.
///
/// After Haitsma and Kalker, "A Highly Robust Audio Fingerprinting System" (2002): a bit is the sign of a difference
/// between neighbouring bands' energies and the same difference earlier, which survives coding, filters and volume. Here
/// the frames are longer and the steps coarser (theirs are 11.6 ms), and each of the 16 band pairs is compared with 375 ms
/// and with 1250 ms ago, so that a copy that begins between two steps still gives mostly the same bits.
struct SoundWords: Sendable {
    /// Samples per second that it takes, one channel.
    static let sampleRate = 8000
    /// Distance of the words in milliseconds.
    static let stepMs: Int64 = 125
    /// Most words: five days.
    static let maximumCount = 3_456_000
    /// Earlier frames that a frame is compared with, in steps.
    static let lags = (short: 3, long: 10)

    private static let frameLength = 4096
    private static let step = sampleRate / 8
    private static let bandCount = 17
    /// 200 to 3600 Hz, where every codec keeps most of the sound.
    private static let bandEdges: [Int] = (0...bandCount).map { index in
        let hertz = 200 * pow(18, Double(index) / Double(bandCount))
        return Int((hertz * Double(frameLength) / Double(sampleRate)).rounded())
    }
    /// Added to the energies: a sine of about −80 dBFS. Quieter sound is noise.
    private static let floorEnergy = 0.01
    /// Energy of the loudest band from which a frame is no silence: a sine of about −70 dBFS.
    private static let silenceEnergy = 0.1
    /// Mean change in nepers below which nothing happens: hum, a tone, a test signal. Its signs would be chance.
    private static let steadyChange = 0.08

    private var spectrum = PowerSpectrum(size: frameLength)
    private var power = [Double](repeating: 0, count: frameLength / 2 + 1)
    private var samples: [Float] = []
    /// Differences between neighbouring bands' levels of the last frames, newest last; 0 each in silence.
    private var history: [[Double]] = []
    private(set) var words: [UInt32] = []

    /// Takes the samples that follow.
    mutating func append(_ more: [Float]) {
        samples += more
        var start = 0
        while samples.count - start >= Self.frameLength, words.count < Self.maximumCount {
            measure(at: start)
            start += Self.step
        }
        samples.removeFirst(min(start, samples.count))
    }

    private mutating func measure(at start: Int) {
        samples.withUnsafeBufferPointer { samples in
            power.withUnsafeMutableBufferPointer { power in
                guard let from = samples.baseAddress, let to = power.baseAddress else { return }
                spectrum.compute(from + start, into: to)
            }
        }
        let energies = (0..<Self.bandCount).map { band in
            power[Self.bandEdges[band]..<Self.bandEdges[band + 1]].reduce(0, +)
        }
        let loudest = energies.max() ?? 0
        let isAudible = loudest.isFinite && loudest >= Self.silenceEnergy
        let levels = energies.map { log((isAudible ? $0 : 0) + Self.floorEnergy) }
        history.append((0..<Self.bandCount - 1).map { levels[$0] - levels[$0 + 1] })
        if history.count > Self.lags.long + 1 { history.removeFirst() }
        words.append(isAudible ? word() : 0)
    }

    /// 0 where there is nothing to compare: the beginning, steady sound.
    private func word() -> UInt32 {
        guard history.count > Self.lags.long else { return 0 }
        let now = history[Self.lags.long]
        let before = history[Self.lags.long - Self.lags.short]
        let longBefore = history[0]
        var change = 0.0
        var bits: UInt32 = 0
        for pair in now.indices {
            let short = now[pair] - before[pair]
            change += abs(short)
            if short > 0 { bits |= 1 << UInt32(pair) }
            if now[pair] - longBefore[pair] > 0 { bits |= 1 << UInt32(pair + 16) }
        }
        return change < Self.steadyChange * Double(now.count) ? 0 : max(1, bits)
    }
}
