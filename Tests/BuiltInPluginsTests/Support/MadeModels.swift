import Foundation
import Inference
import VideoExtractTesting

@testable import BuiltInPlugins

/// Models made by a test, really installed into a folder that is there as long as this object.
final class MadeModels: Sendable {
    /// A model of the catalogue.
    struct Model {
        var id: String
        var task: String
        var family: String
        var runtime: String
        var files: [(name: String, bytes: [UInt8])]

        init(
            id: String, task: String, family: String = "made", runtime: String = "openvino",
            files: [(name: String, bytes: [UInt8])]
        ) {
            self.id = id
            self.task = task
            self.family = family
            self.runtime = runtime
            self.files = files
        }

        /// A model of one network, and of a `labels.txt` where `labels` are given.
        init(id: String, task: String, family: String, network: [UInt8], labels: String? = nil) {
            let labels = labels.map { [(name: "labels.txt", bytes: Array($0.utf8))] } ?? []
            self.init(id: id, task: task, family: family, files: [("\(id).onnx", network)] + labels)
        }
    }

    let models: SharedModels
    private let folder: TemporaryDirectory

    /// Models of `installed` are there, those of `known` are only in the catalogue.
    init(installed: [Model], known: [(id: String, task: String, family: String)] = []) throws {
        folder = try TemporaryDirectory()
        let mirror = folder.file("mirror")
        try FileManager.default.createDirectory(atPath: mirror, withIntermediateDirectories: true)
        let all =
            installed
            + known.map { Model(id: $0.id, task: $0.task, family: $0.family, network: []) }
        let entries = all.map { model in
            let files = model.files.map { file in
                // Nobody listens there: the files come from the mirror, by the last part of the address.
                "{name: \(file.name), sources: [{url: \"http://127.0.0.1:9/\(Self.mirrored(file.name, of: model))\"}]}"
            }
            return "  - {id: \(model.id), task: \(model.task), description: made by a test, licence: none, "
                + "runtime: \(model.runtime), family: \(model.family), digest_verified: false, "
                + "files: [\(files.joined(separator: ", "))]}\n"
        }
        let text = "version: 1\nmodels:" + (entries.isEmpty ? " []\n" : "\n" + entries.joined())
        let store = ModelStore(
            catalogue: try ModelCatalogue.parse(text: text, fileName: "models.yaml"), root: folder.file("models"),
            mirror: mirror)
        for model in installed {
            for file in model.files {
                let path = "\(mirror)/\(Self.mirrored(file.name, of: model))"
                try Data(file.bytes).write(to: URL(fileURLWithPath: path))
            }
            try store.install(model.id, allowUnverified: true)
        }
        models = SharedModels(store: store)
    }

    private static func mirrored(_ file: String, of model: Model) -> String { "\(model.id)-\(file)" }
}
