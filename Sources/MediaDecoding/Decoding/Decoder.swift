import CFFmpeg
import PluginKit

/// Owner of one codec context. Used by one thread at a time.
final class Decoder {
    enum Threading {
        case single
        case frames(Int)
    }

    let context: UnsafeMutablePointer<AVCodecContext>

    /// - Parameter characterEncoding: of text tracks, by iconv's name; nil for UTF-8.
    /// - Throws: `PluginError` (`native`) where FFmpeg has no decoder or refuses the parameters.
    init(
        stream: UnsafeMutablePointer<AVStream>, threading: Threading, outputsDoubtful: Bool = false,
        leavesUnfiltered: Bool = false, characterEncoding: String? = nil
    ) throws {
        let parameters = stream.pointee.codecpar
        let identifier = parameters?.pointee.codec_id ?? AV_CODEC_ID_NONE
        let name = String(cString: avcodec_get_name(identifier))
        guard let codec = avcodec_find_decoder(identifier) else {
            throw PluginError(
                .notMedia, "there is no decoder for '\(name)' (stream \(stream.pointee.index)); convert the file first")
        }
        var made = avcodec_alloc_context3(codec)
        guard let allocated = made else { throw PluginError.outOfMemory("opening a decoder") }
        var code = avcodec_parameters_to_context(allocated, parameters)
        if code >= 0 {
            allocated.pointee.pkt_timebase = stream.pointee.time_base
            switch threading {
            case .single: allocated.pointee.thread_count = 1
            case .frames(let count):
                allocated.pointee.thread_count = Int32(clamping: count)
                allocated.pointee.thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE
            }
            // A random access point of an open group of pictures is complete, though the decoder cannot tell.
            if outputsDoubtful { allocated.pointee.flags |= Int32(AV_CODEC_FLAG_OUTPUT_CORRUPT) }
            if leavesUnfiltered { allocated.pointee.skip_loop_filter = AVDISCARD_NONKEY }
            if let characterEncoding {
                code = av_opt_set(allocated, "sub_charenc", characterEncoding, 0)
            }
            if code >= 0 { code = avcodec_open2(allocated, codec, nil) }
        }
        guard code >= 0 else {
            avcodec_free_context(&made)
            throw PluginError(
                .corruptMedia,
                "the decoder for '\(name)' refuses stream \(stream.pointee.index); the file is damaged "
                    + "or of an unsupported kind", native: code)
        }
        context = allocated
    }

    deinit {
        var freeing: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&freeing)
    }

    /// Gives a packet, or nil to drain; FFmpeg's return code.
    ///
    /// - Parameter label: comes back with the pictures of this packet.
    func send(_ packet: Packet?, label: Int64 = 0) -> Int32 {
        context.pointee.reordered_opaque = label
        return avcodec_send_packet(context, packet?.pointer)
    }

    /// Takes a picture or samples; FFmpeg's return code.
    func receive(into frame: NativeFrame) -> Int32 { avcodec_receive_frame(context, frame.pointer) }

    /// Makes a drained decoder take packets again.
    func reset() { avcodec_flush_buffers(context) }
}
