import CSIMD
import MediaValues

/// How the luma and chroma of a frame become red, green and blue.
struct PictureColours: Sendable, Hashable {
    let isFullRange: Bool
    let matrix: ColorMatrix

    init(_ frame: VideoFrame) {
        isFullRange = frame.isFullRange
        matrix = frame.colorMatrix
    }

    init(isFullRange: Bool, matrix: ColorMatrix) {
        self.isFullRange = isFullRange
        self.matrix = matrix
    }

    /// For red, green and blue: the factors of Y, Cb and Cr 0…255, and a constant.
    var factors: [[Float]] {
        let (red, blue) = (Float(matrix.lumaShares.red), Float(matrix.lumaShares.blue))
        let green = 1 - red - blue
        let luma: Float = isFullRange ? 1 : 255 / 219
        let chroma: Float = isFullRange ? 1 : 255 / 224
        let black: Float = isFullRange ? 0 : 16
        func row(_ cb: Float, _ cr: Float) -> [Float] {
            [luma, chroma * cb, chroma * cr, -luma * black - chroma * 128 * (cb + cr)]
        }
        return [
            row(0, 2 * (1 - red)),
            row(-2 * blue * (1 - blue) / green, -2 * red * (1 - red) / green),
            row(2 * (1 - blue), 0),
        ]
    }

    /// The same for a network's input: in its order of channels, shifted and scaled, for samples in the kernel's unit.
    func native(for form: PictureTensorForm) -> csimd_colour {
        let rows = form.channels == .rgb ? factors : factors.reversed()
        var colour = csimd_colour()
        // Samples are in units of 1/128, weights in units of 1/16384.
        let unit: Float = 1 / (128 * 16384)
        let numbers = zip(rows, form.mean).flatMap { row, mean in
            [row[0] * unit, row[1] * unit, row[2] * unit, row[3] - mean].map { $0 * form.scale }
        }
        withUnsafeMutableBytes(of: &colour.factors) { $0.copyBytes(from: numbers.bytes) }
        withUnsafeMutableBytes(of: &colour.low) { $0.copyBytes(from: form.mean.map { -$0 * form.scale }.bytes) }
        withUnsafeMutableBytes(of: &colour.high) { $0.copyBytes(from: form.mean.map { (255 - $0) * form.scale }.bytes) }
        return colour
    }
}

extension ColorMatrix {
    /// Share of red and of blue in luma (Rec. ITU-R BT.601-7, BT.709-6, BT.2020-2).
    var lumaShares: (red: Double, blue: Double) {
        switch self {
        case .bt601: (0.299, 0.114)
        case .bt709: (0.2126, 0.0722)
        case .bt2020: (0.2627, 0.0593)
        }
    }
}

extension [Float] {
    fileprivate var bytes: [UInt8] { withUnsafeBytes { Array<UInt8>($0) } }
}
