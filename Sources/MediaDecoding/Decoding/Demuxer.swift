import CFFmpeg
import MediaValues
import PluginKit

/// Reads every packet once and hands it to the decoder of its stream.
final class Demuxer {
    /// A demanded stream.
    struct Route {
        let stream: Int
        let lane: Int
        /// Selectors of the outputs where only random access points are wanted; nil passes every packet on.
        var keyframes: [FrameSelector]?
        /// Whether its packets need not reach to the end of the file.
        var isSparse = false
    }

    private let setup: PassSetup
    private var routes: [Int: Route]
    private var numbering: KeyframeNumbering?
    private var lastTime: MediaTime?

    init(routes: [Route], setup: PassSetup) {
        self.setup = setup
        self.routes = Dictionary(routes.map { ($0.stream, $0) }, uniquingKeysWith: { first, _ in first })
        for index in 0..<Int(setup.input.context.pointee.nb_streams) {
            guard let stream = setup.input.stream(index) else { continue }
            if let route = self.routes[index] {
                // FFmpeg 5.1 loses its place among the composition offsets when the mov demuxer skips samples, so
                // streams with B-frames are read completely.
                let reorders = stream.pointee.codecpar.pointee.video_delay > 0
                let skips = route.keyframes != nil && setup.input.hasCompleteIndex && !reorders
                stream.pointee.discard = skips ? AVDISCARD_NONKEY : AVDISCARD_DEFAULT
                if route.keyframes != nil {
                    numbering = KeyframeNumbering(stream: stream, readsEveryPacket: !skips)
                }
            } else {
                stream.pointee.discard = AVDISCARD_ALL
            }
        }
    }

    /// Reads to the end, or until nobody wants more.
    func run() throws {
        defer { setup.queues.finish() }
        var retries = 0
        while !setup.interrupt.isSet {
            let packet = try Packet()
            let code = av_read_frame(setup.input.context, packet.pointer)
            if code == NativeError.tryAgain, retries < 1000 {
                retries += 1
                continue
            }
            guard code >= 0 else {
                end(code)
                return
            }
            retries = 0
            setup.ledger.update { $0.packetsRead += 1 }
            guard pass(packet) else { return }
        }
    }

    /// False when every decoder has gone.
    private func pass(_ packet: Packet) -> Bool {
        let index = packet.streamIndex
        guard var route = routes[index], let stream = setup.input.stream(index) else { return true }
        let clock = setup.clock(for: stream.pointee)
        let time = packet.ticks.map(clock.time)
        if let time, lastTime.map({ $0 < time }) ?? true { lastTime = time }
        if packet.isCorrupt {
            setup.ledger.damage(
                "a packet is incomplete", at: time, reason: "the container marks them so", part: .container)
        }
        if route.keyframes != nil {
            packet.frameNumber = numbering?.number(of: packet)
            guard packet.isKey, !packet.isDiscarded else { return true }
            let seconds = time?.seconds ?? 0
            for output in route.keyframes?.indices ?? 0..<0 {
                if route.keyframes?[output].see(seconds, isKeyframe: true).takesCurrent == true {
                    packet.wantedBy.append(output)
                }
            }
            routes[index] = route
            guard !packet.wantedBy.isEmpty else { return true }
        }
        if !setup.queues.push(packet, lane: route.lane) {
            route.keyframes = nil
            routes[index] = nil
            stream.pointee.discard = AVDISCARD_ALL
        }
        return !routes.isEmpty
    }

    private func end(_ code: Int32) {
        guard !setup.interrupt.isSet else { return }
        let place = lastTime ?? .zero
        if code != NativeError.endOfFile {
            let reason = setup.input.readFailure?.message ?? NativeError.text(code)
            setup.ledger.warn(
                "the file ends early or is damaged at \(place) (\(reason)); results cover what could be decoded")
            return
        }
        // A file that was cut off just ends; only its declared length tells.
        let duration = setup.input.context.pointee.duration
        guard duration != shim_no_pts, duration > 0, let last = lastTime, setup.input.declaresDuration else { return }
        let declared = Double(duration) / Double(AV_TIME_BASE)
        let reachesTheEnd = routes.values.contains { $0.keyframes == nil && !$0.isSparse }
        if reachesTheEnd, declared - last.seconds > max(1, declared / 20) {
            setup.ledger.warn(
                "the file ends early: at \(place) of \(MediaTime(milliseconds: Int64(declared * 1000))); "
                    + "results cover what could be decoded")
        }
    }
}

