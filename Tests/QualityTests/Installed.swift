import Foundation
import Inference
import MediaDecoding
import MediaValues
import PluginKit

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
