import MediaValues
import Testing

@testable import BuiltInPlugins

struct TextPictureTests {
    @Test func blackAndWhiteFillTheRange() throws {
        for isFullRange in [true, false] {
            let (black, white): (UInt8, UInt8) = isFullRange ? (0, 255) : (16, 235)
            let frame = OCRTestSupport.frame(width: 64, height: 32, isFullRange: isFullRange) { x, _ in
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
        let frame = OCRTestSupport.frame(
            width: 16, height: 16, matrix: matrix, luma: { _, _ in UInt8((255 * red).rounded()) }, cb: cb, cr: 255)
        let tensor = try #require(TextPicture(frame)).resized(width: 16, height: 16)
        #expect(abs(tensor[0] + 1) < 0.03, "blue")
        #expect(abs(tensor[256] + 1) < 0.03, "green")
        #expect(abs(tensor[512] - 1) < 0.03, "red")
    }

    @Test func enlargingInterpolates() throws {
        let frame = OCRTestSupport.frame(width: 4, height: 2) { x, _ in UInt8(x * 60) }
        let tensor = try #require(TextPicture(frame)).resized(width: 8, height: 2)
        let levels = tensor.prefix(8).map { Int((($0 + 1) * 127.5).rounded()) }
        #expect(levels == [0, 15, 45, 75, 105, 135, 165, 180])
    }

    @Test func reducingAveragesWhatItCovers() throws {
        // A fine checkerboard becomes an even grey; picking pixels would give black, white or stripes.
        let frame = OCRTestSupport.frame(width: 256, height: 128) { x, y in (x + y) % 2 == 0 ? 255 : 0 }
        let tensor = try #require(TextPicture(frame)).resized(width: 64, height: 32)
        #expect(tensor.allSatisfy { abs($0) < 0.02 })
    }

    @Test func aCropIsTurnedUpright() throws {
        // Bright from row 30 on: read downwards from the left edge, that is the right end of the line.
        let frame = OCRTestSupport.frame(width: 40, height: 60) { _, y in y < 30 ? 0 : 255 }
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
        let frame = OCRTestSupport.frame(width: 20, height: 20) { x, _ in x < 10 ? 0 : 255 }
        let picture = try #require(TextPicture(frame))
        let area = Quadrilateral(left: -10, top: -10, right: 30, bottom: 30)
        let tensor = picture.cropped(area, width: 40, height: 40, paddedWidth: 40)
        #expect(tensor.prefix(15).allSatisfy { $0 < -0.99 })
        #expect(tensor.prefix(40).suffix(15).allSatisfy { $0 > 0.99 })
    }

    @Test func onePixelIsEnough() throws {
        let frame = OCRTestSupport.frame(width: 1, height: 1) { _, _ in 255 }
        let picture = try #require(TextPicture(frame))
        #expect(picture.resized(width: 32, height: 32).allSatisfy { abs($0 - 1) < 0.01 })
        let area = Quadrilateral(left: 0, top: 0, right: 1, bottom: 1)
        #expect(picture.cropped(area, width: 8, height: 48, paddedWidth: 8).allSatisfy { abs($0 - 1) < 0.01 })
    }

    @Test func otherLayoutsAreRefused() {
        #expect(MadeGrey.frame.flatMap { TextPicture($0) } == nil)
    }

    @Test func widthsAreRoundedUp() {
        #expect(LineRecognizer.paddedWidth(8) == 32)
        #expect(LineRecognizer.paddedWidth(320) == 320)
        #expect(LineRecognizer.paddedWidth(321) == 352)
        #expect(LineRecognizer.paddedWidth(641) == 704)
        #expect(LineRecognizer.paddedWidth(3840) == 3840)
        #expect((8...3840).allSatisfy { LineRecognizer.paddedWidth($0) >= $0 })
    }
}

private enum MadeGrey {
    static let frame: VideoFrame? = {
        let storage = ArrayPixelStorage([0])
        let plane = PixelPlane(baseAddress: storage.baseAddress, bytesPerRow: 1, width: 1, height: 1)
        return VideoFrame(
            time: .zero, duration: nil, frameNumber: 0, isKeyframe: true, width: 1, height: 1, layout: .gray8,
            isFullRange: true, planes: [plane], storage: storage)
    }()
}