/// Counts keyframes' places in presentation order where that needs no decoding.
///
/// A keyframe's place in decoding order is its place in presentation order when nothing decoded later is shown before it:
/// always without reordering, and for H.264 at an IDR picture (Rec. ITU-T H.264, 7.4.1.2.4).
struct KeyframeNumbering {
    private let stream: UnsafeMutablePointer<AVStream>
    private let readsEveryPacket: Bool
    private let reorders: Bool
    private let isH264: Bool
    private var packets = 0
    /// Where the search in the index goes on, and frames counted up to there.
    private var indexPosition: Int32 = 0
    private var indexFrames = 0

    init(stream: UnsafeMutablePointer<AVStream>, readsEveryPacket: Bool) {
        self.stream = stream
        self.readsEveryPacket = readsEveryPacket
        let parameters = stream.pointee.codecpar.pointee
        isH264 = parameters.codec_id == AV_CODEC_ID_H264
        let properties = avcodec_descriptor_get(parameters.codec_id)?.pointee.props ?? 0
        reorders = properties & AV_CODEC_PROP_REORDER != 0
    }

    /// Call for every packet that is read, in order.
    mutating func number(of packet: Packet) -> Int? {
        let place = readsEveryPacket ? countedPlace(packet) : indexedPlace(packet)
        guard packet.isKey, let place else { return nil }
        return !reorders || (isH264 && packet.containsInstantaneousRefresh) ? place : nil
    }

    private mutating func countedPlace(_ packet: Packet) -> Int? {
        guard !packet.isDiscarded else { return nil }
        defer { packets += 1 }
        return packets
    }

    private mutating func indexedPlace(_ packet: Packet) -> Int? {
        let time = packet.pointer.pointee.dts
        let count = avformat_index_get_entries_count(stream)
        while indexPosition < count, let entry = avformat_index_get_entry(stream, indexPosition)?.pointee {
            if entry.timestamp == time { return indexFrames }
            if entry.timestamp > time { return nil }
            if entry.flags & AVINDEX_DISCARD_FRAME == 0 { indexFrames += 1 }
            indexPosition += 1
        }
        return nil
    }
}

extension Packet {
    /// Whether an H.264 packet holds an IDR slice (NAL unit type 5), in either framing.
    var containsInstantaneousRefresh: Bool {
        guard let data = pointer.pointee.data, byteCount > 4 else { return false }
        let bytes = UnsafeBufferPointer(start: data, count: byteCount)
        let isAnnexB = bytes[0] == 0 && bytes[1] == 0 && (bytes[2] == 1 || (bytes[2] == 0 && bytes[3] == 1))
        return isAnnexB ? Self.annexBHoldsRefresh(bytes) : Self.lengthPrefixedHoldsRefresh(bytes)
    }

    private static func lengthPrefixedHoldsRefresh(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        // Four-byte lengths; the shorter ones that the format allows are not made in practice.
        var offset = 0
        while offset + 5 <= bytes.count {
            let length = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
            let type = bytes[offset + 4] & 0x1F
            if type == 5 { return true }
            if type == 1 { return false }
            offset += 4 + length
        }
        return false
    }

    private static func annexBHoldsRefresh(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var offset = 0
        while offset + 4 <= bytes.count {
            if bytes[offset] == 0, bytes[offset + 1] == 0, bytes[offset + 2] == 1 {
                let type = bytes[offset + 3] & 0x1F
                if type == 5 { return true }
                if type == 1 { return false }
                offset += 3
            } else {
                offset += 1
            }
        }
        return false
    }
}
