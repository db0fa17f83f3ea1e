import CFFmpeg
import MediaValues
import PluginKit

/// One consumer of samples: resamples to what it asked for and cuts the result into chunks of half a second.
final class AudioOutput {
    let channel: BoundedChannel<AudioBuffer>
    private let demand: AudioDemand
    private var resampler: Resampler?
    private var input: Resampler.Input?
    private var pending: [Float] = []
    private var sent: Int64 = 0
    private(set) var isGone = false

    /// About four seconds of sound.
    static let capacity = 8

    init(_ demand: AudioDemand, channel: BoundedChannel<AudioBuffer>) {
        self.demand = demand
        self.channel = channel
    }

    /// Takes samples that follow directly on the last ones.
    func take(_ frame: NativeFrame, skipping skipped: Int = 0) throws {
        guard !isGone else { return }
        let format = Resampler.Input(frame.pointer.pointee)
        if resampler == nil || input != format {
            try drain()
            // A stream that changes keeps the rate and channels that its consumer saw first.
            resampler = try Resampler(
                from: format, rate: resampler?.outputRate ?? demand.sampleRate ?? format.sampleRate,
                channels: resampler?.outputChannels ?? demand.channels ?? format.channels)
            input = format
        }
        try resampler?.convert(frame, skipping: skipped, into: &pending)
        flush(isLast: false)
    }

    /// Sends what is left.
    func finish() throws {
        guard !isGone else { return }
        try drain()
        flush(isLast: true)
    }

    private func drain() throws { try resampler?.convert(nil, into: &pending) }

    private func flush(isLast: Bool) {
        guard let resampler else { return }
        let channels = resampler.outputChannels
        let chunk = max(1, resampler.outputRate / 2) * channels
        var start = 0
        while !isGone, pending.count - start >= chunk || (isLast && pending.count > start) {
            let end = min(pending.count, start + chunk)
            let buffer = AudioBuffer(
                samples: Array(pending[start..<end]), sampleRate: resampler.outputRate, channels: channels,
                start: MediaTime(ticks: sent, timeBase: .samples(perSecond: resampler.outputRate)))
            sent += Int64(buffer.frameCount)
            if !channel.send(buffer) { isGone = true }
            start = end
        }
        pending.removeFirst(start)
    }
}
