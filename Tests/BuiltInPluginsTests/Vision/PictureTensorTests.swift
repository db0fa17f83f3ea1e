import CSIMD
import MediaValues
import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct PictureTensorTests {
    /// Luma by the formula that scripts/golden/bilinear-resize uses.
    private static func pattern(_ x: Int, _ y: Int) -> UInt8 { UInt8((x * 37 + y * 91 + x * y * 13) & 255) }

    /// First numbers of the first row and of the middle one, last ones of the last row, by OpenCV 5.0.0
    /// (`INTER_LINEAR` of 32-bit floats, 23x17 pixels).
    private static let goldens: [(width: Int, height: Int, first: [Float], middle: [Float], last: [Float])] = [
        (
            10, 8, [79.991, 181.909, 139.828, 129.747, 87.666, 189.584],
            [146.916, 14.184, 97.453, 53.522, 67.991, 91.259], [68.997, 190.078, 175.959, 133.841]
        ),
        (
            40, 31, [0, 13.413, 34.688, 55.962, 77.238, 98.513],
            [216, 174.312, 108.188, 173.262, 231.938, 165.812], [206.637, 200.312, 193.988, 190]
        ),
    ]

    @Test(arguments: goldens.indices)
    func sameAsOpenCV(index: Int) throws {
        let golden = Self.goldens[index]
        let form = PictureTensorForm(width: golden.width, height: golden.height, fit: .stretched, channels: .rgb)
        let tensor = PictureTensor(form: form)
        _ = try tensor.fill(from: MadePicture.planar(width: 23, height: 17, luma: Self.pattern))
        let values = Array(tensor.values)
        func row(_ y: Int) -> ArraySlice<Float> { values[(y * golden.width)..<((y + 1) * golden.width)] }
        for (got, wanted) in [
            (Array(row(0).prefix(6)), golden.first), (Array(row(golden.height / 2).prefix(6)), golden.middle),
            (Array(row(golden.height - 1).suffix(4)), golden.last),
        ] {
            #expect(zip(got, wanted).allSatisfy { abs($0 - $1) < 0.03 }, "\(got) \(wanted)")
        }
    }

    private struct Case: Sendable, CustomStringConvertible {
        var layout = PixelLayout.yuv420
        var size: (Int, Int)
        var isFullRange: Bool
        var matrix: ColorMatrix
        var form: PictureTensorForm
        var description: String { "\(layout) \(size) \(isFullRange) \(matrix) \(form)" }
    }

    private static let cases: [Case] = [
        Case(
            size: (64, 48), isFullRange: false, matrix: .bt709,
            form: .init(width: 32, height: 32, fit: .topLeft, channels: .bgr, padding: 114)),
        Case(
            size: (31, 45), isFullRange: true, matrix: .bt601,
            form: .init(width: 40, height: 24, fit: .centred, channels: .rgb, scale: 1 / 255, padding: 114)),
        Case(
            size: (33, 20), isFullRange: false, matrix: .bt2020,
            form: .init(
                width: 24, height: 24, fit: .centredCorners, channels: .rgb, arrangement: .interleaved,
                mean: [127.5, 127.5, 127.5], scale: 1 / 127.5)),
        Case(
            size: (1, 1), isFullRange: false, matrix: .bt601,
            form: .init(width: 17, height: 9, fit: .stretched, channels: .rgb, mean: [127, 127, 127], scale: 1 / 128)),
        Case(
            size: (3, 700), isFullRange: true, matrix: .bt709,
            form: .init(width: 64, height: 64, fit: .topLeft, channels: .bgr, mean: [104, 117, 123])),
        Case(
            layout: .yuv444, size: (61, 45), isFullRange: true, matrix: .bt601,
            form: .init(width: 32, height: 24, fit: .stretched, channels: .rgb)),
        Case(
            layout: .yuv444, size: (16, 16), isFullRange: false, matrix: .bt709,
            form: .init(
                width: 40, height: 24, fit: .centredCorners, channels: .rgb, arrangement: .interleaved,
                mean: [127.5, 127.5, 127.5], scale: 1 / 127.5)),
        Case(
            layout: .yuv444, size: (1, 1), isFullRange: true, matrix: .bt2020,
            form: .init(width: 17, height: 9, fit: .topLeft, channels: .bgr, padding: 114)),
    ]

    /// The kernel against the formula in plain arithmetic.
    @Test(arguments: cases.indices)
    func sameAsPlainArithmetic(index: Int) throws {
        let item = Self.cases[index]
        let (width, height) = item.size
        var generator = SeededGenerator(seed: UInt64(index + 1))
        let noise = (0..<(3 * width * height + 16)).map { _ in UInt8.random(in: 0...255, using: &generator) }
        func luma(_ x: Int, _ y: Int) -> UInt8 { noise[y * width + x] }
        let step = item.layout == .yuv444 ? 1 : 2
        let chroma = ((width + step - 1) / step, (height + step - 1) / step)
        func cb(_ x: Int, _ y: Int) -> UInt8 { noise[width * height + y * chroma.0 + x] }
        func cr(_ x: Int, _ y: Int) -> UInt8 { noise[noise.count - 1 - y * chroma.0 - x] }
        let frame = MadePicture.planar(
            item.layout, width: width, height: height, isFullRange: item.isFullRange, matrix: item.matrix, luma: luma,
            cb: cb, cr: cr)
        let tensor = PictureTensor(form: item.form)
        // Twice, the second time over what a picture of another size left behind.
        _ = try tensor.fill(from: MadePicture.plain(width: 16, height: 16))
        let placement = try tensor.fill(from: frame)
        func sample(_ plane: (Int, Int) -> UInt8, _ size: (Int, Int), _ x: Double, _ y: Double) -> Double {
            let (x, y) = (min(max(0, x), Double(size.0 - 1)), min(max(0, y), Double(size.1 - 1)))
            let (x0, y0) = (Int(x), Int(y))
            let (x1, y1) = (min(x0 + 1, size.0 - 1), min(y0 + 1, size.1 - 1))
            let (fx, fy) = (x - Double(x0), y - Double(y0))
            func mix(_ a: Double, _ b: Double, _ f: Double) -> Double { a + f * (b - a) }
            return mix(
                mix(Double(plane(x0, y0)), Double(plane(x1, y0)), fx),
                mix(Double(plane(x0, y1)), Double(plane(x1, y1)), fx),
                fy)
        }
        let (red, blue): (Double, Double) =
            switch item.matrix {
            case .bt601: (0.299, 0.114)
            case .bt709: (0.2126, 0.0722)
            case .bt2020: (0.2627, 0.0593)
            }
        let form = item.form
        var worst = 0.0
        for y in 0..<form.height {
            for x in 0..<form.width {
                var colour = [Double(form.padding), Double(form.padding), Double(form.padding)]
                if placement.horizontal.pixels.contains(x), placement.vertical.pixels.contains(y) {
                    let (sx, sy) = (placement.horizontal.source(of: x), placement.vertical.source(of: y))
                    let (cx, cy) = ((sx + 0.5) / Double(step) - 0.5, (sy + 0.5) / Double(step) - 0.5)
                    var l = sample(luma, (width, height), sx, sy)
                    var u = sample(cb, chroma, cx, cy) - 128
                    var v = sample(cr, chroma, cx, cy) - 128
                    if !item.isFullRange { (l, u, v) = ((l - 16) * 255 / 219, u * 255 / 224, v * 255 / 224) }
                    let r = l + 2 * (1 - red) * v
                    let b = l + 2 * (1 - blue) * u
                    let g = (l - red * r - blue * b) / (1 - red - blue)
                    colour = (form.channels == .rgb ? [r, g, b] : [b, g, r]).map { min(255, max(0, $0)) }
                }
                for channel in 0..<3 {
                    let offset =
                        form.arrangement == .planar
                        ? (channel * form.height + y) * form.width + x : (y * form.width + x) * 3 + channel
                    let wanted = (colour[channel] - Double(form.mean[channel])) * Double(form.scale)
                    worst = max(worst, abs(Double(tensor.values[offset]) - wanted) / Double(form.scale))
                }
            }
        }
        // Rows are kept to 1/128 of a step of luma and chroma, which blue multiplies by up to 2.2.
        #expect(worst < 0.05, "\(item)")
    }

    @Test func fastAndPortableKernelsAgree() {
        var generator = SeededGenerator(seed: 7)
        let length = 203
        let upper = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let lower = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for weight: Int16 in [0, 1, 12345, 32767] {
            var fast = [Int16](repeating: 0, count: length)
            var portable = fast
            csimd_blend_rows(upper, lower, weight, &fast, length)
            csimd_blend_rows_portable(upper, lower, weight, &portable, length)
            #expect(fast == portable)
        }
        // Every kind of step: up by 1, by 2, and irregular.
        for ratio in [0.4, 1.0, 2.0, 3.3] {
            let count = Int(Double(length) / ratio)
            let taps = ResizeTaps(count: count, length: length) { (Double($0) + 0.5) * ratio - 0.5 }
            let row = (0..<(length + 32)).map { _ in Int16.random(in: 0...32640, using: &generator) }
            var colour = PictureColours(isFullRange: false, matrix: .bt709).native(
                for: .init(width: count, height: 1, fit: .stretched, channels: .rgb))
            var fast = [Float](repeating: 0, count: 3 * count)
            var portable = fast
            row.withUnsafeBufferPointer { row in
                guard let base = row.baseAddress else { return }
                var rows = csimd_row(luma: base, cb: base + 3, cr: base + 7)
                var native = taps.native
                csimd_convert_row(&rows, &native, &native, &colour, &fast, count, count)
                csimd_convert_row_portable(&rows, &native, &native, &colour, &portable, count, count)
            }
            #expect(zip(fast, portable).allSatisfy { abs($0 - $1) < 1e-3 }, "\(ratio)")
        }
    }

    @Test func letterboxesMapBack() {
        for fit: PictureTensorForm.Fit in [.stretched, .topLeft, .centred, .centredCorners] {
            let form = PictureTensorForm(width: 416, height: 416, fit: fit, channels: .rgb)
            for size in [(1280, 720), (720, 1280), (1126, 661), (1, 1), (7680, 4320), (2, 9000), (9000, 2)] {
                let placement = form.placement(ofWidth: size.0, height: size.1)
                for (axis, length) in [(placement.horizontal, size.0), (placement.vertical, size.1)] {
                    #expect(!axis.pixels.isEmpty && axis.pixels.lowerBound >= 0 && axis.pixels.upperBound <= 416)
                    // The middle of what is shown is the middle of the picture, to half a pixel of the input.
                    let middle = Float(axis.pixels.lowerBound + axis.pixels.upperBound) / 2
                    // Between pixel corners the last pixel's width is missing.
                    let tolerance = Float(1.01 / axis.scale) + (fit == .centredCorners ? 0.5 : 0)
                    #expect(abs(axis.picture(middle) - Float(length) / 2) <= tolerance, "\(fit) \(size)")
                }
            }
        }
        // 1280x720 in 416x416 leaves 182 rows, all below or half above.
        let size = (1280, 720)
        func rows(_ fit: PictureTensorForm.Fit) -> Range<Int> {
            PictureTensorForm(width: 416, height: 416, fit: fit, channels: .rgb)
                .placement(ofWidth: size.0, height: size.1).vertical.pixels
        }
        #expect(rows(.topLeft) == 0..<234)
        #expect(rows(.centred) == 91..<325)
        #expect(rows(.stretched) == 0..<416)
    }

    @Test func hugeAndTallPicturesFit() throws {
        let tensor = PictureTensor(form: .init(width: 32, height: 32, fit: .topLeft, channels: .bgr, padding: 114))
        for size in [(7680, 4320), (9, 20000), (20000, 3)] {
            let placement = try tensor.fill(from: MadePicture.plain(width: size.0, height: size.1, luma: 90))
            let inside = placement.horizontal.pixels.count * placement.vertical.pixels.count
            #expect(tensor.values.count { abs($0 - 90) < 0.01 } == 3 * inside)
            #expect(tensor.values.count { $0 == 114 } == 3 * (32 * 32 - inside))
        }
    }

    /// Colours of single pixels survive where chroma is whole, also after a picture of the same size with halved chroma.
    @Test func wholeChromaIsNotHalved() throws {
        func cr(_ x: Int, _ y: Int) -> UInt8 { x % 2 == 0 ? 228 : 28 }
        let tensor = PictureTensor(form: .init(width: 16, height: 8, fit: .stretched, channels: .rgb))
        for layout in [PixelLayout.yuv420, .yuv444, .yuv420] {
            _ = try tensor.fill(
                from: MadePicture.planar(layout, width: 16, height: 8, luma: { _, _ in 128 }, cr: cr))
            // 128 + 1.402 (Cr - 128): red and its opposite in turn, where they are not blended.
            let row = Array(tensor.values.prefix(3))
            #expect(row[0] == 255)
            #expect(layout == .yuv444 ? row[1] == 0 && row[2] == 255 : abs(row[1] - 198.1) < 0.5, "\(layout) \(row)")
        }
    }

    @Test func anotherLayoutIsRefused() {
        let tensor = PictureTensor(form: .init(width: 32, height: 32, fit: .topLeft, channels: .bgr))
        #expect(throws: PluginError.self) { try tensor.fill(from: MadeMedia.frames(1)[0]) }
    }
}
