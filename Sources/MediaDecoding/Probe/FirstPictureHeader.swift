import CFFmpeg

/// Finds out what a decoder tells of an H.264 or HEVC stream (pixel format, colours, reordering) from the first slice's
/// header.
///
/// FFmpeg's own probe decodes the whole first picture for that: 25 of 30 ms for a detailed 1080p file. Here the decoder
/// gets the first kilobyte of the picture, which the container's index points to. Where anything is out of the ordinary
/// nothing is filled in, and FFmpeg's probe does it the long way.
enum FirstPictureHeader {
    /// Bytes looked at: parameter sets and messages may come before the picture.
    private static let peekBytes = 16384
    /// Enough for any slice header and a few blocks.
    private static let sliceBytes = 1024

    /// - Returns: whether everything was found out.
    static func fill(_ stream: UnsafeMutablePointer<AVStream>, from source: any ByteSource) -> Bool {
        guard let parameters = stream.pointee.codecpar, parameters.pointee.format == AV_PIX_FMT_NONE.rawValue,
            let lengthBytes = lengthBytes(parameters.pointee),
            let entry = avformat_index_get_entry(stream, 0)?.pointee, entry.flags & AVINDEX_KEYFRAME != 0,
            let beginning = read(source, at: entry.pos, count: min(Int(entry.size), peekBytes)),
            let sample = shortened(
                beginning, lengthBytes: lengthBytes, isHEVC: parameters.pointee.codec_id == AV_CODEC_ID_HEVC),
            let learned = decode(sample, parameters)
        else { return false }
        defer {
            var freeing: UnsafeMutablePointer<AVCodecParameters>? = learned
            avcodec_parameters_free(&freeing)
        }
        parameters.pointee.format = learned.pointee.format
        parameters.pointee.color_range = learned.pointee.color_range
        parameters.pointee.color_space = learned.pointee.color_space
        parameters.pointee.color_trc = learned.pointee.color_trc
        parameters.pointee.color_primaries = learned.pointee.color_primaries
        parameters.pointee.chroma_location = learned.pointee.chroma_location
        parameters.pointee.bits_per_raw_sample = learned.pointee.bits_per_raw_sample
        parameters.pointee.profile = learned.pointee.profile
        parameters.pointee.level = learned.pointee.level
        parameters.pointee.video_delay = max(parameters.pointee.video_delay, learned.pointee.video_delay)
        if learned.pointee.sample_aspect_ratio.num > 0 {
            parameters.pointee.sample_aspect_ratio = learned.pointee.sample_aspect_ratio
        }
        return true
    }

    /// Size of the length before each NAL unit (ISO/IEC 14496-15, avcC and hvcC).
    private static func lengthBytes(_ parameters: AVCodecParameters) -> Int? {
        guard let extra = parameters.extradata, extra[0] == 1 else { return nil }
        switch parameters.codec_id {
        case AV_CODEC_ID_H264: return parameters.extradata_size >= 7 ? Int(extra[4] & 3) + 1 : nil
        case AV_CODEC_ID_HEVC: return parameters.extradata_size >= 23 ? Int(extra[21] & 3) + 1 : nil
        default: return nil
        }
    }

    private static func read(_ source: any ByteSource, at offset: Int64, count: Int) -> [UInt8]? {
        guard count > 0, offset >= 0 else { return nil }
        let bytes = try? [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            used = try source.read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
        }
        return bytes.flatMap { $0.count == count ? $0 : nil }
    }

    /// The units up to the first slice, which is cut short; nil where the bytes are not such a sequence.
    static func shortened(_ bytes: [UInt8], lengthBytes: Int, isHEVC: Bool) -> [UInt8]? {
        var result: [UInt8] = []
        var offset = 0
        while offset + lengthBytes < bytes.count {
            let length = bytes[offset..<offset + lengthBytes].reduce(0) { $0 << 8 | Int($1) }
            let start = offset + lengthBytes
            guard length > 2 else { return nil }
            let isSlice = isHEVC ? (bytes[start] >> 1) & 0x3F < 32 : (1...5).contains(bytes[start] & 0x1F)
            let kept = isSlice ? min(length, sliceBytes) : length
            guard start + kept <= bytes.count, lengthBytes > 1 || kept < 256 else { return nil }
            for shift in stride(from: 8 * (lengthBytes - 1), through: 0, by: -8) {
                result.append(UInt8(truncatingIfNeeded: kept >> shift))
            }
            result += bytes[start..<start + kept]
            if isSlice { return result }
            offset = start + length
        }
        return nil
    }

    /// What the decoder knows after the beginning of the picture; nil unless that is everything. The caller frees it.
    private static func decode(
        _ sample: [UInt8], _ parameters: UnsafeMutablePointer<AVCodecParameters>
    ) -> UnsafeMutablePointer<AVCodecParameters>? {
        guard let codec = avcodec_find_decoder(parameters.pointee.codec_id), let packet = try? Packet(),
            av_new_packet(packet.pointer, Int32(sample.count)) >= 0
        else { return nil }
        packet.pointer.pointee.data?.update(from: sample, count: sample.count)
        packet.pointer.pointee.flags |= AV_PKT_FLAG_KEY
        var context = avcodec_alloc_context3(codec)
        defer { avcodec_free_context(&context) }
        guard let context, avcodec_parameters_to_context(context, parameters) >= 0 else { return nil }
        context.pointee.thread_count = 1
        // The rest of the picture is missing by intention.
        context.pointee.error_concealment = 0
        context.pointee.skip_loop_filter = AVDISCARD_ALL
        guard avcodec_open2(context, codec, nil) >= 0 else { return nil }
        _ = avcodec_send_packet(context, packet.pointer)
        guard context.pointee.pix_fmt != AV_PIX_FMT_NONE, let learned = avcodec_parameters_alloc() else { return nil }
        guard avcodec_parameters_from_context(learned, context) >= 0 else {
            var freeing: UnsafeMutablePointer<AVCodecParameters>? = learned
            avcodec_parameters_free(&freeing)
            return nil
        }
        return learned
    }
}
