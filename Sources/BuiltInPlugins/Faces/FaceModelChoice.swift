import Inference
import PluginKit

/// Which models a `faces` operation works with; depends on what is installed where the user leaves it open.
struct FaceModelChoice {
    /// The most sensitive detector of the catalogue for films; gives no landmarks.
    private static let preferredDetector = "rfb-640"
    private static let detectionTask = "face-detection"
    private static let identityTask = "face-identity"

    let models: SharedModels

    /// The detector. `auto` is rfb-640 where it is installed, then BlazeFace, then whatever is installed; with an identity
    /// model one that gives landmarks comes first. With none at all it is the catalogue's default, for the message that tells how to install it.
    ///
    /// - Throws: `PluginError` with `invalidParameter` for a model that there is not.
    func detector(_ operation: Operation) throws -> String {
        let wanted = operation.text("model") ?? "auto"
        guard wanted == "auto" else { return try models.model(of: operation, task: Self.detectionTask) }
        let known = models.store.catalogue.models.filter { $0.task == Self.detectionTask }
        func family(_ name: String) -> [String] { known.filter { $0.family == name }.map(\.id) }
        // Telling persons apart needs landmarks to align faces by.
        let landmarkers = family("yunet") + family("retinaface") + family("blazeface")
        let order =
            try identityModel(operation) == nil
            ? [Self.preferredDetector] + family("blazeface") + known.map(\.id)
            : landmarkers + [Self.preferredDetector] + known.map(\.id)
        if let installed = order.first(where: { isInstalled($0) }) { return installed }
        return models.store.catalogue.preferred(task: Self.detectionTask)?.id ?? Self.preferredDetector
    }

    /// The identity model: the one named, or with `auto` the first one installed; nil for none.
    ///
    /// - Throws: `PluginError` with `invalidParameter` for a model that there is not.
    func identityModel(_ operation: Operation) throws -> String? {
        switch operation.text("identity_model") ?? "auto" {
        case "none": return nil
        case "auto":
            return models.store.catalogue.models.first { $0.task == Self.identityTask && isInstalled($0.id) }?.id
        case let name:
            return try models.checkedModel(
                name, task: Self.identityTask, operation: operation.name, parameter: "identity_model")
        }
    }

    /// The network's file for a model that comes with several: BlazeFace's full range rather than its short one, which is
    /// made for faces within two metres.
    func networkFile(of model: String) -> String? {
        let files = (try? models.store.catalogue.entry(model))?.files.map(\.name) ?? []
        return files.first { $0.contains("full_range") }
    }

    private func isInstalled(_ model: String) -> Bool {
        if case .installed = models.state(of: model) { true } else { false }
    }
}
