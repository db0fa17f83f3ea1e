import Foundation
import MediaValues

/// Packed RGB pictures made by arithmetic, the same as in `scripts/golden/picture-front-ends`.
enum PatternPictures {
    static func pixels(width: Int, height: Int, gray: Bool = false) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 3 * width * height) { buffer, count in
            var index = 0
            for y in 0..<height {
                for x in 0..<width {
                    for channel in 0..<3 {
                        let c = gray ? 0 : channel
                        let value = (x * 7 + y * 13 + c * 61) ^ (x * y + c * (x + 1))
                        buffer[index] = UInt8(truncatingIfNeeded: value)
                        index += 1
                    }
                }
            }
            count = index
        }
    }

    /// - Parameter padding: bytes after each row, with values that must not be read.
    static func frame(
        _ pixels: [UInt8], width: Int, height: Int, padding: Int = 0, index: Int = 0, layout: PixelLayout = .rgb24
    ) -> VideoFrame {
        let row = pixels.count / height
        var bytes: [UInt8] = []
        for y in 0..<height {
            bytes += pixels[y * row..<(y + 1) * row]
            if y < height - 1 { bytes += [UInt8](repeating: 0xAA, count: padding) }
        }
        let storage = ArrayPixelStorage(bytes)
        let plane = PixelPlane(
            baseAddress: storage.baseAddress, bytesPerRow: row + padding, width: width, height: height)
        let timeBase = TimeBase.samples(perSecond: 25)
        return VideoFrame(
            time: MediaTime(ticks: Int64(index * 25), timeBase: timeBase),
            duration: MediaTime(ticks: 25, timeBase: timeBase), frameNumber: index * 25, isKeyframe: true,
            width: width, height: height, layout: layout, isFullRange: true, planes: [plane], storage: storage)
    }

    /// One colour.
    static func plain(_ color: (UInt8, UInt8, UInt8), index: Int = 0) -> VideoFrame {
        let pixels = (0..<64).flatMap { _ in [color.0, color.1, color.2] }
        return frame(pixels, width: 8, height: 8, index: index)
    }
}
