import Foundation
import Testing
import VideoExtractTesting

/// The schemas that ship in `docs/schemas`.
enum Schemas {
    static let folder = Repository.path + "/docs/schemas"

    static func schema(_ name: String) throws -> JSONSchema {
        try JSONSchema(parsing: try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).schema.json")))
    }

    /// Schema names by the path of the document in an output folder.
    static let documents = [
        "metadata.json": "metadata", "audio.json": "audio", "frames/frames.json": "frames",
        "keyframes/keyframes.json": "keyframes", "scenes.json": "scenes", "vad.json": "vad",
        "transcription.json": "transcription", "run.json": "run", "diarization.json": "diarization",
        "objects.json": "objects", "faces.json": "faces", "ocr.json": "ocr", "places.json": "places",
        "embeddings/vision.json": "vision_embeddings", "embeddings/text.json": "text_embeddings",
        "embeddings/audio.json": "audio_embeddings", "audio_events.json": "audio_events",
        "subtitles/subtitles.json": "subtitles", "thumbnail.json": "thumbnail", "fingerprint.json": "fingerprint",
        "markers.json": "markers", "fusion.json": "fusion",
    ]

    /// The schema of an operation's document.
    private static func name(of operation: String) -> String {
        operation == "duplicates" ? "fingerprint" : operation.replacing("-", with: "_")
    }

    /// Problems of every known document below an output folder, and of documents that have no schema.
    static func problems(inFolder path: String) throws -> [String] {
        var found: [String] = []
        for name in try FileManager.default.subpathsOfDirectory(atPath: path).sorted() where name.hasSuffix(".json") {
            guard let known = documents[name] else {
                found.append("\(name) has no schema")
                continue
            }
            let document = try JSONValue(parsing: try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
            found += try schema(known).problems(in: document).map { "\(name): \($0)" }
        }
        return found
    }

    /// Problems of the lines of an event stream, and of the documents in them.
    static func problems(inEvents events: [JSONValue]) throws -> [String] {
        let lines = try schema("event")
        var found = events.flatMap { lines.problems(in: $0) }
        for event in events {
            guard let data = event["data"] else { continue }
            switch (event["event"]?.string, event["operation"]?.string) {
            case ("complete", let operation?): found += try schema(name(of: operation)).problems(in: data)
            case ("finished", _): found += try schema("run").problems(in: data)
            default: break
            }
        }
        return found
    }
}
