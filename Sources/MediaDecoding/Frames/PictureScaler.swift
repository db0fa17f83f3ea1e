import CFFmpeg
import MediaValues
import PluginKit

/// Owner of one swscale context: one kind of source to one kind of target.
///
/// High dynamic range is reduced to 8 bits without tone mapping.
final class PictureScaler {
    /// What a context is made for; another source needs another context.
    struct Key: Hashable {
        var sourceWidth: Int
        var sourceHeight: Int
        var sourceFormat: Int32
        var sourceIsFullRange: Bool
        var matrix: Int32
        var targetWidth: Int
        var targetHeight: Int
        var targetFormat: Int32
    }

    let key: Key
    private let context: OpaquePointer

    init(key: Key) throws {
        self.key = key
        let source = AVPixelFormat(rawValue: key.sourceFormat)
        let target = AVPixelFormat(rawValue: key.targetFormat)
        var flags = key.targetWidth * 2 < key.sourceWidth ? SWS_AREA : SWS_BILINEAR
        // The default takes chroma from pairs of pixels, and where the width is odd the last pair's second one lies
        // outside of the picture.
        if PixelFormats.isRGB(source), key.sourceWidth % 2 == 1 { flags |= SWS_FULL_CHR_H_INP }
        guard
            let made = sws_getContext(
                Int32(key.sourceWidth), Int32(key.sourceHeight), source, Int32(key.targetWidth),
                Int32(key.targetHeight), target, flags, nil, nil, nil)
        else {
            let name = av_get_pix_fmt_name(source).text ?? "unknown"
            throw PluginError(.native, "pictures of the pixel format '\(name)' cannot be converted")
        }
        context = made
        guard let coefficients = sws_getCoefficients(key.matrix) else { return }
        let targetIsFull = Self.targetIsFullRange(key)
        // Fails for pairs that need no colour conversion, which is fine.
        _ = sws_setColorspaceDetails(
            context, coefficients, key.sourceIsFullRange ? 1 : 0, coefficients, targetIsFull ? 1 : 0, 0, 1 << 16,
            1 << 16)
    }

    deinit { sws_freeContext(context) }

    /// Packed and grey pixels use the full range; Y, U, V keep the source's.
    static func targetIsFullRange(_ key: Key) -> Bool {
        let target = AVPixelFormat(rawValue: key.targetFormat)
        return PixelFormats.isRGB(target) || PixelFormats.isGray(target) || key.sourceIsFullRange
    }

    static func key(for frame: NativeFrame, width: Int, height: Int, format: AVPixelFormat) -> Key {
        Key(
            sourceWidth: frame.width, sourceHeight: frame.height,
            sourceFormat: PixelFormats.withoutRange(frame.format).rawValue, sourceIsFullRange: frame.isFullRange,
            matrix: matrix(of: frame), targetWidth: width, targetHeight: height, targetFormat: format.rawValue)
    }

    func scale(_ frame: NativeFrame) throws -> NativeFrame {
        let target = try NativeFrame(
            width: key.targetWidth, height: key.targetHeight, format: AVPixelFormat(rawValue: key.targetFormat))
        let code = sws_scale_frame(context, target.pointer, frame.pointer)
        guard code >= 0 else { throw PluginError(.native, "a picture could not be converted", native: code) }
        target.pointer.pointee.color_range = Self.targetIsFullRange(key) ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
        return target
    }

    /// The stream's matrix as the frames that are handed out carry it.
    static func colorMatrix(of frame: NativeFrame) -> ColorMatrix {
        switch matrix(of: frame) {
        case SWS_CS_ITU709, SWS_CS_SMPTE240M: .bt709
        case SWS_CS_BT2020: .bt2020
        default: .bt601
        }
    }

    /// The stream's matrix; unmarked streams are taken as BT.709 from 720 rows on, below as BT.601, like players do.
    private static func matrix(of frame: NativeFrame) -> Int32 {
        switch frame.pointer.pointee.colorspace {
        case AVCOL_SPC_BT709: SWS_CS_ITU709
        case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: SWS_CS_BT2020
        case AVCOL_SPC_SMPTE240M: SWS_CS_SMPTE240M
        case AVCOL_SPC_FCC: SWS_CS_FCC
        case AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M: SWS_CS_ITU601
        default:
            PixelFormats.isRGB(frame.format) || frame.height < 720 ? SWS_CS_ITU601 : SWS_CS_ITU709
        }
    }
}
