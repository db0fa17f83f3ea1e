import Foundation
import MediaValues
import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

@Suite(.enabled(if: OCRTestSupport.hasModel, "needs: video-extract models install pp-ocr-v4"))
struct OCRPipelineTests {
    private func read(_ recipe: MediaRecipe, _ parameters: [String: ParameterValue] = [:]) async throws
        -> OCRTestSupport.Result
    {
        try await OCRTestSupport.read(try await MediaGenerator.shared.file(recipe), parameters)
    }

    @Test(arguments: [
        ("1280x720", 48, "white", "0x102040"), ("640x360", 20, "black", "white"), ("1920x1080", 40, "yellow", "black"),
        ("320x180", 24, "white", "red"),
    ])
    func textOfManySizesAndColoursIsRead(size: String, pixels: Int, ink: String, paper: String) async throws {
        let lines = ["Reading the news", "Chapter 42 begins"]
        let result = try await read(
            OCRTestSupport.picture(lines, size: size, pixels: pixels, ink: ink, paper: paper))
        #expect(result.texts == lines)
        #expect(result.output.outcome == .done)
        #expect(result.output.counts == ["spans": 2, "pictures": 1])
        #expect(result.partials == result.document.spans)
        #expect(result.document.model == "pp-ocr-v4" && result.document.languages == ["zh", "en"])
    }

    @Test func boxesSurroundTheText() async throws {
        let result = try await read(OCRTestSupport.picture(["Where it stands"]))
        let span = try #require(result.document.spans.first)
        #expect(abs(span.box.x * 1280 - 48) < 12)
        #expect(abs(span.box.y * 720 - 50) < 14)
        #expect(span.box.height * 720 > 36 && span.box.height * 720 < 70)
        #expect(span.confidence > 0.9)
        let (right, bottom) = (span.box.x + span.box.width, span.box.y + span.box.height)
        #expect(abs(span.polygon[0].x - span.box.x) < 0.01 && abs(span.polygon[0].y - span.box.y) < 0.02)
        #expect(abs(span.polygon[2].x - right) < 0.01 && abs(span.polygon[2].y - bottom) < 0.02)
    }

    @Test func slantedTextHasASlantedPolygon() async throws {
        let result = try await read(
            OCRTestSupport.picture(
                ["A line that climbs"], size: "900x160", then: "pad=900:700:0:270:0x102040,rotate=-0.3:c=0x102040"))
        let span = try #require(result.document.spans.first)
        #expect(result.texts == ["A line that climbs"])
        let (left, right) = (span.polygon[0], span.polygon[1])
        let angle: Double = atan2((right.y - left.y) * 700, (right.x - left.x) * 900)
        #expect(abs(angle + 0.3) < 0.04)
    }

    @Test(arguments: ["transpose=1", "transpose=2"])
    func textOfSignsThatStandUprightIsRead(filter: String) async throws {
        let result = try await read(
            OCRTestSupport.picture(["Standing sign"], size: "640x160", then: filter))
        #expect(result.texts == ["Standing sign"])
        let span = try #require(result.document.spans.first)
        // The first corner is where reading starts.
        #expect(filter == "transpose=1" ? span.polygon[0].y < 0.3 : span.polygon[0].y > 0.7)
    }

    @Test(.enabled(if: OCRTestSupport.hasOrientationNetwork, "the model is installed without its orientation network"))
    func textOnItsHeadIsTurnedOver() async throws {
        let recipe = OCRTestSupport.picture(["Turned all the way"], size: "640x160", then: "hflip,vflip")
        #expect(try await read(recipe, ["upside_down": .boolean(true)]).texts == ["Turned all the way"])
        #expect(try await read(recipe).texts != ["Turned all the way"])
        let upright = OCRTestSupport.picture(["Left as it was"], size: "640x160")
        #expect(try await read(upright, ["upside_down": .boolean(true)]).texts == ["Left as it was"])
    }

    @Test func greyPicturesAndSixteenBitsAreRead() async throws {
        let grey = OCRTestSupport.picture(
            ["Shades of grey"], size: "640x160", ink: "white", paper: "black", format: "gray")
        #expect(try await read(grey).texts == ["Shades of grey"])
        let deep = OCRTestSupport.picture(["Sixteen bits deep"], size: "640x160", then: "format=rgb48be")
        #expect(try await read(deep).texts == ["Sixteen bits deep"])
    }

    @Test func transparentPaperIsWhite() async throws {
        let recipe = OCRTestSupport.picture(
            ["Nothing behind it"], size: "640x160", ink: "black", paper: "black@0.0", format: "rgba")
        #expect(try await read(recipe).texts == ["Nothing behind it"])
    }

