import CFFmpeg
import MediaValues
import PluginKit

/// Decodes random access points only, each by itself, on several threads with a decoder each: frame threads gain
/// nothing there. Pictures are published in the order of their packets, which for random access points is the order of
/// presentation.
final class KeyframeDecodeWork: Sendable {
    private struct Slot {
        var frames: [(output: Int, frame: VideoFrame)] = []
    }

    private struct State {
        var ready: [Int: Slot] = [:]
        var next = 0
        var isPublishing = false
        var gone: Set<Int> = []
        var frameCount = 0
    }

    private let lane: Int
    private let setup: PassSetup
    private let streamIndex: Int
    private let channels: [BoundedChannel<VideoFrame>]
    private let forms: [VideoDemand.Form]
    private let clock: StreamClock
    private let rotation: Int
    private let monitor = Monitor(State())
    /// How far decoding may run ahead of publishing; each place holds a picture.
    private let window: Int

    init(
        stream: UnsafeMutablePointer<AVStream>, lane: Int, outputs: [VideoOutput], setup: PassSetup
    ) {
        self.lane = lane
        self.setup = setup
        streamIndex = Int(stream.pointee.index)
        channels = outputs.map(\.channel)
        forms = outputs.map(\.demand.form)
        clock = setup.clock(for: stream.pointee)
        rotation = Rotation.clockwiseDegrees(of: stream)
        window = 2 * setup.options.threads + 2
    }

    /// Frames decoded so far by all workers.
    var frameCount: Int { monitor.read { $0.frameCount } }

    /// One worker; run as many as there are threads to use.
    func run() throws {
        guard let stream = setup.input.stream(streamIndex) else { return }
        let decoder = try Decoder(stream: stream, threading: .single, outputsDoubtful: true)
        var converter = PictureConverter()
        while let (packet, order) = setup.queues.pop(lane: lane) {
            let mayGoOn = monitor.wait { state in
                if setup.interrupt.isSet || state.gone.count == channels.count { return false }
                return order < state.next + window ? true : nil
            }
            guard mayGoOn else { break }
            let slot = try decode(packet, with: decoder, converter: &converter)
            publish(slot, order: order)
            if monitor.read({ $0.gone.count == channels.count }) { break }
        }
        if setup.interrupt.isSet || monitor.read({ $0.gone.count == channels.count }) {
            setup.queues.close(lane: lane)
        }
    }

    private func decode(
        _ packet: Packet, with decoder: Decoder, converter: inout PictureConverter
    ) throws -> Slot {
        var slot = Slot()
        setup.ledger.update { $0.packetsDecoded += 1 }
        var code = decoder.send(packet)
        if code >= 0 { code = decoder.send(nil) }
        defer { decoder.reset() }
        guard code >= 0 else {
            setup.ledger.damage(
                "a keyframe could not be decoded", at: packet.ticks.map(clock.time), reason: NativeError.text(code),
                part: .video)
            return slot
        }
        let frame = try NativeFrame()
        code = decoder.receive(into: frame)
        guard code >= 0 else {
            setup.ledger.damage(
                "a keyframe could not be decoded", at: packet.ticks.map(clock.time), reason: NativeError.text(code),
                part: .video)
            return slot
        }
        setup.ledger.update { $0.framesDecoded += 1 }
        monitor.change { $0.frameCount += 1 }
        let native = frame.pointer.pointee
        let ticks = native.best_effort_timestamp != shim_no_pts ? native.best_effort_timestamp : packet.ticks ?? 0
        if native.decode_error_flags != 0 {
            setup.ledger.damage(
                "a picture is incomplete", at: clock.time(ticks), reason: "missing or invalid data was concealed",
                part: .video)
        }
        let picture = Picture(
            frame: frame, time: clock.time(ticks),
            duration: native.pkt_duration > 0 ? clock.span(native.pkt_duration) : nil, number: packet.frameNumber,
            isKeyframe: true, rotation: Rotation.clockwiseDegrees(of: frame.pointer) ?? rotation)
        var made: [VideoDemand.Form: VideoFrame] = [:]
        for output in packet.wantedBy {
            do {
                let converted = try made[forms[output]] ?? converter.convert(picture, to: forms[output])
                made[forms[output]] = converted
                slot.frames.append((output, converted))
            } catch {
                setup.ledger.damage(
                    "a picture could not be converted", at: picture.time, reason: "\(error)", part: .video)
            }
        }
        return slot
    }

    /// Deposits a slot; whoever finds the next one in order publishes all that are ready.
    private func publish(_ slot: Slot, order: Int) {
        var turn: Slot? = monitor.change { state in
            state.ready[order] = slot
            return Self.takeTurn(&state)
        }
        while let current = turn {
            var gone: Set<Int> = []
            for (output, frame) in current.frames where !channels[output].send(frame) { gone.insert(output) }
            turn = monitor.change { state in
                state.isPublishing = false
                state.next += 1
                state.gone.formUnion(gone)
                return Self.takeTurn(&state)
            }
        }
    }

    private static func takeTurn(_ state: inout State) -> Slot? {
        guard !state.isPublishing, let slot = state.ready.removeValue(forKey: state.next) else { return nil }
        state.isPublishing = true
        return slot
    }
}
