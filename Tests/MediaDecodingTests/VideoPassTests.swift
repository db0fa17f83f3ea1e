import Foundation
import MediaValues
import PluginKit
import Testing

@testable import MediaDecoding

@Suite struct VideoPassTests {
    @Test func everyFrameHasItsNumberAndTime() async throws {
        let result = try await Passes.run(TestMedia.clip.get(), [MediaDemand(video: VideoDemand(.everyFrame))])
        let frames = result.video[0]
        #expect(frames.count == 100)
        #expect(frames.map(\.frameNumber) == (0..<100).map { $0 })
        #expect(frames.map(\.time.milliseconds) == (0..<100).map { $0 * 40 })
        #expect(frames.filter(\.isKeyframe).map(\.time.milliseconds) == [0, 1000, 2000, 3000])
        #expect(frames.allSatisfy { $0.duration?.milliseconds == 40 && $0.layout == .yuv420 && !$0.isFullRange })
        #expect(result.report.packetsDecoded == 100)
        #expect(result.report.framesDecoded == 100)
        #expect(result.report.warnings.isEmpty)
        #expect(result.hasAudio == [false])
    }

    @Test(arguments: ["mp4", "mkv", "ts"]) func keyframesEqualThoseOfTheFullDecode(kind: String) async throws {
        let path = try TestMedia.make("keys.\(kind)", "-i \(TestMedia.clip.get()) -c copy")
        let all = try await Passes.run(path, [MediaDemand(video: VideoDemand(.everyFrame))]).video[0]
        let result = try await Passes.run(path, [MediaDemand(video: VideoDemand(.keyframes(minimumInterval: 0)))])
        let keys = result.video[0]
        let expected = all.filter(\.isKeyframe)
        #expect(keys.count == 4)
        #expect(keys.map(\.time) == expected.map(\.time))
        #expect(keys.map(\.frameNumber) == expected.map(\.frameNumber))
        #expect(zip(keys, expected).allSatisfy { $0.luma == $1.luma })
        #expect(result.report.packetsDecoded == 4)
    }

    @Test func keyframesWithoutReorderingAreSkippedTo() async throws {
        let path = try TestMedia.make(
            "no-b.mp4",
            "-f lavfi -i testsrc2=s=160x90:r=25:d=4 -c:v libx264 -g 25 -bf 0 -sc_threshold 0 -preset ultrafast")
        let all = try await Passes.run(path, [MediaDemand(video: VideoDemand(.everyFrame))]).video[0]
        let result = try await Passes.run(path, [MediaDemand(video: VideoDemand(.keyframes(minimumInterval: 0)))])
        #expect(result.video[0].map(\.time) == all.filter(\.isKeyframe).map(\.time))
        #expect(result.video[0].map(\.frameNumber) == [0, 25, 50, 75])
        #expect(result.report.packetsRead < 40)
    }

    @Test func keyframeIntervalIsTheSameOnBothPaths() async throws {
        let path = try TestMedia.clip.get()
        let demand = MediaDemand(video: VideoDemand(.keyframes(minimumInterval: 1.5)))
        let alone = try await Passes.run(path, [demand]).video[0]
        let together = try await Passes.run(path, [demand, MediaDemand(video: VideoDemand(.everyFrame))]).video[0]
        #expect(alone.map(\.time.milliseconds) == [0, 2000])
        #expect(together.map(\.time.milliseconds) == [0, 2000])
    }

    @Test func manyDemandsDecodeEachPacketOnce() async throws {
        let demands = [
            MediaDemand(video: VideoDemand(.everyFrame, form: .reduced(maximumWidth: 64)), audio: .speech),
            MediaDemand(video: VideoDemand(.keyframes(minimumInterval: 0))),
            MediaDemand(video: VideoDemand(.sampled(framesPerSecond: 2), form: .converted(.rgb24, maximumSide: 100))),
            MediaDemand(audio: AudioDemand()), MediaDemand(),
        ]
        let result = try await Passes.run(TestMedia.clip.get(), demands)
        #expect(result.video.map(\.count) == [100, 4, 8, 0, 0])
        #expect(result.hasVideo == [true, true, true, false, false])
        #expect(result.hasAudio == [true, false, false, true, false])
        #expect(result.report.packetsDecoded == result.report.packetsRead)
        #expect(result.report.framesDecoded == 100)
        #expect(result.video[0].allSatisfy { $0.layout == .yuv444 && $0.width <= 64 && $0.planes.count == 3 })
        #expect(result.video[2].allSatisfy { ($0.width, $0.height) == (100, 56) && $0.layout == .rgb24 })
        #expect(result.video[2].map(\.time.milliseconds) == [0, 480, 1000, 1480, 2000, 2480, 3000, 3480])
    }

