import CFFmpeg
import PluginKit

/// Which container formats may be opened at all.
///
/// Formats that only name other files or addresses (playlists, manifests, scripts, session descriptions, devices) are
/// refused: a file from somebody else must not make this process read local files or connect anywhere.
enum FormatPolicy {
    static let refusedNames: Set<String> = [
        "applehttp", "avisynth", "concat", "concatf", "dash", "ffmetadata", "fbdev", "hls", "image2", "imf", "kmsgrab",
        "lavfi", "oss", "rtp", "rtsp", "sap", "sdp", "tedcaptions", "tty", "v4l2", "vapoursynth", "video4linux2",
        "webm_dash_manifest", "x11grab",
    ]

    /// - Throws: `PluginError` with `refused`.
    static func check(_ format: UnsafePointer<AVInputFormat>, source: String) throws {
        let names = UnsafePointer(format.pointee.name).text ?? ""
        let list = names.split(separator: ",").map(String.init)
        guard list.contains(where: refusedNames.contains) || format.pointee.flags & AVFMT_NOFILE != 0 else { return }
        throw PluginError(
            .refused,
            "\(source) is refused: the format '\(names)' refers to other files or addresses instead of holding media; "
                + "pass the media file itself")
    }
}
