import Foundation

/// The loudness of the speech in a recording, from sums over the voice detector's windows: no samples are held.
struct SpeechLevel: Sendable {
    /// Sum of squares of each window from `base` on.
    private var energies: [Double] = []
    private var base = 0
    private var partial = 0.0
    private var partialCount = 0
    private let windowSize: Int
    private var speech = (energy: 0.0, samples: 0)
    private var all = (energy: 0.0, samples: 0)

    /// Begins a recording; `windowSize` samples make a window.
    init(windowSize: Int) { self.windowSize = windowSize }

    /// Takes the next samples; those that are not finite count as silence.
    mutating func add(_ samples: UnsafeBufferPointer<Float>) {
        for sample in samples {
            let value = sample.isFinite ? Double(sample) : 0
            partial += value * value
            partialCount += 1
            if partialCount == windowSize { closeWindow() }
        }
    }

    /// Ends the recording: the last window may be shorter.
    mutating func finish() { if partialCount > 0 { closeWindow() } }

    private mutating func closeWindow() {
        energies.append(partial)
        all.energy += partial
        all.samples += partialCount
        partial = 0
        partialCount = 0
    }

    /// Counts a stretch of windows as speech.
    mutating func countSpeech(_ windows: Range<Int>) {
        for window in windows where window >= base && window - base < energies.count {
            speech.energy += energies[window - base]
            speech.samples += windowSize
        }
    }

    /// Lets go of the windows before `window`, in steps of a thousand or more.
    mutating func release(before window: Int) {
        let count = min(window - base, energies.count)
        guard count >= 1000 else { return }
        energies.removeFirst(count)
        base += count
    }

    /// Root mean square of the speech in decibels of full scale; of the whole recording where there was no speech.
    var decibels: Double {
        let sum = speech.samples > 0 ? speech : all
        guard sum.samples > 0 else { return -180 }
        return 20 * log10((sum.energy / Double(sum.samples)).squareRoot() + 1e-9)
    }
}
