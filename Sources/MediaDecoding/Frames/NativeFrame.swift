import CFFmpeg
import MediaValues
import PluginKit

/// Owner of one reference-counted FFmpeg frame.
///
/// Unchecked because a frame is written by one thread and immutable once it is published.
final class NativeFrame: PixelStorage, @unchecked Sendable {
    let pointer: UnsafeMutablePointer<AVFrame>

    init() throws {
        guard let allocated = av_frame_alloc() else { throw PluginError.outOfMemory("decoding") }
        pointer = allocated
    }

    /// A frame with buffers of its own.
    convenience init(width: Int, height: Int, format: AVPixelFormat) throws {
        try self.init()
        pointer.pointee.width = Int32(width)
        pointer.pointee.height = Int32(height)
        pointer.pointee.format = format.rawValue
        guard av_frame_get_buffer(pointer, 0) >= 0 else { throw PluginError.outOfMemory("converting a picture") }
    }

    deinit {
        var freeing: UnsafeMutablePointer<AVFrame>? = pointer
        av_frame_free(&freeing)
    }

    var width: Int { Int(pointer.pointee.width) }
    var height: Int { Int(pointer.pointee.height) }
    var format: AVPixelFormat { AVPixelFormat(rawValue: pointer.pointee.format) }

    /// Whether samples use all of 0…255.
    var isFullRange: Bool {
        if pointer.pointee.color_range == AVCOL_RANGE_JPEG { return true }
        if PixelFormats.isDeprecatedFullRange(format) || PixelFormats.isRGB(format) { return true }
        return PixelFormats.isGray(format) && pointer.pointee.color_range != AVCOL_RANGE_MPEG
    }

    /// Address and stride of a plane; nil where there is none or it is stored bottom-up.
    func plane(_ index: Int) -> (base: UnsafeMutablePointer<UInt8>, stride: Int)? {
        let frame = pointer.pointee
        let (data, stride) =
            switch index {
            case 0: (frame.data.0, frame.linesize.0)
            case 1: (frame.data.1, frame.linesize.1)
            case 2: (frame.data.2, frame.linesize.2)
            default: (nil, 0)
            }
        guard let data, stride > 0 else { return nil }
        return (data, Int(stride))
    }
}

/// Facts about pixel formats.
enum PixelFormats {
    static func isDeprecatedFullRange(_ format: AVPixelFormat) -> Bool {
        switch format {
        case AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUVJ411P:
            true
        default: false
        }
    }

    /// The format that is the same but for the range.
    static func withoutRange(_ format: AVPixelFormat) -> AVPixelFormat {
        switch format {
        case AV_PIX_FMT_YUVJ420P: AV_PIX_FMT_YUV420P
        case AV_PIX_FMT_YUVJ422P: AV_PIX_FMT_YUV422P
        case AV_PIX_FMT_YUVJ444P: AV_PIX_FMT_YUV444P
        case AV_PIX_FMT_YUVJ440P: AV_PIX_FMT_YUV440P
        case AV_PIX_FMT_YUVJ411P: AV_PIX_FMT_YUV411P
        default: format
        }
    }

    /// Whether pixels may be transparent; palettes count, their entries have an opacity each.
    static func hasAlpha(_ format: AVPixelFormat) -> Bool {
        guard let descriptor = av_pix_fmt_desc_get(format) else { return false }
        return descriptor.pointee.flags & UInt64(AV_PIX_FMT_FLAG_ALPHA) != 0
    }

    static func isRGB(_ format: AVPixelFormat) -> Bool {
        guard let descriptor = av_pix_fmt_desc_get(format) else { return false }
        return descriptor.pointee.flags & UInt64(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL) != 0
    }

    static func isGray(_ format: AVPixelFormat) -> Bool {
        guard let descriptor = av_pix_fmt_desc_get(format) else { return false }
        return descriptor.pointee.nb_components <= 2 && !isRGB(format)
    }

    /// Whether every pixel has a colour of its own: 4:4:4, R, G, B.
    static func hasFullChroma(_ format: AVPixelFormat) -> Bool {
        guard let descriptor = av_pix_fmt_desc_get(format)?.pointee, !isGray(format) else { return false }
        return descriptor.log2_chroma_w == 0 && descriptor.log2_chroma_h == 0
    }

    /// Chroma shifts of formats with three 8-bit planes Y, U, V; nil for all others.
    static func planarChromaShifts(_ format: AVPixelFormat) -> (horizontal: Int, vertical: Int)? {
        switch withoutRange(format) {
        case AV_PIX_FMT_YUV420P: (1, 1)
        case AV_PIX_FMT_YUV422P: (1, 0)
        case AV_PIX_FMT_YUV444P: (0, 0)
        default: nil
        }
    }
}

/// A decoded picture with its place in the stream, before conversion.
struct Picture {
    let frame: NativeFrame
    let time: MediaTime
    let duration: MediaTime?
    let number: Int?
    let isKeyframe: Bool
    /// Clockwise rotation that shows it upright.
    let rotation: Int
}
