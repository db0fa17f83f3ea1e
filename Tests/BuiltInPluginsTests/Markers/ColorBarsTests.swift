import MediaValues
import Testing

@testable import BuiltInPlugins

struct ColorBarsTests {
    private func match(_ frame: VideoFrame) -> Double? { ColorBars.match(PictureMeasure(frame).columns) }

    @Test(arguments: [ColorMatrix.bt601, .bt709], [false, true])
    func standardPatternsMatch(matrix: ColorMatrix, isFullRange: Bool) throws {
        let grey = (0.4, 0.4, 0.4)
        let patterns: [[(Double, Double, Double)]] = [
            // SMPTE: grey and six bars of 75 %.
            [(0.75, 0.75, 0.75)] + MadePictures.sixBars(0.75),
            // EBU 100/0/75/0 and 100/0/100/0: white, six bars, black.
            [(1, 1, 1)] + MadePictures.sixBars(0.75) + [(0, 0, 0)],
            [(1, 1, 1)] + MadePictures.sixBars(1) + [(0, 0, 0)],
        ]
        for pattern in patterns {
            let fit = try #require(match(MadePictures.bars(pattern, at: 0, matrix: matrix, isFullRange: isFullRange)))
            #expect(fit > 0.9)
        }
        // RP 219: side panels of an eighth each; the bars are 3/28 of the width.
        let hd = [(0.75, 0.75, 0.75)] + MadePictures.sixBars(0.75)
        let frame = MadePictures.bars(
            Array(repeating: grey, count: 14) + hd.flatMap { Array(repeating: $0, count: 12) }
                + Array(repeating: grey, count: 14), at: 0, matrix: matrix, isFullRange: isFullRange)
        #expect(try #require(match(frame)) > 0.9)
    }

    @Test func otherBandsDoNotMatch() {
        let six = MadePictures.sixBars(0.75)
        #expect(match(MadePictures.bars(six.reversed(), at: 0)) == nil)
        #expect(match(MadePictures.bars(Array(six.dropLast()), at: 0)) == nil)
        // Pale: bands of half the saturation.
        #expect(match(MadePictures.bars(six.map { (0.4 + $0.0 / 2, 0.4 + $0.1 / 2, 0.4 + $0.2 / 2) }, at: 0)) == nil)
        // Small in a corner.
        let small = six + Array(repeating: (0.5, 0.5, 0.5), count: 10)
        #expect(match(MadePictures.bars(small, at: 0)) == nil)
        #expect(match(MadePictures.grey(120, at: 0)) == nil)
        #expect(match(MadePictures.pattern(0, at: 0)) == nil)
    }

    /// The same colours, but not the same from top to bottom.
    @Test func rowsMustAgree() {
        let colors = MadePictures.sixBars(0.75)
        let upper = MadePictures.bars(colors, at: 0)
        let y = upper.planes[0].baseAddress
        let u = upper.planes[1].baseAddress
        let v = upper.planes[2].baseAddress
        let mixed = MadePictures.frame(at: 0) { column, row in
            let place = row * MadePictures.width + column
            let shade: UInt8 = row.isMultiple(of: 4) ? 30 : 0
            return (
                y.load(fromByteOffset: place, as: UInt8.self) &+ shade, u.load(fromByteOffset: place, as: UInt8.self),
                v.load(fromByteOffset: place, as: UInt8.self)
            )
        }
        #expect(match(upper) != nil)
        #expect(match(mixed) == nil)
        withExtendedLifetime(upper) {}
    }
}
