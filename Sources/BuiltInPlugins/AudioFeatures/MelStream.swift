/// The frames of a ``MelSpectrogram`` with silence before the first and after the last sample, as the samples come: the
/// same frames whatever the pieces, with no more than a frame of samples held.
struct MelStream: Sendable {
    private var spectrogram: MelSpectrogram
    /// Samples that a later frame needs; it begins half a frame before the next frame's centre.
    private var pending: [Float]

    /// Begins a stream.
    init(_ spectrogram: MelSpectrogram) {
        self.spectrogram = spectrogram
        pending = [Float](repeating: 0, count: spectrogram.frameSize / 2)
    }

    /// Takes the next samples; those that are not finite count as silence.
    ///
    /// - Returns: the frames that are complete by now, one after the other.
    mutating func add(_ samples: UnsafeBufferPointer<Float>) -> [Float] {
        pending.reserveCapacity(pending.count + samples.count)
        for sample in samples { pending.append(sample.isFinite ? max(-Self.limit, min(Self.limit, sample)) : 0) }
        return takeFrames()
    }

    /// Ends the stream.
    ///
    /// - Returns: the frames whose second half reaches over the end.
    mutating func finish() -> [Float] {
        pending += [Float](repeating: 0, count: spectrogram.frameSize / 2)
        return takeFrames()
    }

    /// Samples are nominally within ±1; the power of anything beyond this would not fit a 32-bit float.
    private static let limit: Float = 1000

    private mutating func takeFrames() -> [Float] {
        let size = spectrogram.frameSize
        let hop = spectrogram.hop
        let bands = spectrogram.bands
        guard pending.count >= size else { return [] }
        let count = (pending.count - size) / hop + 1
        var values = [Float](repeating: 0, count: count * bands)
        // Moved out, so that the spectrogram can change while the samples are read.
        var samples: [Float] = []
        swap(&samples, &pending)
        values.withUnsafeMutableBufferPointer { values in
            samples.withUnsafeBufferPointer { samples in
                guard let values = values.baseAddress, let samples = samples.baseAddress else { return }
                for index in 0..<count { spectrogram.frame(samples + index * hop, into: values + index * bands) }
            }
        }
        samples.removeFirst(min(samples.count, count * hop))
        swap(&samples, &pending)
        return values
    }
}
