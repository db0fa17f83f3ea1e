import Foundation
import Inference
import MediaDecoding
import MediaValues
import Pipeline
import PluginKit
import VideoExtractTesting

/// Models, media and recorded references that quality tests use.
enum Installed {
    static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    static let repository = folder.deletingLastPathComponent().deletingLastPathComponent().path

    /// Real media, where `VIDEO_EXTRACT_TEST_MEDIA` names a folder of it.
    static let media = ProcessInfo.processInfo.environment["VIDEO_EXTRACT_TEST_MEDIA"].flatMap { $0.isEmpty ? nil : $0 }

    static let store: ModelStore? = (try? ModelCatalogue.load(path: repository + "/config/models.yaml"))
        .map { ModelStore.standard(catalogue: $0) }

    static func has(_ ids: String...) -> Bool {
        ids.allSatisfy { id in (try? store?.installed(id)) != nil }
    }

    /// A file recorded by a program of `scripts/golden`.
    static func fixture<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(
            type, from: try Data(contentsOf: folder.appendingPathComponent("Fixtures/" + name)))
    }

    /// Runs a plugin over a media file as the engine does, with the parameters' defaults of its code.
    ///
    /// - Returns: its document.
    static func document<Document: Decodable>(
        _ plugin: any Plugin, _ parameters: [String: ParameterValue] = [:], file: String, as type: Document.Type
    ) async throws -> Document {
        let operation = PluginKit.Operation(plugin.manifest.name, parameters: parameters)
        let handle = try await FFmpegMediaAccess().resolve(.file(path: file)) { false }
        let pass = try await handle.makePass(
            [try plugin.mediaDemand(for: operation)], options: DecodingOptions(threads: 2))
        let media = try await handle.describe()
        let folder = try TemporaryDirectory()
        let context = PluginContext(
            mode: .performance, threads: 2, pool: .shared, files: StageFiles(directory: folder.path),
            emitPartial: { _ in }, emitWarning: { _ in })
        async let report = pass.run()
        let output = try await plugin.execute(
            StageInput(operation: operation, media: media, feed: pass.feeds[0]), context: context)
        _ = await report
        return try output.document(as: type)
    }

    /// The manifest that ships for a plugin.
    static func manifest(_ name: String) throws -> PluginManifest {
        try ManifestReader.load(path: "\(repository)/config/plugins/\(name).yaml")
    }

    /// The sound of a file as 16 kHz mono samples.
    static func speech(of path: String) async throws -> [Float] {
        let handle = try await FFmpegMediaAccess().resolve(.file(path: path)) { false }
        let pass = try await handle.makePass([MediaDemand(audio: .speech)], options: DecodingOptions(threads: 1))
        async let decoding = pass.run()
        var samples: [Float] = []
        if let audio = pass.feeds.first?.audio { for try await buffer in audio { samples += buffer.samples } }
        _ = await decoding
        return samples
    }
}
