import CFFmpeg
import PluginKit

/// Owner of one packet, with what the demuxer found out about it.
///
/// Unchecked because a packet has one holder at a time: demuxer, then queue, then decoder.
final class Packet: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<AVPacket>
    /// Index of the packet's picture in presentation order, where known before decoding.
    var frameNumber: Int?
    /// Which outputs want the picture (keyframes only), by index.
    var wantedBy: [Int] = []

    init() throws {
        guard let allocated = av_packet_alloc() else { throw PluginError.outOfMemory("reading packets") }
        pointer = allocated
    }

    /// A packet with memory of its own, not initialised.
    convenience init(byteCount: Int) throws {
        try self.init()
        guard av_new_packet(pointer, Int32(clamping: byteCount)) >= 0 else {
            throw PluginError.outOfMemory("reading packets")
        }
    }

    deinit {
        var freeing: UnsafeMutablePointer<AVPacket>? = pointer
        av_packet_free(&freeing)
    }

    var streamIndex: Int { Int(pointer.pointee.stream_index) }
    var byteCount: Int { Int(pointer.pointee.size) }
    var isKey: Bool { pointer.pointee.flags & AV_PKT_FLAG_KEY != 0 }
    var isCorrupt: Bool { pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 }
    var isDiscarded: Bool { pointer.pointee.flags & AV_PKT_FLAG_DISCARD != 0 }

    /// Presentation time in ticks, or the decoding time where the container has no other.
    var ticks: Int64? {
        let packet = pointer.pointee
        if packet.pts != shim_no_pts { return packet.pts }
        return packet.dts == shim_no_pts ? nil : packet.dts
    }
}
