import Foundation
import Pipeline
import PluginKit
import VideoExtractTesting

/// The manifests and schemas of the repository.
enum ShippedManifests {
    private static let repository = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().path
        .components(separatedBy: "/Tests/BuiltInPluginsTests/")[0]

    static func manifest(_ name: String) throws -> PluginManifest {
        try ManifestReader.load(path: "\(repository)/config/plugins/\(name).yaml")
    }

    static func schema(_ name: String) throws -> JSONSchema {
        try JSONSchema(
            parsing: try Data(contentsOf: URL(fileURLWithPath: "\(repository)/docs/schemas/\(name).schema.json")))
    }
}
