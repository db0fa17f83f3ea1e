import Foundation
import MediaValues
import PluginKit
import Testing

@testable import MediaDecoding

/// Pictures of every kind through every form.
@Suite struct PixelKindTests {
    private static let forms: [VideoDemand.Form] = [
        .fullSize, .converted(.rgb24, maximumSide: nil), .converted(.bgr24, maximumSide: nil),
        .reduced(maximumWidth: 16), .converted(.gray8, maximumSide: 16),
    ]

    private static func frames(_ path: String) async throws -> [VideoFrame] {
        let result = try await Passes.run(
            path, forms.map { MediaDemand(video: VideoDemand(.keyframes(minimumInterval: 0), form: $0)) })
        #expect(result.report.warnings.isEmpty)
        return try result.video.map { try #require($0.first) }
    }

    /// Red, green and blue in the middle of a frame of any layout, full range.
    private static func pixel(_ frame: VideoFrame, x: Double = 0.5) -> [Double] {
        let (column, row) = (min(frame.width - 1, Int(Double(frame.width) * x)), frame.height / 2)
        switch frame.layout {
        case .rgb24: return frame.row(row)[(column * 3)..<(column * 3 + 3)].map(Double.init)
        case .bgr24: return frame.row(row)[(column * 3)..<(column * 3 + 3)].reversed().map(Double.init)
        case .gray8: return Array(repeating: Double(frame.row(row)[column]), count: 3)
        case .yuv420, .yuv444:
            let shift = frame.layout == .yuv420 ? 1 : 0
            var luma = Double(frame.row(row)[column])
            var blue = Double(frame.row(row >> shift, plane: 1)[column >> shift]) - 128
            var red = Double(frame.row(row >> shift, plane: 2)[column >> shift]) - 128
            if !frame.isFullRange {
                luma = (luma - 16) * 255 / 219
                blue *= 255 / 224
                red *= 255 / 224
            }
            // Rec. ITU-R BT.601, the matrix of small pictures without another mark.
            #expect(frame.colorMatrix == .bt601)
            return [luma + 1.402 * red, luma - 0.344 * blue - 0.714 * red, luma + 1.772 * blue]
        }
    }

    private static func expect(
        _ frame: VideoFrame, _ colour: [Double], x: Double = 0.5, within tolerance: Double = 6, _ note: String = ""
    ) {
        let gray = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
        let wanted = frame.layout == .gray8 ? [gray, gray, gray] : colour
        let found = pixel(frame, x: x)
        let worst = zip(found, wanted).map { abs($0 - $1) }.max() ?? 0
        #expect(worst <= tolerance, "\(frame.layout) \(found) instead of \(wanted) \(note)")
    }

    /// Left half invisible with a loud colour underneath, right half of the given opacity.
    private static func transparent(_ name: String, alpha: Int, pixels: String, codec: String = "") throws -> String {
        try TestMedia.make(
            name,
            "-f lavfi -i color=c=black:s=64x48:d=0.1:r=10,format=rgba,"
                + "geq=r=200:g=40:b=0:a=if(lt(X\\,32)\\,0\\,\(alpha)),format=rgba,format=\(pixels) \(codec) -frames:v 1"
        )
    }

    @Test(arguments: [
        ("rgba.png", "rgba", ""), ("rgba64.png", "rgba64be", ""), ("ffv1.mkv", "bgra", "-c:v ffv1"),
        ("prores.mov", "yuva444p10le", "-c:v prores_ks -profile:v 4444"),
        ("webp.webp", "bgra", "-c:v libwebp -lossless 1"),
        ("yuva.mkv", "yuva420p", "-c:v ffv1"), ("gbrap.mkv", "gbrap12le", "-c:v ffv1"), ("tiff.tiff", "rgba", ""),
    ])
    func transparencyIsPutOnWhite(name: String, pixels: String, codec: String) async throws {
        let path = try Self.transparent("alpha-\(name)", alpha: 128, pixels: pixels, codec: codec)
        for frame in try await Self.frames(path) {
            // Half of 200, 40, 0 and half of white; lossy codecs and halved chroma are a little off.
            let tolerance: Double = pixels.hasPrefix("yuva") ? 9 : 3
            Self.expect(frame, [227, 147, 127], x: 0.75, within: tolerance, name)
            Self.expect(frame, [255, 255, 255], x: 0.2, within: tolerance, name)
        }
    }

    @Test func grayWithAlphaAndPalettesWithAlpha() async throws {
        let gray = try Self.transparent("alpha-gray.png", alpha: 255, pixels: "ya8")
        for frame in try await Self.frames(gray) { Self.expect(frame, [255, 255, 255], x: 0.2, within: 3) }
        let palette = try TestMedia.make(
            "alpha-palette.gif",
            "-f lavfi -i color=c=black:s=64x48:d=0.1:r=10,format=rgba,geq=r=200:g=40:b=0:a=if(lt(X\\,32)\\,0\\,255),"
                + "split[a][b];[a]palettegen[p];[b][p]paletteuse -frames:v 1")
        for frame in try await Self.frames(palette) {
            Self.expect(frame, [255, 255, 255], x: 0.2, within: 8)
            Self.expect(frame, [200, 40, 0], x: 0.75, within: 12)
        }
    }

    @Test func opaquePicturesAreLeftAlone() async throws {
        let path = try Self.transparent("alpha-opaque.png", alpha: 255, pixels: "rgba")
        for frame in try await Self.frames(path) { Self.expect(frame, [200, 40, 0], x: 0.75, within: 3) }
    }

    @Test(arguments: [
        "gray", "gray10le", "gray16le", "rgb48le", "gbrp10le", "yuv420p10le", "yuv422p12le", "yuv444p", "yuv444p16le",
        "yuv410p",
        "bgr0", "rgb565le", "0rgb",
    ])
    func depthsAndLayouts(pixels: String) async throws {
        let path = try TestMedia.make(
            "kind-\(pixels).nut",
            "-f lavfi -i color=c=0xA05030:s=64x48:d=0.1:r=10,format=rgb24 -pix_fmt \(pixels) -c:v rawvideo")
        for frame in try await Self.frames(path) {
            let colour: [Double] = pixels.hasPrefix("gray") ? [100, 100, 100] : [160, 80, 48]
            Self.expect(frame, colour, within: pixels.hasPrefix("rgb565") ? 9 : 5, pixels)
        }
    }

    @Test(arguments: [("gray16be", "png"), ("rgb48be", "png"), ("pal8", "png"), ("monob", "png"), ("gray", "jpg")])
    func pictureFiles(pixels: String, kind: String) async throws {
        let path = try TestMedia.make(
            "file-\(pixels).\(kind)", "-f lavfi -i color=c=white:s=64x48,format=rgb24 -frames:v 1 -pix_fmt \(pixels)")
        for frame in try await Self.frames(path) {
            Self.expect(frame, [255, 255, 255], within: pixels == "pal8" ? 5 : 3, pixels)
        }
    }

    @Test(arguments: [
        ("1x1", "png", "rgb24"), ("1x1", "png", "rgba"), ("1x1", "mkv", "yuv420p"), ("1x1", "mkv", "gray16le"),
        ("1x240", "mkv", "yuv420p"), ("240x1", "mkv", "yuv420p"), ("1x240", "mkv", "yuv444p10le"),
        ("3x5", "png", "rgba"),
        ("2x2", "mkv", "yuv422p"), ("1x100", "png", "gray"),
    ])
    func tinyPictures(size: String, kind: String, pixels: String) async throws {
        let path = try TestMedia.make(
            "tiny-\(size)-\(pixels).\(kind)",
            "-f lavfi -i color=c=0x808080:s=16x16:d=0.1:r=10,scale=\(size.replacing("x", with: ":")),format=\(pixels) "
                + "-frames:v 1" + (kind == "mkv" ? " -c:v ffv1" : ""))
        let sides = size.split(separator: "x").compactMap { Int($0) }
        let frames = try await Self.frames(path)
        #expect((frames[0].width, frames[0].height) == (sides[0], sides[1]))
        #expect((frames[1].width, frames[1].height) == (sides[0], sides[1]))
        #expect(frames.allSatisfy { $0.width >= 1 && $0.height >= 1 })
        for frame in frames { Self.expect(frame, [128, 128, 128], within: 4, "\(size) \(pixels)") }
    }

    @Test(arguments: ["rgb24", "rgba"]) func eightK(pixels: String) async throws {
        let path = try TestMedia.make(
            "8k-\(pixels).png",
            "-f lavfi -i color=c=0x2060C0:s=7680x4320,format=\(pixels) -frames:v 1 -compression_level 1 -pred none")
        let frames = try await Self.frames(path)
        #expect((frames[0].width, frames[0].height) == (7680, 4320))
        #expect((frames[1].width, frames[1].height) == (7680, 4320))
        // Above 720 rows only packed pixels say nothing about the matrix.
        for frame in frames where frame.layout != .gray8 { Self.expect(frame, [32, 96, 192], within: 4, pixels) }
        #expect((frames[3].width, frames[3].height) == (16, 9))
    }
}
