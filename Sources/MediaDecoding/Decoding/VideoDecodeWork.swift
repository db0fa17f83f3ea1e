import CFFmpeg
import MediaValues
import PluginKit

/// Decodes every packet of the video stream, on one thread with frame threads below it.
final class VideoDecodeWork {
    private let lane: Int
    private let setup: PassSetup
    private let stream: UnsafeMutablePointer<AVStream>
    private let clock: StreamClock
    private let rotation: Int
    private var outputs: VideoOutputs
    private var frameCount = 0
    private var lastEnd: Int64?

    init(stream: UnsafeMutablePointer<AVStream>, lane: Int, outputs: [VideoOutput], setup: PassSetup) {
        self.lane = lane
        self.setup = setup
        self.stream = stream
        clock = setup.clock(for: stream.pointee)
        rotation = Rotation.clockwiseDegrees(of: stream)
        self.outputs = VideoOutputs(outputs, ledger: setup.ledger)
    }

    /// Runs to the end of the stream.
    ///
    /// - Returns: frames decoded.
    /// - Throws: `PluginError` where the decoder cannot be opened.
    func run() throws -> Int {
        defer { setup.queues.close(lane: lane) }
        // Frame threads wait for each other's reference rows: three for each core keep the cores busiest. Measured on 2
        // cores with 1080p H.264: 6 threads take 0.80 to 0.96 of the time of 3, for 26 MB more.
        let threads = setup.options.threads
        // Where nobody wants whole pictures other than keyframes, the deblocking filter runs on keyframes only. Block
        // averages do not need it: a fifth less processor time, and the cuts found in the benchmark clips are the same.
        let decoder = try Decoder(
            stream: stream, threading: threads > 1 ? .frames(threads * 3) : .single,
            leavesUnfiltered: outputs.needsNoFilterBetweenKeyframes)
        while let (packet, _) = setup.queues.pop(lane: lane) {
            try decode(packet, with: decoder)
            if outputs.isEveryoneGone { break }
        }
        if !outputs.isEveryoneGone, !setup.interrupt.isSet {
            try decode(nil, with: decoder)
            outputs.finish()
        }
        return frameCount
    }

    private func decode(_ packet: Packet?, with decoder: Decoder) throws {
        var isTaken = false
        while !isTaken {
            let code = decoder.send(packet, label: packet.map { $0.isKey ? 1 : 0 } ?? 0)
            isTaken = code != NativeError.tryAgain
            if isTaken, packet != nil { setup.ledger.update { $0.packetsDecoded += 1 } }
            if code < 0, isTaken, code != NativeError.endOfFile {
                setup.ledger.damage(
                    "a video packet could not be decoded", at: packet?.ticks.map(clock.time),
                    reason: NativeError.text(code), part: .video)
            }
            if try !receiveAll(from: decoder), !isTaken { return }
        }
    }

    /// False when no picture came.
    private func receiveAll(from decoder: Decoder) throws -> Bool {
        var hasAny = false
        var failures = 0
        while !setup.interrupt.isSet {
            let frame = try NativeFrame()
            let code = decoder.receive(into: frame)
            if code == NativeError.tryAgain || code == NativeError.endOfFile { break }
            guard code >= 0 else {
                setup.ledger.damage(
                    "a video packet could not be decoded", at: nil, reason: NativeError.text(code), part: .video)
                // With frame threads the error belongs to one packet, and the next ones are still to come.
                failures += 1
                if failures > 64 { break }
                continue
            }
            hasAny = true
            failures = 0
            publish(frame)
            if outputs.isEveryoneGone { break }
        }
        return hasAny
    }

    private func publish(_ frame: NativeFrame) {
        let native = frame.pointer.pointee
        let ticks = native.best_effort_timestamp != shim_no_pts ? native.best_effort_timestamp : lastEnd ?? 0
        let time = clock.time(ticks)
        if native.decode_error_flags != 0 || native.flags & AV_FRAME_FLAG_CORRUPT != 0 {
            setup.ledger.damage(
                "a picture is incomplete", at: time, reason: "missing or invalid data was concealed", part: .video)
        }
        let duration = native.pkt_duration > 0 ? native.pkt_duration : nil
        lastEnd = ticks &+ (duration ?? 1)
        setup.ledger.update { $0.framesDecoded += 1 }
        let picture = Picture(
            frame: frame, time: time, duration: duration.map(clock.span), number: frameCount,
            isKeyframe: native.reordered_opaque == 1, rotation: Rotation.clockwiseDegrees(of: frame.pointer) ?? rotation
        )
        frameCount += 1
        outputs.offer(picture)
    }
}
