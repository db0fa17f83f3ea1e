import Inference
import MediaValues
public import PluginKit

/// `faces`: faces in keyframes or sampled pictures, with landmarks where the detector gives them.
///
/// Faces in pictures close enough in time are followed within a shot. Whether two faces are of one person is said only with
/// an identity model. Partial results are the pictures as they come; a track has its number from the second sighting on,
/// persons are known at the end.
public struct FacesPlugin: Plugin {
    /// Read from `config/plugins/`.
    public let manifest: PluginManifest
    private let models: SharedModels

    /// Creates the plugin.
    public init(manifest: PluginManifest, models: SharedModels) {
        self.manifest = manifest
        self.models = models
    }

    /// Pictures at full size.
    public func mediaDemand(for operation: Operation) throws -> MediaDemand { PictureSampling(operation).demand() }

    /// The same, chosen for the file.
    public func mediaDemand(for operation: Operation, of media: MediaDescription) throws -> MediaDemand {
        PictureSampling(operation, of: media).demand()
    }

    /// The detector, and the identity model that is asked for or installed.
    public func requiredModels(for operation: Operation) throws -> [String] {
        let choice = FaceModelChoice(models: models)
        return [try choice.detector(operation)] + [try choice.identityModel(operation)].compactMap { $0 }
    }

    private struct Sights: Sendable {
        var faces: [FaceRecord.Sight]
        var histogram: ColourHistogram?
    }

    /// Looks at the pictures, several at a time, and follows what it sees in order of time.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        let operation = input.operation
        let sampling = PictureSampling(operation, of: input.media)
        let choice = FaceModelChoice(models: models)
        let name = try choice.detector(operation)
        let (network, model) = try await models.network(name, file: choice.networkFile(of: name), context: context)
        let head = try FaceHead(network, model: model)
        let identity = try await identityNetwork(operation, head: head, detector: name, context: context)
        let detector = DetectionNetwork(network, head: head)
        let threshold = operation.number("confidence") ?? head.usualConfidence
        let smallest = Float(operation.integer("min_size") ?? 0)
        let follows = sampling.allowsTracking
        var record = FaceRecord(
            landmarkNames: head.landmarkNames, follows: follows, sameCosine: identity?.family.sameCosine)
        let samplingRecord = try await sampling.forEachPicture(of: input.feed, context: context) { frame in
            var found = try detector.detections(in: frame, threshold: Float(threshold))
            found.removeAll { min($0.box.width, $0.box.height) < smallest }
            let faces = try found.map { detection in
                FaceRecord.Sight(
                    detection: detection,
                    embedding: try identity?.embedding(of: detection.landmarks, names: head.landmarkNames, in: frame))
            }
            return Sights(faces: faces, histogram: follows ? ColourHistogram(frame) : nil)
        } consume: { frame, sights in
            guard let picture = record.add(sights.faces, histogram: sights.histogram, frame: frame) else { return }
            try await context.emit(PartialResult(picture))
        }
        let document = record.document(
            model: name, identityModel: identity?.name, sampling: samplingRecord, threshold: threshold)
        return try context.files.finish(
            document: document, at: "faces.json",
            outcome: document.pictures.isEmpty
                ? .empty(reason: "no faces were found; \(samplingRecord.summary)") : .done,
            counts: [
                "faces": document.pictures.reduce(0) { $0 + $1.faces.count }, "pictures": document.pictures.count,
                "clusters": document.clusters.count,
            ])
    }

    private func identityNetwork(
        _ operation: Operation, head: FaceHead, detector: String, context: PluginContext
    ) async throws -> IdentityNetwork? {
        guard let name = try FaceModelChoice(models: models).identityModel(operation) else { return nil }
        guard !head.landmarkNames.isEmpty else {
            context.warn(
                "the identity model \(name) was not used: the detector \(detector) gives no landmarks to align faces by; "
                    + "choose another with model=…, or identity_model=none")
            return nil
        }
        let (network, model) = try await models.network(name, context: context)
        return try IdentityNetwork(network, model: model)
    }
}
