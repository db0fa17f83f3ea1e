import CFFmpeg
import CSIMD
import MediaValues
import PluginKit

/// Puts pictures with transparency on white, before anything else is done with them: scaled or reduced first, colours of
/// invisible pixels would shine through.
///
/// FFmpeg hands straight alpha out (PNG, WebP, GIF and ProRes 4444 store it so) and does not say where a file deviates.
struct AlphaCompositor {
    private var scaler: PictureScaler?
    /// The last picture, which several forms may be made of.
    private var last: (source: NativeFrame, result: NativeFrame)?

    /// The picture itself where it cannot be transparent.
    ///
    /// - Throws: `PluginError` with `native`.
    mutating func opaque(_ picture: Picture) throws -> Picture {
        guard PixelFormats.hasAlpha(picture.frame.format) else { return picture }
        if let last, last.source === picture.frame { return picture.showing(last.result) }
        let result = try composite(picture.frame)
        last = (picture.frame, result)
        return picture.showing(result)
    }

    private mutating func composite(_ frame: NativeFrame) throws -> NativeFrame {
        let key = PictureScaler.key(for: frame, width: frame.width, height: frame.height, format: AV_PIX_FMT_RGBA)
        let scaler = try self.scaler.flatMap { $0.key == key ? $0 : nil } ?? PictureScaler(key: key)
        self.scaler = scaler
        let straight = try scaler.scale(frame)
        let result = try NativeFrame(width: frame.width, height: frame.height, format: AV_PIX_FMT_RGB24)
        result.pointer.pointee.color_range = AVCOL_RANGE_JPEG
        guard let source = straight.plane(0), let target = result.plane(0) else {
            throw PluginError(.native, "a transparent picture could not be converted")
        }
        for row in 0..<frame.height {
            csimd_composite_on_white(source.base + row * source.stride, target.base + row * target.stride, frame.width)
        }
        return result
    }
}

extension Picture {
    /// The same place in the stream with other pixels.
    func showing(_ frame: NativeFrame) -> Picture {
        Picture(
            frame: frame, time: time, duration: duration, number: number, isKeyframe: isKeyframe, rotation: rotation)
    }
}
