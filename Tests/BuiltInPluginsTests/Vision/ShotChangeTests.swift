import MediaValues
import Testing

@testable import BuiltInPlugins

struct ShotChangeTests {
    private func plain(_ y: UInt8, _ u: UInt8 = 128, _ v: UInt8 = 128) -> ColourHistogram {
        ColourHistogram(
            MadePicture.planar(width: 40, height: 30, luma: { _, _ in y }, cb: { _, _ in u }, cr: { _, _ in v }))
    }

    @Test func anotherColourIsACut() {
        var shots = ShotChange()
        let cuts = [plain(100), plain(101), plain(100, 90, 200), plain(101, 90, 200), plain(20)].map {
            shots.isCut(to: $0)
        }
        #expect(cuts == [false, false, true, false, true])
    }

    /// A third of the picture changes: 0.33, not more than 0.35; then half.
    @Test func shareThatChangesDecides() {
        func picture(changed rows: Int) -> ColourHistogram {
            ColourHistogram(MadePicture.planar(width: 60, height: 60, luma: { _, y in y < rows ? 230 : 40 }))
        }
        #expect(abs(picture(changed: 0).distance(to: picture(changed: 20)) - 1 / 3) < 0.01)
        var shots = ShotChange()
        #expect([0, 20, 50].map { shots.isCut(to: picture(changed: $0)) } == [false, false, true])
    }

    /// The same colours in whole and in halved chroma are the same picture.
    @Test func layoutsAgree() {
        func picture(_ layout: PixelLayout) -> ColourHistogram {
            let step = layout == .yuv444 ? 1 : 2
            return ColourHistogram(
                MadePicture.planar(
                    layout, width: 60, height: 60, luma: { x, _ in x < 30 ? 80 : 160 },
                    cb: { x, _ in x * step < 30 ? 90 : 128 }, cr: { _, y in y * step < 30 ? 200 : 128 }))
        }
        #expect(picture(.yuv420).distance(to: picture(.yuv444)) < 0.001)
    }

    @Test func emptyAndTinyPicturesAreNoCut() {
        var shots = ShotChange()
        let tiny = MadePicture.plain(width: 1, height: 1)
        #expect([tiny, tiny].map { shots.isCut(to: ColourHistogram($0)) } == [false, false])
    }
}
