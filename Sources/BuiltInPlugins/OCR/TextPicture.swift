import CSIMD
import MediaValues

/// Makes what the PP-OCR networks take out of a decoded picture: three planes blue, green, red of floats -1…1.
///
/// The picture's planes are read in place, without a packed copy at full size.
struct TextPicture: Sendable {
    private let frame: VideoFrame
    private let planes: ColourPlanes
    /// Twelve factors: how much luma, Cb, Cr and 1 add to blue, green and red.
    private let colors: [Float]

    /// Nil unless the frame has planes of luma and chroma.
    init?(_ frame: VideoFrame) {
        guard let planes = ColourPlanes(frame) else { return nil }
        self.frame = frame
        self.planes = planes
        // From 0…255 to -1…1.
        colors = PictureColours(frame).factors.reversed().flatMap { row in
            row.enumerated().map { $0 < 3 ? $1 * 2 / 255 : $1 * 2 / 255 - 1 }
        }
    }

    var width: Int { frame.width }
    var height: Int { frame.height }

    /// The whole picture at another size.
    func resized(width: Int, height: Int) -> [Float] {
        let samples = [planes.luma, planes.cb, planes.cr].map { Self.resized($0, width: width, height: height) }
        return [Float](unsafeUninitializedCapacity: 3 * width * height) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            csimd_ycc_to_tensor(samples[0], samples[1], samples[2], width * height, colors, base)
            count = 3 * width * height
        }
    }

    /// What lies inside `area`, stretched to `width` x `height` at the left of a tensor `paddedWidth` wide; 0 beside it.
    func cropped(_ area: Quadrilateral, width: Int, height: Int, paddedWidth: Int) -> [Float] {
        var result = [Float](repeating: 0, count: 3 * paddedWidth * height)
        let (luma, cb, cr) = (planes.luma, planes.cb, planes.cr)
        var picture = csimd_ycc_picture(
            luma: Self.bytes(luma), cb: Self.bytes(cb), cr: Self.bytes(cr), luma_stride: luma.bytesPerRow,
            chroma_stride: cb.bytesPerRow, width: luma.width, height: luma.height, chroma_width: cb.width,
            chroma_height: cb.height)
        // Without several samples for each pixel tall letters would be torn.
        let samples = max(1, min(8, (area.height / Double(height)).rounded()))
        csimd_warp_to_tensor(
            &picture, area.homography, width, height, UInt32(samples), colors, &result, paddedWidth,
            paddedWidth * height)
        return result
    }

    private static func bytes(_ plane: PixelPlane) -> UnsafePointer<UInt8> {
        plane.baseAddress.assumingMemoryBound(to: UInt8.self)
    }

    private static func resized(_ plane: PixelPlane, width: Int, height: Int) -> [UInt8] {
        let across = max(1, plane.width / width)
        let down = max(1, plane.height / height)
        guard across > 1 || down > 1 else {
            return scaled(
                bytes(plane), stride: plane.bytesPerRow, width: plane.width, height: plane.height, toWidth: width,
                toHeight: height, stepX: Double(plane.width) / Double(width),
                stepY: Double(plane.height) / Double(height))
        }
        // Bilinear interpolation alone would leave out pixels.
        let (smallWidth, smallHeight) = (plane.width / across, plane.height / down)
        var scratch = [UInt16](repeating: 0, count: smallWidth * across)
        var small = [UInt8](repeating: 0, count: smallWidth * smallHeight)
        csimd_block_average(
            bytes(plane), plane.bytesPerRow, &small, smallWidth, smallWidth, smallHeight, UInt32(across), UInt32(down),
            UInt32(max(1, down / 16)), &scratch)
        return scaled(
            small, stride: smallWidth, width: smallWidth, height: smallHeight, toWidth: width, toHeight: height,
            stepX: Double(plane.width) / Double(across * width), stepY: Double(plane.height) / Double(down * height))
    }

    private static func scaled(
        _ source: UnsafePointer<UInt8>, stride: Int, width: Int, height: Int, toWidth: Int, toHeight: Int,
        stepX: Double, stepY: Double
    ) -> [UInt8] {
        var indices = [Int32](repeating: 0, count: toWidth)
        var weights = [UInt16](repeating: 0, count: toWidth)
        var row = [UInt16](repeating: 0, count: width)
        return [UInt8](unsafeUninitializedCapacity: toWidth * toHeight) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            csimd_resize_bilinear(
                source, stride, width, height, base, toWidth, toHeight, stepX, stepY, &indices, &weights, &row)
            count = toWidth * toHeight
        }
    }
}
