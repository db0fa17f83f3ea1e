import Foundation
import Inference
import MediaDecoding
import MediaValues
import PluginKit
import VideoExtractTesting

@testable import BuiltInPlugins

/// What the tests of text recognition share.
enum OCRTestSupport {
    static let store: ModelStore? = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path
        return (try? ModelCatalogue.load(path: "\(root)/config/models.yaml")).map { ModelStore.standard(catalogue: $0) }
    }()

    /// Loaded once for all tests; without a catalogue only Tesseract reads.
    private static let models = Swift.Result {
        let none = "version: 1\nmodels: []\n"
        return SharedModels(
            store: try store ?? ModelStore(catalogue: .parse(text: none, fileName: "no catalogue"), root: ""))
    }

    /// Whether `video-extract models install pp-ocr-v4` was run.
    static let hasModel: Bool = {
        guard let store, case .installed = try? store.status(PaddleReader.model) else { return false }
        return true
    }()

    static let hasOrientationNetwork: Bool =
        hasModel && (try? store?.installed(PaddleReader.model).entry.files.contains { $0.name.contains("cls") }) == true

    static func hasTesseractData(_ names: String...) -> Bool {
        (try? TesseractLanguages.folder(for: names)) != nil
    }

    static let font = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"

    /// A picture with lines of text below each other, as `ffmpeg` draws them.
    static func picture(
        _ lines: [String], size: String = "1280x720", pixels: Int = 48, ink: String = "white",
        paper: String = "0x102040", format: String = "rgb24", then filter: String = ""
    ) -> MediaRecipe {
        let texts = lines.enumerated().map { index, line in
            "drawtext=fontfile=\(font):text='\(line)':fontsize=\(pixels):fontcolor=\(ink):x=\(pixels)"
                + ":y=\(pixels * (2 * index + 1))"
        }
        let chain =
            ["color=c=\(paper):s=\(size):r=1:d=1", "format=\(format)"] + texts + (filter.isEmpty ? [] : [filter])
        return MediaRecipe(
            name: "text.png",
            arguments: ["-f", "lavfi", "-i", chain.joined(separator: ","), "-frames:v", "1"])
    }

    struct Result {
        var document: OnScreenText
        var output: StageOutput
        var partials: [OnScreenText.Span]
        /// Keeps the files.
        var folder: TemporaryDirectory

        var texts: [String] { document.spans.map(\.text) }
    }

    /// Runs the plugin on a file as the engine would, with the manifest's defaults for what is not given.
    static func read(_ path: String, _ parameters: [String: ParameterValue] = [:]) async throws -> Result {
        let models = try models.get()
        let plugin = OCRPlugin(
            manifest: PluginManifest(
                name: "ocr", version: "1.0.0", inputs: [.media], outputs: [.ocr], operation: .init(name: "ocr"),
                implementation: .builtIn(factory: "ocr")),
            models: models)
        let operation = PluginKit.Operation("ocr", parameters: parameters)
        let handle = try await FFmpegMediaAccess().resolve(.file(path: path), isCancelled: { false })
        let pass = try await handle.makePass(
            [plugin.mediaDemand(for: operation)], options: DecodingOptions(threads: 1))
        let folder = try TemporaryDirectory()
        let partials = Guarded<[PartialResult]>([])
        let context = PluginContext(
            mode: .performance, threads: 2, pool: .shared, files: StageFiles(directory: folder.path),
            emitPartial: { partial in partials.withLock { $0.append(partial) } }, emitWarning: { _ in })
        async let report = pass.run()
        let output = try await plugin.execute(
            StageInput(operation: operation, media: try await handle.describe(), feed: pass.feeds[0]), context: context)
        _ = await report
        return Result(
            document: try output.document(as: OnScreenText.self), output: output,
            partials: try partials.withLock { $0 }.map { try $0.decode(as: OnScreenText.Span.self) }, folder: folder)
    }

    /// A picture whose luma and chroma follow from the position of a pixel.
    static func frame(
        width: Int, height: Int, tick: Int64 = 0, isFullRange: Bool = true, matrix: ColorMatrix = .bt601,
        luma: (Int, Int) -> UInt8, cb: UInt8 = 128, cr: UInt8 = 128
    ) -> VideoFrame {
        let (halfWidth, halfHeight) = ((width + 1) / 2, (height + 1) / 2)
        var bytes = (0..<(width * height)).map { luma($0 % width, $0 / width) }
        bytes += [UInt8](repeating: cb, count: halfWidth * halfHeight)
        bytes += [UInt8](repeating: cr, count: halfWidth * halfHeight)
        let storage = ArrayPixelStorage(bytes)
        let chroma = width * height
        let planes = [
            PixelPlane(baseAddress: storage.baseAddress, bytesPerRow: width, width: width, height: height),
            PixelPlane(
                baseAddress: storage.baseAddress + chroma, bytesPerRow: halfWidth, width: halfWidth,
                height: halfHeight),
            PixelPlane(
                baseAddress: storage.baseAddress + chroma + halfWidth * halfHeight, bytesPerRow: halfWidth,
                width: halfWidth, height: halfHeight),
        ]
        return VideoFrame(
            time: MediaTime(ticks: tick, timeBase: .samples(perSecond: 10)),
            duration: MediaTime(ticks: 1, timeBase: .samples(perSecond: 10)), frameNumber: Int(tick), isKeyframe: true,
            width: width, height: height, layout: .yuv420, isFullRange: isFullRange, colorMatrix: matrix,
            planes: planes, storage: storage)
    }
}
