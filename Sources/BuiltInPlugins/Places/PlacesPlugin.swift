import Foundation
import Inference
import MediaValues
public import PluginKit

/// `places`: what kind of place each distinct picture shows.
public struct PlacesPlugin: Plugin {
    /// Read from `config/plugins/`.
    public let manifest: PluginManifest
    private let models: SharedModels

    /// Creates the plugin.
    public init(manifest: PluginManifest, models: SharedModels) {
        self.manifest = manifest
        self.models = models
    }

    /// Pictures in packed RGB at full size: the front end scales them as the network's authors did.
    public func mediaDemand(for operation: PluginKit.Operation) throws -> MediaDemand {
        PictureSampling(operation).demand(.converted(.rgb24, maximumSide: nil))
    }

    /// The same, chosen for the file.
    public func mediaDemand(for operation: PluginKit.Operation, of media: MediaDescription) throws -> MediaDemand {
        PictureSampling(operation, of: media).demand(.converted(.rgb24, maximumSide: nil))
    }

    /// The classifier.
    public func requiredModels(for operation: PluginKit.Operation) throws -> [String] { [try modelName(operation)] }

    private func modelName(_ operation: PluginKit.Operation) throws -> String {
        try models.model(of: operation, task: "place-classification")
    }

    /// Classifies the pictures, several at a time.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        let model = try modelName(input.operation)
        let top = input.operation.integer("top_k") ?? 5
        let least = input.operation.number("confidence") ?? 0
        let classifier = try await classifier(model, context: context)
        var pictures: [PlaceList.Picture] = []
        let chosen = PictureSampling(input.operation, of: input.media)
        let sampling = try await chosen.forEachPicture(of: input.feed, context: context) {
            try classifier.classify($0, top: top)
        } consume: { frame, candidates in
            guard let best = candidates.first, best.confidence >= least else { return }
            let picture = PlaceList.Picture(
                frame: FrameReference(frame), label: best.label, confidence: best.confidence,
                alternatives: Array(candidates.dropFirst()))
            pictures.append(picture)
            try await context.emit(PartialResult(picture))
        }
        let reason =
            sampling.picturesAnalyzed == 0
            ? "the video has no pictures" : "no picture shows a place with a confidence of at least \(least)"
        return try context.files.finish(
            document: PlaceList(model: model, sampling: sampling, pictures: pictures), at: "places.json",
            outcome: pictures.isEmpty ? .empty(reason: reason) : .done, counts: ["pictures": pictures.count])
    }

    private func classifier(_ name: String, context: PluginContext) async throws -> PlaceClassifier {
        let (network, model) = try await models.network(name, context: context)
        do {
            let path = try model.path("labels") { $0.hasSuffix(".txt") }
            guard let data = FileManager.default.contents(atPath: path) else {
                throw PluginError(.invalidModel, "the labels \(path) cannot be read; install the model again")
            }
            let labels = try PlaceLabels.parse(String(decoding: data, as: UTF8.self), name: path)
            return try PlaceClassifier(network: network, labels: labels, model: name)
        } catch {
            throw SharedModels.translated(error)
        }
    }
}