    @Test func variableFrameRateTimesAreExact() async throws {
        let path = try TestMedia.make(
            "vfr-times.mkv",
            "-f lavfi -i testsrc2=s=160x90:r=25:d=2 -vf 'select=lt(n\\,20)+not(mod(n\\,3))' -vsync vfr -c:v libx264 "
                + "-preset ultrafast")
        let frames = try await Passes.run(path, [MediaDemand(video: VideoDemand(.everyFrame))]).video[0]
        let kept = (0..<50).filter { (number: Int) -> Bool in number < 20 || number % 3 == 0 }
        let expected = kept.map { Int64($0) * 40 }
        #expect(frames.map(\.time.milliseconds) == expected)
    }

    @Test(arguments: [90, 180, 270]) func rotationIsApplied(degrees: Int) async throws {
        let clip = try TestMedia.clip.get()
        // FFmpeg's option counts counterclockwise.
        let path = try TestMedia.make(
            "rotated-\(degrees).mp4", "-i \(clip) -c copy -metadata:s:v rotate=\(360 - degrees)")
        let plain = try await Passes.run(clip, [MediaDemand(video: VideoDemand(.keyframes(minimumInterval: 9)))])
        let forms: [VideoDemand.Form] = [
            .fullSize, .reduced(maximumWidth: 40), .converted(.gray8, maximumSide: nil),
            .converted(.rgb24, maximumSide: 90),
        ]
        let turned = try await Passes.run(
            path, forms.map { MediaDemand(video: VideoDemand(.keyframes(minimumInterval: 9), form: $0)) })
        let source = plain.video[0][0].luma
        let upright = turned.video[0][0]
        let size = degrees == 180 ? (320, 180) : (180, 320)
        #expect((upright.width, upright.height) == size)
        // Where the corner that was at the top left has gone.
        let corner =
            switch degrees {
            case 90: upright.luma[0][179]
            case 180: upright.luma[179][319]
            default: upright.luma[319][0]
            }
        #expect(corner == source[0][0])
        let inner =
            switch degrees {
            case 90: upright.luma[200][179 - 30]
            case 180: upright.luma[179 - 30][319 - 200]
            default: upright.luma[319 - 200][30]
            }
        #expect(inner == source[30][200])
        #expect(turned.video[1][0].width <= 40)
        #expect((turned.video[2][0].width, turned.video[2][0].height) == size)
        #expect(max(turned.video[3][0].width, turned.video[3][0].height) == 90)
    }

    @Test(arguments: ["jpg", "png", "webp", "gif", "bmp", "tiff"]) func imagesGiveOneFrame(kind: String) async throws {
        let path = try TestMedia.make("image.\(kind)", "-f lavfi -i color=c=red:s=64x48:d=1 -frames:v 1")
        for selection in [
            VideoDemand.Selection.everyFrame, .keyframes(minimumInterval: 0), .sampled(framesPerSecond: 1),
        ] {
            let result = try await Passes.run(
                path, [MediaDemand(video: VideoDemand(selection, form: .converted(.rgb24, maximumSide: nil)))])
            #expect(result.video[0].count == 1, "\(selection)")
            let frame = try #require(result.video[0].first)
            #expect(frame.time.milliseconds == 0)
            let pixel = frame.row(24)[96..<99].map(Int.init)
            #expect(pixel[0] > 225 && pixel[1] < 30 && pixel[2] < 30, "\(pixel)")
        }
    }

    @Test func animationsGiveEveryPicture() async throws {
        let path = try TestMedia.make("animated.gif", "-f lavfi -i testsrc2=s=64x48:r=10:d=1")
        let frames = try await Passes.run(path, [MediaDemand(video: VideoDemand(.everyFrame))]).video[0]
        #expect(frames.map(\.time.milliseconds) == (0..<10).map { $0 * 100 })
    }

