import MediaValues
import PluginKit

/// Tesseract: printed text in the many languages that PP-OCR does not know.
struct TesseractReader: TextReader {
    /// What results name as their model.
    static let model = "tesseract"

    private let engines: TesseractEngines
    private let leastConfidence: Double

    /// - Parameter languages: ISO 639-1 codes or names of language data, the most important first.
    /// - Throws: `PluginError` (`missingModel`) naming the packages of missing language data.
    init(languages: [String], leastConfidence: Double) throws {
        let names = languages.compactMap(TesseractLanguages.dataName)
        engines = TesseractEngines(folder: try TesseractLanguages.folder(for: names), languages: names)
        self.leastConfidence = leastConfidence
    }

    func lines(in frame: VideoFrame, cancellation: CancellationFlag) throws -> [TextLine] {
        guard min(frame.width, frame.height) >= leastReadableSide, let luma = ColourPlanes(frame)?.luma else {
            return []
        }
        let lines = try engines.withEngine { engine in
            try engine.lines(in: luma, leastConfidence: leastConfidence, cancellation: cancellation)
        }
        return ReadingOrder.sorted(lines, by: \.area)
    }
}

/// The engines of a run: as many as read at one time.
private final class TesseractEngines: Sendable {
    private let folder: String
    private let languages: [String]
    private let idle = Guarded<[TesseractEngine]>([])

    init(folder: String, languages: [String]) {
        self.folder = folder
        self.languages = languages
    }

    func withEngine<Result>(_ body: (TesseractEngine) throws -> Result) throws -> Result {
        let engine = try idle.withLock { $0.popLast() } ?? TesseractEngine(folder: folder, languages: languages)
        defer { idle.withLock { $0.append(engine) } }
        return try body(engine)
    }
}
