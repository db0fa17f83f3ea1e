import CSIMD
import Inference
import MediaValues
import PluginKit

/// What an image network is fed: the picture scaled so that its shorter side fits, its middle, and normalised channels.
///
/// Equal number by number to Python's reference front ends on Pillow: `CLIPImageProcessor` of transformers, and torchvision's
/// `Resize`, `CenterCrop`, `ToTensor`, `Normalize` on PIL images.
struct PictureFrontEnd: Sendable {
    /// How the middle is found where it lies between two pixels.
    enum Centering: Sendable {
        /// transformers: the upper left one.
        case down
        /// torchvision: Python's `round`, halves to even.
        case toEven
    }

    let shorterSide: Int
    let cropSide: Int
    let filter: ResampleTable.Filter
    let centering: Centering
    /// What each 8-bit value becomes, 256 entries for each of red, green and blue.
    private let values: [Float]

    init(
        shorterSide: Int, cropSide: Int, filter: ResampleTable.Filter, centering: Centering, mean: [Float],
        deviation: [Float]
    ) {
        self.shorterSide = shorterSide
        self.cropSide = cropSide
        self.filter = filter
        self.centering = centering
        values = zip(mean, deviation).flatMap { mean, deviation in
            (0..<256).map { (Float(Double($0) / 255) - mean) / deviation }
        }
    }

    /// CLIP ViT-B/32, B/16 and L/14 at 224 pixels (`preprocessor_config.json` of openai/clip-vit-base-patch32).
    static let clip = PictureFrontEnd(
        shorterSide: 224, cropSide: 224, filter: .bicubic, centering: .down,
        mean: [0.48145466, 0.4578275, 0.40821073], deviation: [0.26862954, 0.26130258, 0.27577711])

    /// Places365 networks (CSAILVision/places365, validation transform of `train_placesCNN.py`); ImageNet's mean and
    /// deviation.
    static let places = PictureFrontEnd(
        shorterSide: 256, cropSide: 224, filter: .bilinear, centering: .toEven,
        mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])

    /// Shape of what ``tensor(of:)`` makes.
    var shape: [Int] { [1, 3, cropSide, cropSide] }

    /// An input that takes it.
    func requirement(_ key: TensorKey) -> TensorRequirement { TensorRequirement(key, .f32, shape.map { .length($0) }) }

    /// Three planes of `cropSide × cropSide` values: red, green, blue.
    ///
    /// - Parameter frame: packed RGB of any size.
    /// - Throws: `PluginError` with `pluginFault` for another layout.
    func tensor(of frame: VideoFrame) throws -> [Float] {
        let pixels = try cropped(frame)
        let count = cropSide * cropSide
        return [Float](unsafeUninitializedCapacity: 3 * count) { buffer, initialized in
            pixels.withUnsafeBufferPointer { pixels in
                values.withUnsafeBufferPointer { values in
                    for index in 0..<count {
                        buffer[index] = values[Int(pixels[3 * index])]
                        buffer[count + index] = values[256 + Int(pixels[3 * index + 1])]
                        buffer[2 * count + index] = values[512 + Int(pixels[3 * index + 2])]
                    }
                }
            }
            initialized = 3 * count
        }
    }

    /// The scaled middle as packed RGB, `cropSide × cropSide`.
    ///
    /// - Throws: `PluginError` with `pluginFault` for another layout than packed RGB.
    func cropped(_ frame: VideoFrame) throws -> [UInt8] {
        guard frame.layout == .rgb24, let plane = frame.planes.first, frame.width > 0, frame.height > 0 else {
            throw PluginError(
                .pluginFault,
                "the picture at \(frame.time.milliseconds) ms came as \(frame.layout.rawValue) of \(frame.width)x"
                    + "\(frame.height); packed RGB was asked for")
        }
        // Only what the middle needs is computed, so that neither a strip of 1 x 10,000 nor 8K costs much.
        let scaled = scaledSize(width: frame.width, height: frame.height)
        let across = ResampleTable(filter, source: frame.width, target: scaled.width, range: crop(of: scaled.width))
        var down = ResampleTable(filter, source: frame.height, target: scaled.height, range: crop(of: scaled.height))
        let rows = down.sourceRange
        down.rebase(to: rows.lowerBound)
        let source = plane.baseAddress.assumingMemoryBound(to: UInt8.self) + rows.lowerBound * plane.bytesPerRow
        let rowBytes = 3 * cropSide
        var narrow = [UInt8](repeating: 0, count: rows.count * rowBytes)
        var packed = [Int16](repeating: 0, count: cropSide * ((across.taps + 3) / 4) * 32)
        var copies = [UInt8](repeating: 0, count: 4 * (3 * frame.width + Int(CSIMD_RESAMPLE_ROW_PADDING)))
        csimd_resample_rgb_across(
            source, plane.bytesPerRow, frame.width, rows.count, &narrow, cropSide, across.bounds, across.weights,
            across.taps, &packed, &copies)
        var result = [UInt8](repeating: 0, count: cropSide * rowBytes)
        var sums = [Int32](repeating: 0, count: rowBytes)
        csimd_resample_rgb_down(
            narrow, rowBytes, &result, cropSide, down.bounds, down.weights, down.taps, &sums)
        return result
    }

    /// The longer side is cut, not rounded, as in both references.
    private func scaledSize(width: Int, height: Int) -> (width: Int, height: Int) {
        let longer = Int(Double(shorterSide * max(width, height)) / Double(min(width, height)))
        return width <= height ? (shorterSide, longer) : (longer, shorterSide)
    }

    private func crop(of side: Int) -> Range<Int> {
        let rest = side - cropSide
        let start =
            switch centering {
            case .down: rest / 2
            case .toEven: Int((Double(rest) / 2).rounded(.toNearestOrEven))
            }
        return start..<(start + cropSide)
    }
}
