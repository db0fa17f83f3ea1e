import CFFmpeg
import CSIMD
import MediaValues

/// Makes small Y, U, V planes by averaging blocks.
///
/// In blocks of eight rows and more only every second row is read: half the memory traffic, and the mean of 32 samples
/// instead of 64 is as good for measuring differences.
struct PictureReducer {
    private var scratch: [UInt16] = []

    /// Block edge so that `width` becomes at most `maximumWidth`; even from 2 on, so that blocks of halved chroma are
    /// whole.
    static func blockEdge(width: Int, maximumWidth: Int) -> Int {
        let needed = (width + max(1, maximumWidth) - 1) / max(1, maximumWidth)
        return needed <= 1 ? 1 : needed + needed % 2
    }

    /// Averages an 8-bit planar frame; nil for other formats, or where blocks are too large for the kernel.
    mutating func reduce(_ frame: NativeFrame, edge: Int) -> (storage: ArrayPixelStorage, size: PlaneSize)? {
        guard let shifts = PixelFormats.planarChromaShifts(frame.format) else { return nil }
        guard edge <= 64, edge > 1 || shifts == (0, 0) else { return nil }
        let width = frame.width / edge
        let height = frame.height / edge
        guard width > 0, height > 0, let luma = frame.plane(0), let first = frame.plane(1), let second = frame.plane(2)
        else { return nil }
        let planes = [
            (plane: luma, across: edge, down: edge),
            (plane: first, across: edge >> shifts.horizontal, down: edge >> shifts.vertical),
            (plane: second, across: edge >> shifts.horizontal, down: edge >> shifts.vertical),
        ]
        if scratch.count < width * edge { scratch = [UInt16](repeating: 0, count: width * edge) }
        let size = PlaneSize(width: width, height: height)
        let storage = scratch.withUnsafeMutableBufferPointer { scratch in
            ArrayPixelStorage(byteCount: 3 * width * height) { buffer in
                for (index, source) in planes.enumerated() {
                    guard let target = buffer.baseAddress?.advanced(by: index * width * height) else { return }
                    csimd_block_average(
                        source.plane.base, source.plane.stride, target.assumingMemoryBound(to: UInt8.self), width,
                        width, height, UInt32(source.across), UInt32(source.down), source.down >= 8 ? 2 : 1,
                        scratch.baseAddress)
                }
            }
        }
        return (storage, size)
    }
}

/// Samples across and down.
struct PlaneSize: Hashable {
    var width: Int
    var height: Int

    var transposed: PlaneSize { PlaneSize(width: height, height: width) }
}
