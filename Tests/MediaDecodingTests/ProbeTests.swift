import Foundation
import PluginKit
import Testing

@testable import MediaDecoding

@Suite struct ProbeTests {
    @Test func describesAClip() async throws {
        let path = try TestMedia.clip.get()
        let description = try await Passes.describe(path)
        #expect(description.container.formatNames.contains("mp4"))
        #expect(description.container.durationMs == 4000)
        #expect(description.container.startMs == 0)
        #expect(description.tags["title"] == "Clip")
        #expect(description.creationTime?.hasPrefix("2024-05-06T07:08:09") == true)
        #expect(description.streams.map(\.kind) == ["video", "audio"])
        let stream = try #require(description.primaryVideo)
        let video = try #require(stream.video)
        #expect(stream.codec == "h264")
        #expect(stream.codecTag == "avc1")
        #expect(stream.frameCount == 100)
        #expect(stream.dispositions == ["default"])
        #expect((video.width, video.height) == (320, 180))
        #expect(video.pixelFormat == "yuv420p")
        #expect(video.bitDepth == 8)
        #expect(video.averageFrameRate == MediaDescription.Ratio(25, 1))
        #expect(video.isVariableFrameRate == false)
        #expect(video.hasBFrames == true)
        let audio = try #require(description.primaryAudio)
        #expect(audio.language == "deu")
        #expect(audio.audio?.sampleRate == 48000)
        #expect(audio.audio?.channelLayout == "stereo")
    }

    @Test func tellsVariableFrameRate() async throws {
        let path = try TestMedia.make(
            "vfr.mp4",
            "-f lavfi -i testsrc2=s=160x90:r=25:d=4 -vf 'select=lt(n\\,50)+not(mod(n\\,3))' -vsync vfr -c:v libx264 "
                + "-preset ultrafast")
        let description = try await Passes.describe(path)
        #expect(description.primaryVideo?.video?.isVariableFrameRate == true)
    }

    @Test(arguments: [90, 180, 270]) func readsRotation(degrees: Int) async throws {
        // FFmpeg's option counts counterclockwise.
        let path = try TestMedia.make(
            "probe-rotated-\(degrees).mp4",
            "-i \(TestMedia.clip.get()) -c copy -metadata:s:v rotate=\(360 - degrees)")
        let video = try #require(try await Passes.describe(path).primaryVideo?.video)
        #expect(video.rotationDegrees == degrees)
        let isTurned = degrees != 180
        #expect(video.displayWidth == (isTurned ? 180 : 320))
        #expect(video.displayHeight == (isTurned ? 320 : 180))
    }

    @Test func readsColourAndHighDynamicRange() async throws {
        let path = try TestMedia.make(
            "hdr.mp4",
            "-f lavfi -i testsrc2=s=160x90:r=25:d=0.4 -c:v libx264 -pix_fmt yuv420p10le -preset ultrafast "
                + "-color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc -color_range tv")
        let video = try #require(try await Passes.describe(path).primaryVideo?.video)
        #expect(video.hdrFormat == "hdr10")
        #expect(video.bitDepth == 10)
        #expect(video.colorTransfer == "smpte2084")
        #expect(video.colorPrimaries == "bt2020")
        #expect(video.colorRange == "tv")
    }

    @Test func readsChaptersAndLocation() async throws {
        let chapters = try TestMedia.write(
            "chapters.txt",
            Array(
                ";FFMETADATA1\nlocation=+37.3318-122.0312/\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1500\ntitle=One\n"
                    .utf8))
        let path = try TestMedia.make(
            "chapters.mp4", "-i \(TestMedia.clip.get()) -f ffmetadata -i \(chapters) -map_metadata 1 -c copy")
        let description = try await Passes.describe(path)
        #expect(description.chapters == [MediaDescription.Chapter(startMs: 0, endMs: 1500, title: "One")])
        #expect(description.location == MediaDescription.Location(latitude: 37.3318, longitude: -122.0312))
    }

    @Test(arguments: [
        ("+37.3318-122.0312+010.5/", 37.3318, -122.0312, 10.5 as Double?), ("-3352.5+15112.6/", -33.875, 151.21, nil),
        ("+481230+0115959/", 48.208333, 11.999722, nil),
    ])
    func parsesISO6709(text: String, latitude: Double, longitude: Double, altitude: Double?) throws {
        let place = try #require(MetadataTags.parseISO6709(text))
        #expect(abs(place.latitude - latitude) < 1e-5)
        #expect(abs(place.longitude - longitude) < 1e-5)
        #expect(place.altitude == altitude)
    }

