import CSIMD
import Foundation
import MediaValues
import PluginKit
import Testing

@testable import MediaDecoding

@Suite struct PictureTests {
    private static func gray(_ width: Int, _ height: Int, _ value: (Int, Int) -> UInt8) -> VideoFrame {
        let bytes = (0..<height).flatMap { y in (0..<width).map { x in value(x, y) } }
        let storage = ArrayPixelStorage(bytes)
        let plane = PixelPlane(baseAddress: storage.baseAddress, bytesPerRow: width, width: width, height: height)
        return VideoFrame(
            time: .zero, duration: nil, frameNumber: 0, isKeyframe: true, width: width, height: height, layout: .gray8,
            isFullRange: true, planes: [plane], storage: storage)
    }

    @Test(arguments: [
        (8, 8, 1), (8, 8, 2), (4, 4, 1), (4, 4, 2), (6, 6, 1), (3, 3, 1), (1, 2, 1), (60, 33, 2), (1, 1, 1),
    ])
    func blockAveragesAreExact(across: Int, down: Int, step: Int) {
        var generator = SystemRandomNumberGenerator()
        let (width, height) = (37, 5)
        let stride = width * across + 13
        let source = (0..<stride * height * down).map { _ in UInt8.random(in: 0...255, using: &generator) }
        var scratch = [UInt16](repeating: 0, count: width * across)
        var fast = [UInt8](repeating: 0, count: width * height)
        var portable = fast
        csimd_block_average(
            source, stride, &fast, width, width, height, UInt32(across), UInt32(down), UInt32(step), &scratch)
        csimd_block_average_portable(
            source, stride, &portable, width, width, height, UInt32(across), UInt32(down), UInt32(step), &scratch)
        var expected: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                var values: [Int] = []
                for row in Swift.stride(from: 0, to: down, by: step) {
                    for column in 0..<across {
                        values.append(Int(source[(y * down + row) * stride + x * across + column]))
                    }
                }
                expected.append(UInt8((values.reduce(0, +) + values.count / 2) / values.count))
            }
        }
        #expect(fast == expected)
        #expect(portable == expected)
    }

    @Test func rangeExpansionIsWithinHalfAStep() {
        let all = (0...255).map { UInt8($0) }
        var luma = all
        var chroma = all
        csimd_expand_luma(all, &luma, all.count)
        csimd_expand_chroma(all, &chroma, all.count)
        for value in 0...255 {
            let wantedLuma = min(255, max(0, Double(value - 16) * 255 / 219))
            let wantedChroma = min(255, max(0, Double(value - 128) * 255 / 224 + 128))
            #expect(abs(Double(luma[value]) - wantedLuma) <= 0.75)
            #expect(abs(Double(chroma[value]) - wantedChroma) <= 0.75)
        }
        #expect(luma[16] == 0 && luma[235] == 255 && chroma[128] == 128)
    }

    @Test(arguments: [PixelLayout.yuv420, .yuv444, .rgb24, .bgr24, .gray8])
    func jpegsDecodeToTheSamePicture(layout: PixelLayout) async throws {
        // Odd sizes have chroma samples beyond the last column and row.
        let path = try TestMedia.make("odd-\(layout.rawValue).png", "-f lavfi -i testsrc=s=101x75 -frames:v 1")
        let demand = MediaDemand(video: VideoDemand(.everyFrame, form: .converted(layout, maximumSide: nil)))
        let frame = try #require(try await Passes.run(path, [demand]).video[0].first)
        let data = try JPEGEncoder(quality: 95).encode(frame)
        let handle = try await Passes.open(.bytes(data, formatHint: "jpg"))
        let gray = MediaDemand(video: VideoDemand(.everyFrame, form: .converted(.gray8, maximumSide: nil)))
        let decoded = try #require(try await Passes.run(handle, [gray]).video[0].first)
        let original = try #require(try await Passes.run(path, [gray]).video[0].first)
        #expect((decoded.width, decoded.height) == (101, 75))
        let differences = zip(decoded.luma.joined(), original.luma.joined()).map { abs(Int($0) - Int($1)) }
        #expect(Double(differences.reduce(0, +)) / Double(differences.count) < 3)
    }

    @Test func videoRangeBecomesFullRangeInJPEG() async throws {
        let path = try TestMedia.make(
            "white.mp4", "-f lavfi -i color=c=white:s=64x48:d=0.2 -c:v libx264 -pix_fmt yuv420p")
        let frame = try #require(
            try await Passes.run(path, [MediaDemand(video: VideoDemand(.keyframes(minimumInterval: 0)))]).video[0].first
        )
        #expect(!frame.isFullRange && frame.row(5)[5] == 235)
        let handle = try await Passes.open(.bytes(try JPEGEncoder(quality: 90).encode(frame), formatHint: "jpg"))
        let decoded = try #require(
            try await Passes.run(handle, [MediaDemand(video: VideoDemand(.everyFrame))]).video[0].first)
        #expect(decoded.isFullRange)
        #expect(decoded.row(5)[5] >= 254)
    }

    /// Colours survive whatever matrix the stream has; sizes that leave odd planes of chroma included.
    @Test(arguments: ["bt709:bt709", "bt601:smpte170m", "bt2020:bt2020nc"], ["64x48", "66x50"])
    func coloursSurviveJPEG(matrix: String, size: String) async throws {
        let names = matrix.split(separator: ":")
        let path = try TestMedia.make(
            "\(names[0])-\(size).mp4",
            "-f lavfi -i color=c=0xE03010:s=\(size):d=0.2 -vf scale=out_color_matrix=\(names[0]),format=yuv420p "
                + "-c:v libx264 -qp 4 -colorspace \(names[1])")
        let frame = try #require(
            try await Passes.run(path, [MediaDemand(video: VideoDemand(.keyframes(minimumInterval: 0)))]).video[0].first
        )
        let handle = try await Passes.open(.bytes(try JPEGEncoder(quality: 98).encode(frame), formatHint: "jpg"))
        let rgb = MediaDemand(video: VideoDemand(.everyFrame, form: .converted(.rgb24, maximumSide: nil)))
        let decoded = try #require(try await Passes.run(handle, [rgb]).video[0].first)
        for (value, expected) in zip(decoded.row(9).dropFirst(30).prefix(3), [0xE0, 0x30, 0x10]) {
            #expect(abs(Int(value) - expected) <= 6, "\(value) for \(expected)")
        }
    }

    @Test func pngsAreLossless() async throws {
        let path = try TestMedia.make("lossless.png", "-f lavfi -i testsrc=s=99x50 -frames:v 1")
        let demand = MediaDemand(video: VideoDemand(.everyFrame, form: .converted(.rgb24, maximumSide: nil)))
        let frame = try #require(try await Passes.run(path, [demand]).video[0].first)
        let encoder = PNGEncoder()
        let handle = try await Passes.open(.bytes(try encoder.encode(frame), formatHint: "png"))
        let decoded = try #require(try await Passes.run(handle, [demand]).video[0].first)
        #expect(decoded.luma == frame.luma)
        #expect(try encoder.encode(frame) == encoder.encode(frame))
    }

    @Test func hashesTellPicturesApart() async throws {
        func hash(_ name: String, _ filter: String) async throws -> PerceptualHash {
            let path = try TestMedia.make(name, "-f lavfi -i mandelbrot=s=640x360 -frames:v 1 -vf '\(filter)'")
            let result = try await Passes.run(path, [MediaDemand(video: VideoDemand(.everyFrame))])
            return PerceptualHash(try #require(result.video[0].first))
        }
        let original = try await hash("hash-a.png", "null")
        #expect(original.distance(to: original) == 0)
        #expect(try await original.distance(to: hash("hash-b.jpg", "eq=brightness=0.05")) <= 6)
        #expect(try await original.distance(to: hash("hash-c.png", "scale=320:180")) <= 6)
        #expect(try await original.distance(to: hash("hash-d.png", "transpose")) > 12)
        #expect(PerceptualHash(Self.gray(8, 8) { x, _ in UInt8(x * 30) }).bits != 0)
    }

    @Test func sharpnessFallsWithBlur() {
        let crisp = Self.gray(320, 180) { x, y in (x / 8 + y / 8) % 2 == 0 ? 30 : 220 }
        let soft = Self.gray(320, 180) { x, y in UInt8(125 + 95 * sin(Double(x) / 16) * sin(Double(y) / 16)) }
        let plain = Self.gray(320, 180) { _, _ in 90 }
        #expect(Sharpness.varianceOfLaplacian(plain) == 0)
        #expect(Sharpness.varianceOfLaplacian(crisp) > 50 * Sharpness.varianceOfLaplacian(soft))
    }

    @Test func selectorTakesThePictureOnShow() {
        var selector = FrameSelector(.sampled(framesPerSecond: 1))
        let times = [0.5, 0.9, 1.4, 1.6, 4.0]
        let taken = times.map { selector.see($0, isKeyframe: false).takesPrevious }
        // At 0.5, 1.5, 2.5, 3.5 the pictures of 0.5, 1.4, 1.6, 1.6 are on show; each is handed out once.
        #expect(taken == [false, true, false, true, true])
        #expect(selector.finish(end: 4.4) == false)
        var image = FrameSelector(.sampled(framesPerSecond: 5))
        #expect(image.see(0, isKeyframe: true) == .init())
        #expect(image.finish(end: 0) == true)
    }
}
