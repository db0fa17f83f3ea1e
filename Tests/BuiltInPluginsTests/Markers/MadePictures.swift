import MediaValues

/// Small pictures as the decoder reduces them: three planes of equal size.
enum MadePictures {
    static let width = 96
    static let height = 54

    /// A picture of the given colours by place; Y, U, V on the range of `isFullRange`.
    static func frame(
        at time: Int64, lasting duration: Int64? = 40, isFullRange: Bool = false, matrix: ColorMatrix = .bt601,
        width: Int = width, height: Int = height, color: (Int, Int) -> (UInt8, UInt8, UInt8)
    ) -> VideoFrame {
        var planes = [[UInt8]](repeating: [], count: 3)
        for row in 0..<height {
            for column in 0..<width {
                let (y, u, v) = color(column, row)
                planes[0].append(y)
                planes[1].append(u)
                planes[2].append(v)
            }
        }
        let storage = ArrayPixelStorage(planes.flatMap { $0 })
        return VideoFrame(
            time: MediaTime(milliseconds: time), duration: duration.map { MediaTime(milliseconds: $0) },
            frameNumber: nil, isKeyframe: false, width: width, height: height, layout: .yuv444,
            isFullRange: isFullRange, colorMatrix: matrix,
            planes: (0..<3).map { plane in
                PixelPlane(
                    baseAddress: storage.baseAddress + plane * width * height, bytesPerRow: width, width: width,
                    height: height)
            }, storage: storage)
    }

    static func grey(_ luma: UInt8, at time: Int64, isFullRange: Bool = false) -> VideoFrame {
        frame(at: time, isFullRange: isFullRange) { _, _ in (luma, 128, 128) }
    }

    /// A pattern that differs from one `phase` to the next.
    static func pattern(_ phase: Int, at time: Int64) -> VideoFrame {
        frame(at: time) { column, row in (UInt8(60 + (column * 3 + row + phase * 7) % 120), 128, 128) }
    }

    /// Vertical bands of red, green, blue 0…1 in video range of the matrix, above a lower part of another pattern.
    static func bars(
        _ colors: [(Double, Double, Double)], at time: Int64, matrix: ColorMatrix = .bt601, isFullRange: Bool = false
    ) -> VideoFrame {
        let (kr, kb) = matrix == .bt709 ? (0.2126, 0.0722) : (0.299, 0.114)
        return frame(at: time, isFullRange: isFullRange, matrix: matrix) { column, row in
            let (r, g, b) =
                row < height * 2 / 3 ? colors[column * colors.count / width] : (0.1, 0.1, Double(column % 7) / 20)
            let y = kr * r + (1 - kr - kb) * g + kb * b
            let (cb, cr) = ((b - y) / (2 - 2 * kb), (r - y) / (2 - 2 * kr))
            let (scale, offset, chroma) = isFullRange ? (255.0, 0.0, 255.0) : (219.0, 16.0, 224.0)
            return (
                UInt8((offset + scale * y).rounded()), UInt8(min(255, (128 + chroma * cb).rounded())),
                UInt8(min(255, (128 + chroma * cr).rounded()))
            )
        }
    }

    /// Yellow, cyan, green, magenta, red, blue at a level.
    static func sixBars(_ level: Double) -> [(Double, Double, Double)] {
        [(1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1)].map {
            ($0.0 * level, $0.1 * level, $0.2 * level)
        }
    }
}
