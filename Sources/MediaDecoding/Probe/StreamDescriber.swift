import CFFmpeg
import PluginKit

/// Describes one stream.
enum StreamDescriber {
    static func describe(
        _ pointer: UnsafeMutablePointer<AVStream>, input: MediaInput, isImage: Bool
    ) -> MediaDescription.Stream {
        let stream = pointer.pointee
        let parameters = stream.codecpar.pointee
        var result = MediaDescription.Stream(
            index: Int(stream.index), kind: kind(parameters.codec_type),
            timeBase: "\(stream.time_base.num)/\(stream.time_base.den)")
        if parameters.codec_id != AV_CODEC_ID_NONE {
            result.codec = String(cString: avcodec_get_name(parameters.codec_id))
            result.codecLongName = avcodec_descriptor_get(parameters.codec_id)?.pointee.long_name.text
        }
        result.profile = avcodec_profile_name(parameters.codec_id, parameters.profile).text
        result.level = parameters.level > 0 ? Int(parameters.level) : nil
        result.codecTag = fourCharacterCode(parameters.codec_tag)
        result.bitRate = parameters.bit_rate > 0 ? parameters.bit_rate : nil
        if !isImage {
            result.startPts = stream.start_time == shim_no_pts ? nil : stream.start_time
            result.startMs = MediaProber.milliseconds(stream.start_time, stream.time_base)
            result.durationMs = MediaProber.milliseconds(stream.duration, stream.time_base)
        }
        result.frameCount = stream.nb_frames > 0 ? stream.nb_frames : (isImage ? 1 : nil)
        result.dispositions = dispositions(stream.disposition)
        var tags = MetadataTags.read(stream.metadata)
        if result.durationMs == nil, let text = tags["DURATION"] { result.durationMs = parseClock(text) }
        if result.bitRate == nil { result.bitRate = tags["BPS"].flatMap { Int64($0) } }
        result.language = tags.removeValue(forKey: "language")
        result.title = tags.removeValue(forKey: "title")
        result.tags = tags
        switch parameters.codec_type {
        case AVMEDIA_TYPE_VIDEO:
            result.video = VideoDescriber.describe(pointer, input: input, isImage: isImage)
        case AVMEDIA_TYPE_AUDIO:
            result.audio = audio(parameters)
        default: break
        }
        return result
    }

    private static func kind(_ type: AVMediaType) -> String {
        switch type {
        case AVMEDIA_TYPE_VIDEO: "video"
        case AVMEDIA_TYPE_AUDIO: "audio"
        case AVMEDIA_TYPE_SUBTITLE: "subtitle"
        case AVMEDIA_TYPE_ATTACHMENT: "attachment"
        default: "data"
        }
    }

    private static func fourCharacterCode(_ tag: UInt32) -> String? {
        guard tag != 0 else { return nil }
        let bytes = withUnsafeBytes(of: tag.littleEndian) { Array($0) }
        guard bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            let hex = String(tag, radix: 16)
            return "0x" + String(repeating: "0", count: 8 - hex.count) + hex
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func dispositions(_ flags: Int32) -> [String] {
        (0..<31).compactMap { bit in
            flags & (1 << bit) == 0 ? nil : av_disposition_to_string(1 << bit).text
        }
    }

    private static func audio(_ parameters: AVCodecParameters) -> MediaDescription.Audio {
        var parameters = parameters
        let channels = Int(parameters.ch_layout.nb_channels)
        let layout = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer -> String? in
            guard let base = buffer.baseAddress, channels > 0,
                av_channel_layout_describe(&parameters.ch_layout, base, buffer.count) > 0
            else { return nil }
            return String(cString: base)
        }
        let bits =
            parameters.bits_per_raw_sample > 0
            ? parameters.bits_per_raw_sample
            : av_get_bits_per_sample(parameters.codec_id)
        return MediaDescription.Audio(
            sampleRate: Int(parameters.sample_rate), channels: channels, channelLayout: layout,
            sampleFormat: av_get_sample_fmt_name(AVSampleFormat(rawValue: parameters.format)).text,
            bitsPerSample: bits > 0 ? Int(bits) : nil)
    }

    /// Matroska's `00:00:10.400000000`.
    static func parseClock(_ text: String) -> Int64? {
        let parts = text.split(separator: ":")
        guard parts.count == 3, let hours = Int64(parts[0]), let minutes = Int64(parts[1]),
            let seconds = Double(parts[2]), hours >= 0, hours < 100_000, (0..<60).contains(minutes),
            (0..<61).contains(seconds)
        else { return nil }
        return (hours * 3600 + minutes * 60) * 1000 + Int64((seconds * 1000).rounded())
    }
}