    @Test func attachedPictureIsAPicture() async throws {
        let cover = try TestMedia.make("cover.png", "-f lavfi -i color=c=blue:s=32x32 -frames:v 1")
        let path = try TestMedia.make(
            "cover.m4a",
            "-f lavfi -i sine=d=1 -i \(cover) -map 0 -map 1 -c:a aac -c:v copy -disposition:v:0 attached_pic")
        let result = try await Passes.run(
            path, [MediaDemand(video: VideoDemand(.keyframes(minimumInterval: 0)), audio: .speech)])
        #expect(result.video[0].count == 1)
        #expect(result.audio[0].reduce(0) { $0 + $1.frameCount } > 15000)
    }

    @Test(arguments: ["yuv420p10le", "yuv422p", "yuv444p", "gray", "rgb24"])
    func otherPixelFormatsAreConverted(format: String) async throws {
        let path = try TestMedia.make(
            "pixels-\(format).mkv", "-f lavfi -i color=c=0x808080:s=64x48:d=0.2 -pix_fmt \(format) -c:v ffv1")
        let result = try await Passes.run(
            path,
            [
                MediaDemand(video: VideoDemand(.everyFrame)),
                MediaDemand(video: VideoDemand(.everyFrame, form: .reduced(maximumWidth: 16))),
            ])
        let full = try #require(result.video[0].first)
        let small = try #require(result.video[1].first)
        let hasFullChroma = ["yuv444p", "rgb24"].contains(format)
        #expect(full.layout == (hasFullChroma ? .yuv444 : .yuv420) && full.planes.count == 3)
        #expect(small.width == 16 && small.height == 12)
        let expected = full.isFullRange ? 128 : 126
        #expect(abs(Int(full.row(10)[10]) - expected) <= 2)
        #expect(abs(Int(small.row(5)[5]) - expected) <= 2)
        #expect(abs(Int(small.row(5, plane: 1)[5]) - 128) <= 2)
    }

    @Test func streamsThatDoNotExistGiveNoFeed() async throws {
        let sound = try TestMedia.make("only-sound.wav", "-f lavfi -i sine=d=0.5")
        let result = try await Passes.run(sound, [MediaDemand(video: VideoDemand(.everyFrame), audio: .speech)])
        #expect(result.hasVideo == [false])
        #expect(result.hasAudio == [true])
    }

    @Test func sizeChangesAreFollowed() async throws {
        // Two sizes in one transport stream: the second part begins with its own parameter sets.
        let first = try TestMedia.make("size-a.ts", "-f lavfi -i testsrc2=s=160x90:r=25:d=0.4 -c:v libx264")
        let second = try TestMedia.make(
            "size-b.ts", "-f lavfi -i testsrc2=s=320x180:r=25:d=0.4 -c:v libx264 -output_ts_offset 0.4")
        let joined = try Data(contentsOf: URL(fileURLWithPath: first)) + Data(contentsOf: URL(fileURLWithPath: second))
        let path = try TestMedia.write("sizes.ts", joined)
        let frames = try await Passes.run(
            path, [MediaDemand(video: VideoDemand(.everyFrame, form: .converted(.rgb24, maximumSide: nil)))]
        ).video[0]
        #expect(Set(frames.map(\.width)) == [160, 320])
        #expect(frames.count == 20)
    }
}

@Suite struct OrientationTests {
    @Test(arguments: [(6, 90), (3, 180), (8, 270)]) func photographsAreShownUpright(tag: UInt8, degrees: Int)
        async throws
    {
        let plain = try TestMedia.make("exif-plain-\(tag).jpg", "-f lavfi -i testsrc2=s=64x48 -frames:v 1 -q:v 2")
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: plain)))
        // A little-endian TIFF header and one directory entry: orientation, SHORT, 1 value.
        let exif: [UInt8] =
            Array("Exif".utf8) + [0, 0, 0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, tag, 0, 0, 0]
            + [0, 0, 0, 0]
        let turned = Array(bytes[..<2]) + [0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif + Array(bytes[2...])
        let handle = try await Passes.open(.bytes(turned, formatHint: "jpg"))
        let demand = [MediaDemand(video: VideoDemand(.everyFrame))]
        let frame = try #require(try await Passes.run(handle, demand).video[0].first)
        let original = try #require(try await Passes.run(plain, demand).video[0].first)
        #expect((frame.width, frame.height) == (degrees == 180 ? (64, 48) : (48, 64)))
        let source = original.luma[5][10]
        let place =
            switch degrees {
            case 90: frame.luma[10][47 - 5]
            case 180: frame.luma[47 - 5][63 - 10]
            default: frame.luma[63 - 10][5]
            }
        #expect(place == source)
    }
}
