import CFFmpeg
import MediaValues
import PluginKit

/// Decodes the sound stream once and serves every consumer of samples.
final class AudioDecodeWork {
    private let lane: Int
    private let setup: PassSetup
    private let stream: UnsafeMutablePointer<AVStream>
    private let clock: StreamClock
    private let outputs: [AudioOutput]
    private var timeline: AudioTimeline?
    private var sampleCount: Int64 = 0

    init(stream: UnsafeMutablePointer<AVStream>, lane: Int, outputs: [AudioOutput], setup: PassSetup) {
        self.lane = lane
        self.setup = setup
        self.stream = stream
        self.outputs = outputs
        clock = setup.clock(for: stream.pointee)
    }

    /// Runs to the end of the stream.
    ///
    /// - Returns: samples decoded, per channel.
    /// - Throws: `PluginError` where the decoder cannot be opened or samples cannot be converted.
    func run() throws -> Int64 {
        defer { setup.queues.close(lane: lane) }
        let decoder = try Decoder(stream: stream, threading: .single)
        let frame = try NativeFrame()
        while let (packet, _) = setup.queues.pop(lane: lane) {
            try decode(packet, with: decoder, into: frame)
            if isEveryoneGone { return sampleCount }
        }
        guard !setup.interrupt.isSet else { return sampleCount }
        try decode(nil, with: decoder, into: frame)
        for output in outputs { try output.finish() }
        return sampleCount
    }

    private var isEveryoneGone: Bool { outputs.allSatisfy(\.isGone) }

    private func decode(_ packet: Packet?, with decoder: Decoder, into frame: NativeFrame) throws {
        if packet != nil { setup.ledger.update { $0.packetsDecoded += 1 } }
        var code = decoder.send(packet)
        // Samples are always taken out before the next packet, so the decoder never says "try again" here.
        var failures = 0
        while code >= 0, !setup.interrupt.isSet {
            code = decoder.receive(into: frame)
            if code == NativeError.tryAgain || code == NativeError.endOfFile { return }
            guard code >= 0 else {
                failures += 1
                guard failures < 16 else { break }
                report(code, packet)
                code = 0
                continue
            }
            try take(frame)
        }
        if code < 0, code != NativeError.endOfFile { report(code, packet) }
    }

    private func report(_ code: Int32, _ packet: Packet?) {
        setup.ledger.damage(
            "an audio packet could not be decoded", at: packet?.ticks.map(clock.time), reason: NativeError.text(code),
            part: .audio)
    }

    private func take(_ frame: NativeFrame) throws {
        let native = frame.pointer.pointee
        let count = Int64(native.nb_samples)
        let rate = Int(native.sample_rate)
        guard count > 0, rate > 0 else { return }
        sampleCount += count
        setup.ledger.update { $0.samplesDecoded += count }
        var timeline = timeline ?? AudioTimeline(sampleRate: rate, durationSeconds: setup.durationSeconds)
        timeline.changeRate(to: rate)
        let stamp = native.best_effort_timestamp
        let step = timeline.place(count: count, at: stamp == shim_no_pts ? nil : clock.time(stamp))
        self.timeline = timeline
        try insertSilence(step.silence, like: frame)
        guard step.skipped < count else { return }
        for output in outputs { try output.take(frame, skipping: Int(step.skipped)) }
    }

    private func insertSilence(_ count: Int64, like frame: NativeFrame) throws {
        var left = count
        while left > 0, !setup.interrupt.isSet, !isEveryoneGone {
            let piece = min(left, 4096)
            let silence = try NativeFrame.silence(like: frame, count: Int(piece))
            for output in outputs { try output.take(silence) }
            left -= piece
        }
    }
}
