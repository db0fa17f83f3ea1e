/// A run of consecutive PCM samples, interleaved, nominally −1…1.
public struct AudioBuffer: Sendable {
    /// Interleaved samples: `frameCount × channels` values.
    public let samples: [Float]
    /// Samples per second per channel.
    public let sampleRate: Int
    /// Interleaved channels; at least 1.
    public let channels: Int
    /// Time of the first sample on the media's own timeline.
    public let start: MediaTime

    /// Creates a buffer; `channels` is clamped to at least 1.
    public init(samples: [Float], sampleRate: Int, channels: Int, start: MediaTime) {
        self.samples = samples
        self.sampleRate = sampleRate
        self.channels = max(1, channels)
        self.start = start
    }

    /// Samples per channel.
    public var frameCount: Int { samples.count / channels }
}
