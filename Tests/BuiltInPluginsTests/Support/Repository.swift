import Foundation
import Inference
import Pipeline
import PluginKit
import VideoExtractTesting

@testable import BuiltInPlugins

/// What tests read of the repository and of the machine: manifests, schemas, installed models, real media.
enum Repository {
    static let path = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().path
        .components(separatedBy: "/Tests/BuiltInPluginsTests/")[0]

    /// The shipped manifest of a plugin.
    static func manifest(_ name: String) throws -> PluginManifest {
        try ManifestReader.load(path: "\(path)/config/plugins/\(name).yaml")
    }

    static func schema(_ name: String) throws -> JSONSchema {
        try JSONSchema(
            parsing: try Data(contentsOf: URL(fileURLWithPath: "\(path)/docs/schemas/\(name).schema.json")))
    }

    /// What a schema finds wrong with a document.
    static func problems(_ output: StageOutput, schema name: String) throws -> [String] {
        try schema(name).problems(in: JSONValue(parsing: output.documentData()))
    }

    /// The models of the shipped catalogue, as they are installed.
    static let models = (try? ModelCatalogue.load(path: path + "/config/models.yaml")).map {
        SharedModels(store: ModelStore.standard(catalogue: $0))
    }

    /// Whether `video-extract models install` was run for the model.
    static func has(_ model: String) -> Bool {
        if case .installed? = models?.state(of: model) { true } else { false }
    }

    /// The folder of real media; nil unless `VIDEO_EXTRACT_TEST_MEDIA` names one.
    static let media = ProcessInfo.processInfo.environment["VIDEO_EXTRACT_TEST_MEDIA"].flatMap { $0.isEmpty ? nil : $0 }

    static func mediaFile(_ name: String) -> String { (media ?? "") + "/" + name }
}
