import Foundation
import Inference
import MediaValues
import PluginKit

/// PP-OCR: one network finds the lines, another reads each of them. Chinese, English and digits.
struct PaddleReader: TextReader {
    /// Catalogue identifier.
    static let model = "pp-ocr-v4"
    /// ISO 639-1 codes of what it reads.
    static let languages: Set<String> = ["zh", "en"]

    private let detector: TextDetector
    private let recognizer: LineRecognizer
    private let scale: TextDetector.Scale
    private let lanes: LaneCounter

    /// Loads the networks.
    ///
    /// - Throws: `PluginError` where a file is missing, damaged or another one.
    init(
        models: SharedModels, scale: TextDetector.Scale, turnsUpsideDown: Bool, isStill: Bool, context: PluginContext
    ) async throws {
        let loader = Loader(models: models, names: try Self.files(of: models), context: context)
        // Of a single picture nothing else can be done at the same time, so all threads look for lines in it.
        async let detection = loader.network("det", streams: isStill ? 1 : nil)
        async let recognition = loader.network("rec", streams: nil)
        let decoder = CharacterDecoder(characters: try await loader.characters())
        let orientation = turnsUpsideDown ? try await loader.network("cls", streams: nil) : nil
        recognizer = try LineRecognizer(
            network: try await recognition, decoder: decoder, orientation: orientation, model: Self.model)
        detector = try TextDetector(network: try await detection, model: Self.model)
        self.scale = scale
        lanes = LaneCounter(limit: context.threads)
    }

    func lines(in frame: VideoFrame, cancellation: CancellationFlag) throws -> [TextLine] {
        guard min(frame.width, frame.height) >= leastReadableSide, let picture = TextPicture(frame) else { return [] }
        return try lanes.withPicture { free in
            let areas = try detector.lines(in: picture, scale: scale)
            if cancellation.isSet { throw CancellationError() }
            return try recognizer.read(areas, in: picture, lanes: free(), cancellation: cancellation)
        }
    }

    private static func files(of models: SharedModels) throws -> [String] {
        do {
            return try models.store.installed(model).entry.files.map(\.name)
        } catch {
            throw SharedModels.translated(error)
        }
    }
}

/// Brings the files of the model into memory.
private struct Loader: Sendable {
    let models: SharedModels
    let names: [String]
    let context: PluginContext

    /// The network whose file name holds `role`.
    func network(_ role: String, streams: Int?) async throws -> InferenceModel {
        guard let file = names.first(where: { $0.hasSuffix(".onnx") && $0.contains(role) }) else {
            throw PluginError(
                .invalidModel,
                "model \(PaddleReader.model) has no network '\(role)'; check its catalogue entry")
        }
        return try await models.network(PaddleReader.model, file: file, context: context, streams: streams).network
    }

    /// The characters of the recognition network's classes.
    func characters() async throws -> [String] {
        let (store, names) = (models.store, names)
        return try await context.pool.run {
            guard let name = names.first(where: { $0.hasSuffix(".txt") }),
                let folder = try? store.installed(PaddleReader.model).folder,
                let text = try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            else {
                throw PluginError(
                    .invalidModel,
                    "the list of characters of the model \(PaddleReader.model) cannot be read; run: "
                        + "video-extract models install \(PaddleReader.model)")
            }
            // By scalars: the list holds characters that would join their neighbours.
            var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            if lines.last == "" { lines.removeLast() }
            return lines
        }
    }
}

/// Shares the threads between the pictures that are read at one time: each has one, and a picture that is alone has all.
private final class LaneCounter: Sendable {
    private let limit: Int
    private let pictures = Guarded(0)

    init(limit: Int) { self.limit = limit }

    /// - Parameter body: is given a closure that tells how many threads the picture may use from then on.
    func withPicture<Result>(_ body: (_ free: () -> Int) throws -> Result) rethrows -> Result {
        pictures.withLock { $0 += 1 }
        defer { pictures.withLock { $0 -= 1 } }
        return try body { pictures.withLock { max(1, limit - ($0 - 1)) } }
    }
}
