import Foundation
import Inference
import MediaValues
import PluginKit

/// Names the kind of place that a picture shows, with a Places365 network (Zhou et al. 2018) that gives logits.
struct PlaceClassifier: Sendable {
    let network: InferenceModel
    let labels: [String]
    let contract: TensorContract

    init(network: InferenceModel, labels: [String], model: String) {
        self.network = network
        self.labels = labels
        contract = TensorContract(
            model: model, inputs: "input #0 float32 [1,3,224,224]",
            output: "output #0 float32 [1,\(labels.count)] (one logit for each line of its labels)")
    }

    /// The most probable classes, best first. Blocks.
    ///
    /// - Parameter frame: packed RGB.
    /// - Throws: `PluginError` with `invalidModel` where the network is another one.
    func classify(_ frame: VideoFrame, top count: Int) throws -> [PlaceList.Candidate] {
        let pixels = try PictureFrontEnd.places.tensor(of: frame)
        let logits = try contract.checked {
            try network.withSession { session in
                // By position: exports of these networks agree on no names.
                try pixels.withUnsafeBufferPointer {
                    try session.run([.floats(.index(0), $0, shape: PictureFrontEnd.places.shape)])
                }
                return try session.withFloats(.index(0)) { values, shape in
                    try contract.check(shape, isValid: shape == [1, labels.count])
                    return Array(values)
                }
            }
        }
        guard logits.allSatisfy(\.isFinite) else {
            throw PluginError(
                .invalidModel,
                "the network gave values that are not finite for the picture at \(frame.time.milliseconds) ms; install the "
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
            PlaceList.Candidate(label: labels[$0], confidence: (probabilities[$0] * 10_000).rounded() / 10_000)
        }
    }
}
