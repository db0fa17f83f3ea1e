import MediaValues
import PluginKit
import Testing

@testable import BuiltInPlugins

struct PictureCuesTests {
    /// What is found in pictures 40 ms apart, each from `first` on.
    private func cues(
        _ count: Int, settings: MarkerSettings = MarkerSettings(version: "1.2.3"), _ picture: (Int, Int64) -> VideoFrame
    ) -> [TemporalMarkers.Marker] {
        var cues = PictureCues(settings: settings)
        var found: [TemporalMarkers.Marker] = []
        for index in 0..<count { found += cues.add(PictureMeasure(picture(index, Int64(index) * 40))) }
        return found + cues.finish()
    }

    @Test func blackIsFoundWithItsTrueSpan() throws {
        let found = cues(100) { index, time in
            (25..<50).contains(index) ? MadePictures.grey(16, at: time) : MadePictures.pattern(index, at: time)
        }
        let marker = try #require(found.first)
        #expect(found.count == 1)
        #expect(marker.kind == .technicalCue && marker.label == "black")
        #expect(marker.startMs == 1000 && marker.endMs == 2000)
        #expect(marker.confidence == 1)
        #expect(marker.provider == "local" && marker.version == "1.2.3")
    }

    @Test func blackToTheEndEndsWithTheLastPicture() {
        let found = cues(50) { index, time in
            index >= 25 ? MadePictures.grey(0, at: time, isFullRange: true) : MadePictures.pattern(index, at: time)
        }
        #expect(found.map(\.endMs) == [2000])
    }

    @Test func aShortBlackIsNone() {
        let found = cues(100) { index, time in
            (25..<37).contains(index) ? MadePictures.grey(16, at: time) : MadePictures.pattern(index, at: time)
        }
        #expect(found.isEmpty)
    }

    /// A night scene: all samples are dark enough one by one, but the picture is not.
    @Test func darkIsNotBlack() {
        let found = cues(60) { index, time in
            MadePictures.frame(at: time) { column, row in (UInt8(16 + (column + row + index * 5) % 22), 128, 128) }
        }
        #expect(found.isEmpty)
    }

    @Test func blackOfTheRangeIsKnown() {
        // 16 of the full range is a dark grey, of which a whole picture is not black.
        let full = PictureMeasure(MadePictures.grey(16, at: 0, isFullRange: true))
        let video = PictureMeasure(MadePictures.grey(16, at: 0))
        #expect(video.meanLuma == 0 && full.meanLuma > PictureCues.brightestBlack)
        #expect(PictureMeasure(MadePictures.grey(235, at: 0)).meanLuma == 1)
        #expect(PictureMeasure(MadePictures.grey(255, at: 0)).meanLuma == 1)
    }

    @Test func freezeIsFoundFromItsFirstPicture() {
        let found = cues(150) { index, time in
            MadePictures.pattern((50..<110).contains(index) ? 50 : index, at: time)
        }
        #expect(found.map(\.label) == ["freeze"])
        #expect(found.map(\.startMs) == [2000])
        #expect(found.map(\.endMs) == [4400])
        #expect(found.allSatisfy { $0.confidence == 1 })
    }

    /// Noise below the limit is no change; a slow drift away from the first picture is.
    @Test func driftIsNoFreezeButNoiseIs() throws {
        let drift = cues(100) { index, time in MadePictures.grey(UInt8(100 + index / 2), at: time) }
        #expect(drift.isEmpty)
        let noise = cues(100) { index, time in
            MadePictures.frame(at: time) { column, row in
                ((column + row * 96 + index) % 10 == 0 ? 101 : 100, 128, 128)
            }
        }
        let marker = try #require(noise.first)
        #expect(noise.count == 1 && marker.label == "freeze")
        #expect(marker.confidence > 0.5 && marker.confidence < 1)
    }

    /// A mouth of three samples moves: the mean is below the limit, the freeze is none all the same.
    @Test func somethingSmallThatMovesIsNoFreeze() {
        let found = cues(100) { index, time in
            MadePictures.frame(at: time) { column, row in
                (row == 20 && (40..<43).contains(column) && index.isMultiple(of: 2) ? 130 : 100, 128, 128)
            }
        }
        #expect(found.isEmpty)
    }

    @Test func onePictureAtTheEndIsNoFreezeButOneThatStaysIs() {
        #expect(cues(1) { _, time in MadePictures.frame(at: time, lasting: 5000) { _, _ in (90, 128, 128) } }.isEmpty)
        var cues = PictureCues(settings: MarkerSettings(version: "1"))
        var found = cues.add(PictureMeasure(MadePictures.grey(90, at: 0)))
        found += cues.add(PictureMeasure(MadePictures.grey(190, at: 3000)))
        #expect(found.map(\.endMs) == [3000])
    }

    @Test func colourBarsAreNoFreezeAndBlackIsNone() {
        let colors = [(0.75, 0.75, 0.75)] + MadePictures.sixBars(0.75)
        let found = cues(200) { index, time in
            index < 100 ? MadePictures.bars(colors, at: time) : MadePictures.grey(16, at: time)
        }
        #expect(found.map(\.label) == ["color_bars", "black"])
        #expect(found.map(\.startMs) == [0, 4000])
        #expect(found.map(\.endMs) == [4000, 8000])
    }

    @Test func emptyAndOddPicturesAreNothing() {
        let found = cues(100) { index, time in
            MadePictures.frame(at: time, width: index % 3, height: index % 2) { _, _ in (16, 128, 128) }
        }
        // Pictures of no size are nothing; those of one or two samples are never twice of one size.
        #expect(found.isEmpty)
        #expect(cues(0) { _, time in MadePictures.grey(0, at: time) }.isEmpty)
    }
}
