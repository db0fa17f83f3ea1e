import CSIMD
import MediaValues

/// A small grey picture, averaged from a frame of any layout.
struct LumaThumbnail {
    let width: Int
    let height: Int
    let samples: [UInt8]

    /// Averages whole blocks; what does not fill a block is cut off evenly on both sides.
    init(_ frame: VideoFrame, blockWidth: Int, blockHeight: Int) {
        let (across, down) = (max(1, blockWidth), max(1, blockHeight))
        width = frame.width / across
        height = frame.height / down
        guard let plane = frame.planes.first, width > 0, height > 0 else {
            samples = []
            return
        }
        let left = (frame.width - width * across) / 2
        let top = (frame.height - height * down) / 2
        let size = (width: width, height: height)
        switch frame.layout {
        case .yuv420, .yuv444, .gray8:
            let first = (plane.baseAddress + top * plane.bytesPerRow + left).assumingMemoryBound(to: UInt8.self)
            var scratch = [UInt16](repeating: 0, count: size.width * across)
            samples = [UInt8](unsafeUninitializedCapacity: size.width * size.height) { buffer, used in
                csimd_block_average(
                    first, plane.bytesPerRow, buffer.baseAddress, size.width, size.width, size.height, UInt32(across),
                    UInt32(down), UInt32(Self.rowStep(down)), &scratch)
                used = size.width * size.height
            }
        case .rgb24, .bgr24:
            samples = Self.averagePacked(
                plane, isBGR: frame.layout == .bgr24, origin: (left, top), block: (across, down), size: size)
        }
    }

    /// Reads at most about sixteen rows of a block: enough for a mean.
    private static func rowStep(_ rows: Int) -> Int { max(1, rows / 16) }

    /// Luma weights of Rec. ITU-R BT.601.
    private static func averagePacked(
        _ plane: PixelPlane, isBGR: Bool, origin: (x: Int, y: Int), block: (across: Int, down: Int),
        size: (width: Int, height: Int)
    ) -> [UInt8] {
        let (first, third) = isBGR ? (29, 77) : (77, 29)
        let step = rowStep(block.down)
        var result: [UInt8] = []
        result.reserveCapacity(size.width * size.height)
        for y in 0..<size.height {
            for x in 0..<size.width {
                var sum = 0
                var count = 0
                for row in stride(from: 0, to: block.down, by: step) {
                    let offset =
                        (origin.y + y * block.down + row) * plane.bytesPerRow + (origin.x + x * block.across) * 3
                    let pixels = (plane.baseAddress + offset).assumingMemoryBound(to: UInt8.self)
                    for column in 0..<block.across {
                        let pixel = pixels + column * 3
                        sum += Int(pixel[0]) * first + Int(pixel[1]) * 150 + Int(pixel[2]) * third
                    }
                    count += block.across
                }
                result.append(UInt8(clamping: (sum / max(1, count) + 128) >> 8))
            }
        }
        return result
    }
}
