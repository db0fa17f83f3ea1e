import MediaValues

/// Pictures with given samples.
enum MadePicture {
    /// A frame of luma and chroma; the closures give the samples of each plane.
    static func planar(
        _ layout: PixelLayout = .yuv420, width: Int, height: Int, isFullRange: Bool = true,
        matrix: ColorMatrix = .bt601, milliseconds: Int64 = 0, duration: Int64 = 40, luma: (Int, Int) -> UInt8,
        cb: (Int, Int) -> UInt8 = { _, _ in 128 }, cr: (Int, Int) -> UInt8 = { _, _ in 128 }
    ) -> VideoFrame {
        make(
            layout, width, height, isFullRange: isFullRange, matrix: matrix, milliseconds: milliseconds,
            duration: duration
        ) { buffer, planes in
            func write(_ plane: Plane, _ sample: (Int, Int) -> UInt8) {
                for y in 0..<plane.height {
                    for x in 0..<plane.width { buffer[plane.offset + y * plane.stride + x] = sample(x, y) }
                }
            }
            write(planes[0], luma)
            write(planes[1], cb)
            write(planes[2], cr)
        }
    }

    /// Grey all over; quick for large pictures.
    static func plain(width: Int, height: Int, luma: UInt8 = 90, milliseconds: Int64 = 0) -> VideoFrame {
        make(.yuv420, width, height, isFullRange: true, matrix: .bt601, milliseconds: milliseconds) { buffer, planes in
            let chroma = planes[1].offset
            UnsafeMutableRawBufferPointer(rebasing: buffer[..<chroma]).initializeMemory(as: UInt8.self, repeating: luma)
            UnsafeMutableRawBufferPointer(rebasing: buffer[chroma...]).initializeMemory(as: UInt8.self, repeating: 128)
        }
    }

    private typealias Plane = (offset: Int, stride: Int, width: Int, height: Int)

    private static func make(
        _ layout: PixelLayout, _ width: Int, _ height: Int, isFullRange: Bool, matrix: ColorMatrix,
        milliseconds: Int64, duration: Int64 = 40, fill: (UnsafeMutableRawBufferPointer, [Plane]) -> Void
    ) -> VideoFrame {
        let step = layout == .yuv444 ? 1 : 2
        let (chromaWidth, chromaHeight) = ((width + step - 1) / step, (height + step - 1) / step)
        // Rows longer than the picture, as decoders make them.
        let (stride, chromaStride) = (width + 5, chromaWidth + 3)
        let (lumaSize, chromaSize) = (stride * height, chromaStride * chromaHeight)
        let planes: [Plane] = [
            (0, stride, width, height), (lumaSize, chromaStride, chromaWidth, chromaHeight),
            (lumaSize + chromaSize, chromaStride, chromaWidth, chromaHeight),
        ]
        let storage = ArrayPixelStorage(byteCount: lumaSize + 2 * chromaSize) { fill($0, planes) }
        return VideoFrame(
            time: MediaTime(milliseconds: milliseconds), duration: MediaTime(milliseconds: duration), frameNumber: nil,
            isKeyframe: true, width: width, height: height, layout: layout, isFullRange: isFullRange,
            colorMatrix: matrix,
            planes: planes.map {
                PixelPlane(
                    baseAddress: storage.baseAddress + $0.offset, bytesPerRow: $0.stride, width: $0.width,
                    height: $0.height)
            }, storage: storage)
    }
}
