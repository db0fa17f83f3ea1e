import Foundation
import Inference
import MediaValues
import PluginKit

/// Names the kind of place that a picture shows, with a Places365 network (Zhou et al. 2018) that gives logits.
struct PlaceClassifier: Sendable {
    private let signature: NetworkSignature
    private let labels: [String]
    /// A logit for each label.
    private let output: TensorRequirement
    // By position: exports of these networks agree on no names.
    private static let input = PictureFrontEnd.places.requirement(.index(0))

    /// - Throws: `PluginError` with `invalidModel` where the network is another one, or the labels are not those of its
    ///   classes.
    init(network: InferenceModel, labels: [String], model: String) throws {
        signature = NetworkSignature(network: network, model: model)
        self.labels = labels
        output = TensorRequirement(.index(0), .f32, [1, .length(labels.count)])
        try signature.require(inputs: [Self.input], outputs: [output])
    }

    /// The most probable classes, best first. Blocks.
    ///
    /// - Parameter frame: packed RGB.
    /// - Throws: `PluginError`: `invalidModel` where the network gives nothing usable, `pluginFault` for another layout.
    func classify(_ frame: VideoFrame, top count: Int) throws -> [PlaceList.Candidate] {
        let pixels = try PictureFrontEnd.places.tensor(of: frame)
        let logits = try signature.floats(of: output) { session in
            try pixels.withUnsafeBufferPointer {
                try session.run([.floats(Self.input.key, $0, shape: PictureFrontEnd.places.shape)])
            }
        }
        guard logits.allSatisfy(\.isFinite) else {
            throw PluginError(
                .invalidModel,
                "the model \(signature.model) gave values that are not finite for the picture at \(frame.time.milliseconds) ms; install the "
                    + "model again")
        }
        return Self.best(count, of: Self.softmax(logits), labels: labels)
    }

    static func softmax(_ logits: [Float]) -> [Double] {
        let highest = Double(logits.max() ?? 0)
        let powers = logits.map { exp(Double($0) - highest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// Equal ones in the order of the classes; probabilities rounded to 4 digits.
    static func best(_ count: Int, of probabilities: [Double], labels: [String]) -> [PlaceList.Candidate] {
        let order = probabilities.indices.sorted {
            (-probabilities[$0], $0) < (-probabilities[$1], $1)
        }
        return order.prefix(count).map {
            PlaceList.Candidate(label: labels[$0], confidence: probabilities[$0].rounded(decimals: 4))
        }
    }
}
