import Inference
import MediaValues
public import PluginKit

/// `ocr`: text on screen, with where it stands and for how long.
///
/// Each picture is read on its own, several at a time; lines that stay are then joined over the pictures into spans.
public struct OCRPlugin: Plugin {
    /// Read from `config/plugins/`.
    public let manifest: PluginManifest
    private let models: SharedModels

    /// Creates the plugin.
    public init(manifest: PluginManifest, models: SharedModels) {
        self.manifest = manifest
        self.models = models
    }

    /// Pictures at full size.
    public func mediaDemand(for operation: PluginKit.Operation) throws -> MediaDemand {
        _ = try OCRSettings(operation)
        return PictureSampling(operation).demand()
    }

    /// The same, chosen for the file.
    public func mediaDemand(for operation: PluginKit.Operation, of media: MediaDescription) throws -> MediaDemand {
        PictureSampling(operation, of: media).demand()
    }

    /// PP-OCR, unless Tesseract reads.
    public func requiredModels(for operation: PluginKit.Operation) throws -> [String] {
        try OCRSettings(operation).engine == .paddle ? [PaddleReader.model] : []
    }

    /// Reads.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        let settings = try OCRSettings(input.operation)
        let sampling = PictureSampling(input.operation, of: input.media)
        let cancellation = CancellationFlag()
        return try await withTaskCancellationHandler {
            let reader: any TextReader
            do {
                reader = try await makeReader(settings, media: input.media, context: context)
            } catch {
                input.feed.abandon()
                throw error
            }
            var tracker = TextTracker()
            let record = try await sampling.forEachPicture(of: input.feed, context: context) { frame in
                try reader.lines(in: frame, cancellation: cancellation).filter {
                    $0.confidence >= settings.leastConfidence && !$0.text.trimmingSpaces.isEmpty
                }
            } consume: { frame, lines in
                for span in tracker.add(lines, frame: frame) { try await context.emit(PartialResult(span)) }
            }
            for span in tracker.finish() { try await context.emit(PartialResult(span)) }
            let document = OnScreenText(
                model: settings.engine == .paddle ? PaddleReader.model : TesseractReader.model,
                languages: settings.languages, sampling: record, spans: tracker.spans)
            return try context.files.finish(
                document: document, at: "ocr.json",
                outcome: document.spans.isEmpty ? .empty(reason: "no text was found; \(record.summary)") : .done,
                counts: ["spans": document.spans.count, "pictures": record.picturesAnalyzed])
        } onCancel: {
            cancellation.set()
        }
    }

    private func makeReader(
        _ settings: OCRSettings, media: MediaDescription, context: PluginContext
    ) async throws -> any TextReader {
        switch settings.engine {
        case .paddle:
            let isStill = Self.isStill(media)
            return try await PaddleReader(
                models: models, scale: settings.scale(isStill: isStill), turnsUpsideDown: settings.turnsUpsideDown,
                isStill: isStill, context: context)
        case .tesseract:
            return try TesseractReader(languages: settings.languages, leastConfidence: settings.leastConfidence)
        }
    }

    /// Whether the file is a single picture, by the names of FFmpeg's demuxers for them.
    static func isStill(_ media: MediaDescription) -> Bool {
        guard media.streams.count == 1, media.primaryVideo?.frameCount ?? 1 <= 1 else { return false }
        return media.container.formatNames.contains { $0.hasSuffix("_pipe") || $0.hasPrefix("image2") }
    }
}