    @Test func aVeryLargePictureIsRead() async throws {
        let result = try await read(OCRTestSupport.picture(["Eight thousand"], size: "7680x4320", pixels: 300))
        #expect(result.texts == ["Eight thousand"])
    }

    @Test(arguments: ["1:1", "2:2", "16:16", "640:2", "320:180"])
    func picturesWithoutTextAreEmpty(size: String) async throws {
        let result = try await read(OCRTestSupport.picture([], size: "64x64", then: "scale=\(size)"))
        #expect(result.document.spans.isEmpty && result.partials.isEmpty)
        #expect(result.output.outcome == .empty(reason: "no text was found; 1 picture was looked at (keyframes)"))
    }

    @Test func captionsBecomeSpans() async throws {
        func caption(_ text: String, _ from: Int, _ to: Int) -> String {
            "drawtext=fontfile=\(OCRTestSupport.font):text='\(text)':fontsize=32:fontcolor=white:x=40:y=250"
                + ":enable='between(t,\(from),\(to)-0.001)'"
        }
        let recipe = MediaRecipe(
            name: "captions.mp4",
            arguments: [
                "-f", "lavfi", "-i", "color=c=0x203040:s=640x360:r=10:d=5", "-vf",
                [caption("First caption", 0, 2), caption("And the second", 2, 4)].joined(separator: ","), "-c:v",
                "libx264", "-preset", "ultrafast", "-g", "100", "-pix_fmt", "yuv420p",
            ])
        let result = try await read(recipe, ["sample": .text("frames"), "fps": .number(2)])
        #expect(result.texts == ["First caption", "And the second"])
        #expect(result.document.spans.map(\.startMs) == [0, 2000])
        #expect(result.document.spans.map(\.endMs) == [1600, 3600])
        #expect(result.document.spans.map(\.pictures) == [4, 4])
        #expect(result.partials.map(\.text) == ["First caption", "And the second"])
        #expect(result.document.sampling.source == "frames" && result.document.sampling.picturesAnalyzed == 10)
    }
}

@Suite(.enabled(if: OCRTestSupport.hasTesseractData("deu"), "needs the Debian package tesseract-ocr-deu"))
struct TesseractTests {
    @Test func umlautsAreRead() async throws {
        let lines = ["Über die Brücke gehört", "schöne Straßen und Äpfel"]
        let picture = try await MediaGenerator.shared.file(
            OCRTestSupport.picture(lines, ink: "black", paper: "white"))
        let result = try await OCRTestSupport.read(picture, ["languages": .list(["de"])])
        #expect(result.texts == lines)
        #expect(result.document.model == "tesseract" && result.document.languages == ["de"])
        let first = try #require(result.document.spans.first)
        #expect(first.confidence > 0.8)
        #expect(abs(first.box.x * 1280 - 48) < 12 && first.box.height * 720 < 70)
    }

    @Test func picturesWithoutTextAreEmpty() async throws {
        for size in ["1:1", "64:64", "640:360"] {
            let picture = try await MediaGenerator.shared.file(
                OCRTestSupport.picture([], size: "64x64", then: "scale=\(size)"))
            let result = try await OCRTestSupport.read(picture, ["languages": .list(["de"])])
            #expect(result.output.outcome == .empty(reason: "no text was found; 1 picture was looked at (keyframes)"))
        }
    }

    // Quechua: nobody installs it by chance.
    @Test(.disabled(if: OCRTestSupport.hasTesseractData("que"), "needs a language whose data is not installed"))
    func aLanguageWithoutDataNamesItsPackage() async throws {
        let picture = try await MediaGenerator.shared.file(OCRTestSupport.picture([], size: "64x64"))
        let error = await #expect(throws: PluginError.self) {
            try await OCRTestSupport.read(picture, ["languages": .list(["qu"])])
        }
        #expect(error?.code == .missingModel && error?.message.contains("tesseract-ocr-que") == true)
    }

    @Test func aCancelledReadingStops() throws {
        let engine = try TesseractEngine(folder: TesseractLanguages.folder(for: ["deu"]), languages: ["deu"])
        let frame = MadePicture.planar(width: 200, height: 100) { x, y in (x / 7 + y / 11) % 3 == 0 ? 255 : 0 }
        let flag = CancellationFlag()
        flag.set()
        #expect(throws: CancellationError.self) {
            try engine.lines(in: frame.planes[0], leastConfidence: 0, cancellation: flag)
        }
    }
}
