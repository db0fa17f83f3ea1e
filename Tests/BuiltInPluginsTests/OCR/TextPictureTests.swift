import MediaValues
import Testing

@testable import BuiltInPlugins

struct TextPictureTests {
    @Test func blackAndWhiteFillTheRange() throws {
        for isFullRange in [true, false] {
            let (black, white): (UInt8, UInt8) = isFullRange ? (0, 255) : (16, 235)
            let frame = MadePicture.planar(width: 64, height: 32, isFullRange: isFullRange) { x, _ in
                x < 32 ? black : white
            }
            let tensor = try #require(TextPicture(frame)).resized(width: 64, height: 32)
            #expect(tensor.count == 3 * 64 * 32)
            for plane in 0..<3 {
                let row = tensor[(plane * 64 * 32)...]
                #expect(abs(row[plane * 64 * 32] + 1) < 1e-5)
                #expect(abs(row[plane * 64 * 32 + 63] - 1) < 1e-5)
            }
        }
    }

    // The shares of red and blue in luma.
    @Test(arguments: [
        (ColorMatrix.bt601, 0.299, 0.114), (.bt709, 0.2126, 0.0722), (.bt2020, 0.2627, 0.0593),
    ])
    func colorsComeOutAsBlueGreenRed(matrix: ColorMatrix, red: Double, blue: Double) throws {
        // Pure red: Y = Kr, Cb = -Kr / (2 (1 - Kb)), Cr = 0.5.
        let offset = 255 * red / (2 * (1 - blue))
        let cb = UInt8((128 - offset).rounded())
        let frame = MadePicture.planar(
            width: 16, height: 16, matrix: matrix, luma: { _, _ in UInt8((255 * red).rounded()) },
            cb: { _, _ in cb }, cr: { _, _ in 255 })
        let tensor = try #require(TextPicture(frame)).resized(width: 16, height: 16)
        #expect(abs(tensor[0] + 1) < 0.03, "blue")
        #expect(abs(tensor[256] + 1) < 0.03, "green")
        #expect(abs(tensor[512] - 1) < 0.03, "red")
    }

    @Test func enlargingInterpolates() throws {
        let frame = MadePicture.planar(width: 4, height: 2) { x, _ in UInt8(x * 60) }
        let tensor = try #require(TextPicture(frame)).resized(width: 8, height: 2)
        let levels = tensor.prefix(8).map { Int((($0 + 1) * 127.5).rounded()) }
        #expect(levels == [0, 15, 45, 75, 105, 135, 165, 180])
    }

    @Test func reducingAveragesWhatItCovers() throws {
        // A fine checkerboard becomes an even grey; picking pixels would give black, white or stripes.
        let frame = MadePicture.planar(width: 256, height: 128) { x, y in (x + y) % 2 == 0 ? 255 : 0 }
        let tensor = try #require(TextPicture(frame)).resized(width: 64, height: 32)
        #expect(tensor.allSatisfy { abs($0) < 0.02 })
    }

    @Test func aCropIsTurnedUpright() throws {
        // Bright from row 30 on: read downwards from the left edge, that is the right end of the line.
        let frame = MadePicture.planar(width: 40, height: 60) { _, y in y < 30 ? 0 : 255 }
        let picture = try #require(TextPicture(frame))
        let column = Quadrilateral(left: 10, top: 0, right: 30, bottom: 60)
        let tensor = picture.cropped(column.readDownwards, width: 144, height: 48, paddedWidth: 160)
        #expect(tensor[10] < -0.99)
        #expect(tensor[140] > 0.99)
        #expect(tensor[150] == 0, "padding")
        let over = picture.cropped(column.readDownwards.turnedOver, width: 144, height: 48, paddedWidth: 160)
        #expect(over[10] > 0.99)
        #expect(over[140] < -0.99)
    }

    @Test func aCropBeyondTheEdgeRepeatsIt() throws {
        let frame = MadePicture.planar(width: 20, height: 20) { x, _ in x < 10 ? 0 : 255 }
        let picture = try #require(TextPicture(frame))
        let area = Quadrilateral(left: -10, top: -10, right: 30, bottom: 30)
        let tensor = picture.cropped(area, width: 40, height: 40, paddedWidth: 40)
        #expect(tensor.prefix(15).allSatisfy { $0 < -0.99 })
        #expect(tensor.prefix(40).suffix(15).allSatisfy { $0 > 0.99 })
    }

    @Test func onePixelIsEnough() throws {
        let frame = MadePicture.planar(width: 1, height: 1) { _, _ in 255 }
        let picture = try #require(TextPicture(frame))
        #expect(picture.resized(width: 32, height: 32).allSatisfy { abs($0 - 1) < 0.01 })
        let area = Quadrilateral(left: 0, top: 0, right: 1, bottom: 1)
        #expect(picture.cropped(area, width: 8, height: 48, paddedWidth: 8).allSatisfy { abs($0 - 1) < 0.01 })
    }

    /// A red letter's edge in whole chroma is as sharp as in luma; in halved chroma it is blended.
    @Test(arguments: [PixelLayout.yuv420, .yuv444])
    func chromaIsReadAtItsOwnSize(layout: PixelLayout) throws {
        // Neutral up to column 7, red from there on; equal luma.
        let step = layout == .yuv444 ? 1 : 2
        let frame = MadePicture.planar(
            layout, width: 16, height: 16, luma: { _, _ in 128 }, cr: { x, _ in x * step < 7 ? 128 : 200 })
        let picture = try #require(TextPicture(frame))
        let area = Quadrilateral(left: 0, top: 0, right: 16, bottom: 16)
        for tensor in [
            picture.resized(width: 16, height: 16), picture.cropped(area, width: 16, height: 16, paddedWidth: 16),
        ] {
            let red = tensor.suffix(256).prefix(16).map { Int((($0 + 1) * 127.5).rounded()) }
            // 128 + 1.402 * 72, a quarter and three quarters of it between halved samples.
            #expect(red.prefix(6).allSatisfy { $0 == 128 } && red.suffix(7).allSatisfy { $0 == 229 }, "\(red)")
            #expect(Array(red[6...8]) == (layout == .yuv444 ? [128, 229, 229] : [128, 153, 204]), "\(red)")
        }
    }

    @Test func otherLayoutsAreRefused() {
        #expect(TextPicture(PatternPictures.plain((1, 2, 3))) == nil)
    }

    @Test func widthsAreRoundedUp() {
        #expect(LineRecognizer.paddedWidth(8) == 64)
        #expect(LineRecognizer.paddedWidth(320) == 320)
        #expect(LineRecognizer.paddedWidth(321) == 384)
        #expect(LineRecognizer.paddedWidth(641) == 768)
        #expect(LineRecognizer.paddedWidth(3840) == 4096)
        #expect((8...3840).allSatisfy { LineRecognizer.paddedWidth($0) >= $0 })
    }
}