    @Test(arguments: ["", "37,-122", "+97.0+000.0/", "+10.0", "+1a+2b", "+10.0+20.0 somewhere"])
    func refusesOtherPlaces(text: String) {
        #expect(MetadataTags.parseISO6709(text) == nil)
    }

    @Test func spacingToleratesRounding() {
        #expect(!FrameSpacing.isVariable(decodingTimes: (0..<300).map { Int64($0) * 1000 / 30 }))
        #expect(FrameSpacing.isVariable(decodingTimes: (0..<300).map { Int64($0) * ($0 < 150 ? 33 : 50) }))
    }

    @Test(arguments: ["jpg", "png", "webp", "gif", "bmp", "tiff"]) func describesImages(kind: String) async throws {
        let path = try TestMedia.make("image-probe.\(kind)", "-f lavfi -i testsrc2=s=64x48:d=1 -frames:v 1")
        let video = try #require(try await Passes.describe(path).primaryVideo?.video)
        #expect((video.width, video.height) == (64, 48))
    }

    @Test(arguments: ["wav", "flac", "mp3", "ogg", "opus", "m4a"]) func describesSound(kind: String) async throws {
        let path = try TestMedia.make("sound.\(kind)", "-f lavfi -i sine=r=48000:d=1")
        let description = try await Passes.describe(path)
        #expect(description.primaryVideo == nil)
        #expect(description.primaryAudio?.audio?.channels == 1)
        #expect(abs((description.container.durationMs ?? 0) - 1000) < 80)
    }

    @Test(arguments: ["mkv", "webm", "avi", "mov", "ts", "flv", "mpg"]) func describesContainers(kind: String)
        async throws
    {
        let codecs = kind == "webm" ? "-c:v libvpx -c:a libopus" : ""
        let path = try TestMedia.make(
            "container.\(kind)",
            "-f lavfi -i testsrc2=s=160x90:r=25:d=1 -f lavfi -i sine=r=44100:d=1 \(codecs)")
        let description = try await Passes.describe(path)
        #expect(description.primaryVideo?.video?.width == 160)
        #expect(description.primaryAudio != nil)
    }

    @Test func firstSliceIsCutShort() {
        let parameterSet: [UInt8] = [0, 0, 0, 3, 0x67, 1, 2]
        let slice: [UInt8] = [0, 0, 8, 0, 0x65] + [UInt8](repeating: 7, count: 2047)
        let cut = FirstPictureHeader.shortened(parameterSet + slice + [0, 0, 0, 9], lengthBytes: 4, isHEVC: false)
        #expect(cut?.count == parameterSet.count + 4 + 1024)
        #expect(cut.map { Array($0[7..<12]) } == [0, 0, 4, 0, 0x65])
        // Lengths beyond the bytes, empty units, and no slice at all.
        #expect(FirstPictureHeader.shortened([0, 0, 1, 0, 0x67, 1, 2], lengthBytes: 4, isHEVC: false) == nil)
        #expect(FirstPictureHeader.shortened([0, 0, 0, 0, 0, 0, 0, 0], lengthBytes: 4, isHEVC: false) == nil)
        #expect(FirstPictureHeader.shortened(parameterSet, lengthBytes: 4, isHEVC: false) == nil)
        #expect(FirstPictureHeader.shortened([], lengthBytes: 1, isHEVC: true) == nil)
    }

    /// The short way must find out exactly what FFmpeg's own probe does, which Matroska takes for the same stream.
    @Test(arguments: [
        "-c:v libx264 -pix_fmt yuv422p", "-c:v libx264 -bf 0 -color_range pc", "-c:v libx265 -tag:v hvc1",
    ])
    func shortProbeAgreesWithTheLongOne(codec: String) async throws {
        let name = "agree-\(codec.hashValue)"
        let first = try TestMedia.make(
            "\(name).mp4",
            "-f lavfi -i testsrc2=s=320x180:r=25:d=1 -vf setsar=4/3 \(codec) -colorspace bt709 -color_primaries bt709 "
                + "-color_trc bt709 -x265-params log-level=none")
        let second = try TestMedia.make("\(name).mkv", "-i \(first) -c copy")
        let short = try #require(try await Passes.describe(first).primaryVideo)
        let long = try #require(try await Passes.describe(second).primaryVideo)
        #expect(short.video?.pixelFormat != nil)
        // Only MP4 has an index of every picture.
        #expect(short.video?.keyframeCount == 1 && long.video?.keyframeCount == nil)
        var video = short.video
        video?.keyframeCount = nil
        #expect(video == long.video)
        #expect(short.profile == long.profile)
        #expect(short.level == long.level)
    }
}
