import Foundation
import Inference
import MediaDecoding
import MediaValues
import PluginKit
import VideoExtractTesting

@testable import BuiltInPlugins

/// What the tests of text recognition share.
enum OCRTestSupport {
    /// The models of this machine; without a catalogue only Tesseract reads.
    private static let models = Swift.Result {
        try Repository.models
            ?? SharedModels(
                store: ModelStore(
                    catalogue: .parse(text: "version: 1\nmodels: []\n", fileName: "no catalogue"), root: ""))
    }

    static let hasModel = Repository.has(PaddleReader.model)

    static let hasOrientationNetwork =
        hasModel
        && (try? Repository.models?.store.installed(PaddleReader.model).entry.files.contains { $0.name.contains("cls") })
            == true

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
        var partials: [OnScreenText.Span]
        var output: StageOutput { run.output }
        fileprivate let run: PluginRun

        var texts: [String] { document.spans.map(\.text) }
    }

    /// Runs the plugin on a file.
    static func read(_ path: String, _ parameters: [String: ParameterValue] = [:]) async throws -> Result {
        let plugin = OCRPlugin(manifest: .named("ocr", output: .ocr), models: try models.get())
        let run = try await PluginRun.run(plugin, parameters: parameters, file: path)
        return Result(
            document: try run.output.document(as: OnScreenText.self),
            partials: try run.partials.map { try $0.decode(as: OnScreenText.Span.self) }, run: run)
    }
}
