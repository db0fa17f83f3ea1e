/// What CLAP hears of ten seconds: 1001 frames of 64 mel bands in decibels.
///
/// The numbers of `ClapFeatureExtractor` in Hugging Face's transformers with the settings of `laion/clap-htsat-unfused`
/// (`rand_trunc`, `repeatpad`): 48 kHz, periodic Hann windows of 1024 samples every 480, mirrored at both ends, Slaney
/// mel bands of unit area from 50 Hz to 14 kHz.
struct AudioFrontEnd: Sendable {
    /// Samples per second.
    static let sampleRate = 48_000
    /// Samples of a window: 10 s.
    static let windowSamples = 480_000
    /// Bands of a frame.
    static let bands = 64
    /// Frames of a window.
    static let frames = 1001

    private var spectrogram = MelSpectrogram(
        sampleRate: sampleRate, frameSize: 1024, hop: 480, bands: bands, lowest: 50, highest: 14_000, scale: .slaney,
        hasUnitArea: true, output: .decibels)

    /// The features of a window, row by row; of fewer than ten seconds, after ``repeated(_:)``.
    mutating func features(_ samples: [Float]) -> [Float] {
        spectrogram.frames(of: Self.repeated(samples), padding: .reflect)
    }

    /// As many whole copies as fit into a window, then silence; what is too long is cut.
    static func repeated(_ samples: [Float]) -> [Float] {
        guard !samples.isEmpty, samples.count < windowSamples else { return Array(samples.prefix(windowSamples)) }
        var window: [Float] = []
        window.reserveCapacity(windowSamples)
        for _ in 0..<(windowSamples / samples.count) { window += samples }
        window += [Float](repeating: 0, count: windowSamples - window.count)
        return window
    }
}
