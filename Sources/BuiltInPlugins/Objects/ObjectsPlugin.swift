import Inference
import MediaValues
public import PluginKit

/// `objects`: things of known classes in keyframes or sampled pictures, followed from picture to picture where these are
/// close enough in time.
///
/// Partial results are the pictures as they come. A track has its number from the second sighting on; the document
/// completes the first one.
public struct ObjectsPlugin: Plugin {
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

    /// The detector.
    public func requiredModels(for operation: Operation) throws -> [String] { [try modelName(operation)] }

    private func modelName(_ operation: Operation) throws -> String {
        try models.model(of: operation, task: "object-detection")
    }

    private struct Sight: Sendable {
        var detections: [Detection]
        var histogram: ColourHistogram?
    }

    /// Looks at the pictures, several at a time, and follows what it sees in order of time.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        let operation = input.operation
        let sampling = PictureSampling(operation, of: input.media)
        let (network, model) = try await models.network(try modelName(operation), context: context)
        let labels = ObjectLabels(model)
        let wanted = try labels.indices(of: operation.list("classes"))
        let detector = DetectionNetwork(network, head: try ObjectHead(network, model: model))
        let threshold = operation.number("confidence") ?? 0.3
        let follows = sampling.allowsTracking
        // Doubtful detections help to follow what was sure before; they are not reported.
        let lowest = follows ? min(Float(threshold), ObjectTracker.doubtful) : Float(threshold)
        var record = ObjectRecord(labels: labels, threshold: threshold, follows: follows)
        let samplingRecord = try await sampling.forEachPicture(of: input.feed, context: context) { frame in
            var found = try detector.detections(in: frame, threshold: lowest)
            if let wanted { found.removeAll { !wanted.contains($0.classIndex) } }
            return Sight(detections: found, histogram: follows ? ColourHistogram(frame) : nil)
        } consume: { frame, sight in
            guard let picture = record.add(sight.detections, histogram: sight.histogram, frame: frame) else { return }
            try await context.emit(PartialResult(picture))
        }
        let document = record.document(model: model.entry.id, sampling: samplingRecord)
        return try context.files.finish(
            document: document, at: "objects.json",
            outcome: document.pictures.isEmpty
                ? .empty(reason: "no objects were found; \(samplingRecord.summary)") : .done,
            counts: [
                "objects": document.pictures.reduce(0) { $0 + $1.objects.count }, "pictures": document.pictures.count,
                "tracks": document.tracks.count,
            ])
    }
}
