import CFFmpeg

/// Facts about codecs of text tracks.
public enum SubtitleCodecs {
    /// Whether a codec's cues are text, by FFmpeg's short name (`subrip`, `ass`, `mov_text`, `webvtt`, …); false for
    /// pictures (`hdmv_pgs_subtitle`, `dvd_subtitle`) and unknown names.
    public static func isText(_ name: String) -> Bool {
        avcodec_descriptor_get_by_name(name).map(isText) ?? false
    }

    static func isText(_ identifier: AVCodecID) -> Bool { avcodec_descriptor_get(identifier).map(isText) ?? false }

    private static func isText(_ descriptor: UnsafePointer<AVCodecDescriptor>) -> Bool {
        descriptor.pointee.type == AVMEDIA_TYPE_SUBTITLE && descriptor.pointee.props & AV_CODEC_PROP_TEXT_SUB != 0
    }
}
