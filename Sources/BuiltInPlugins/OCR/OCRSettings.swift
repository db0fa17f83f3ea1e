import PluginKit

/// What an `ocr` operation asks for.
struct OCRSettings: Sendable, Hashable {
    /// What reads.
    enum Engine: Sendable, Hashable {
        case paddle
        case tesseract
    }

    /// How finely is looked for text.
    enum Quality: String, Sendable {
        case fast
        case balanced
        case high
    }

    let engine: Engine
    /// As asked for, in lower case.
    let languages: [String]
    let quality: Quality
    let turnsUpsideDown: Bool
    let leastConfidence: Double

    /// Reads `languages`, `engine`, `quality`, `upside_down` and `confidence`.
    ///
    /// - Throws: `PluginError` (`invalidParameter`) for languages that nobody reads.
    init(_ operation: Operation) throws {
        let asked = operation.list("languages").map { $0.lowercased() }
        let engineName = operation.text("engine") ?? "auto"
        // Chinese data for Tesseract is seldom there, and asked for by name where it is wanted.
        languages = asked.isEmpty ? (engineName == "tesseract" ? ["en"] : ["zh", "en"]) : asked
        engine = try Self.engine(engineName, languages: languages)
        quality = operation.text("quality").flatMap(Quality.init(rawValue:)) ?? .balanced
        turnsUpsideDown = operation.flag("upside_down")
        leastConfidence = operation.number("confidence") ?? 0.5
    }

    private static func engine(_ name: String, languages: [String]) throws -> Engine {
        let others = languages.filter { !PaddleReader.languages.contains($0) }
        if name == "pp-ocr" {
            guard others.isEmpty else {
                throw PluginError(
                    .invalidParameter,
                    "ocr: parameter languages cannot be '\(others.joined(separator: "|"))' with engine=pp-ocr: it reads "
                        + "zh and en; leave the engine to be chosen, or say engine=tesseract")
            }
            return .paddle
        }
        if name == "auto", others.isEmpty { return .paddle }
        if let unknown = languages.first(where: { TesseractLanguages.dataName($0) == nil }) {
            throw PluginError(
                .invalidParameter,
                "ocr: parameter languages cannot be '\(unknown)': it must be any of "
                    + TesseractLanguages.known.joined(separator: ", "))
        }
        return .tesseract
    }

    /// Sizes of the detection network's input. A scan or photograph holds smaller text than video is made for, and there
    /// is just one of them.
    func scale(isStill: Bool) -> TextDetector.Scale {
        let side =
            switch quality {
            case .fast: 640
            case .balanced: 960
            case .high: 1280
            }
        return TextDetector.Scale(enlargedTo: side, reducedTo: isStill ? 2 * side : side)
    }
}
