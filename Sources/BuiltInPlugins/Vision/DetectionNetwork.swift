import Inference
import MediaValues
import PluginKit

/// What distinguishes one family of detectors from another: the form of its input and the meaning of its outputs. Made for
/// one network, whose signature it has checked.
protocol DetectionHead: Sendable {
    /// What the network wants to see.
    var form: PictureTensorForm { get }

    /// Reads the outputs of the last run.
    ///
    /// - Returns: detections of at least `threshold`, one for each thing, most confident first, in pixels of the input.
    /// - Throws: `PluginError` with `invalidModel` where the outputs are not those of the family.
    func detections(in session: InferenceSession, threshold: Float) throws -> [Detection]
}

/// A detector ready for pictures. Several threads may use it at one time; each gets its own request and memory.
struct DetectionNetwork<Head: DetectionHead>: Sendable {
    let head: Head
    private let network: InferenceModel
    private let tensors: PictureTensors

    init(_ network: InferenceModel, head: Head) {
        self.network = network
        self.head = head
        tensors = PictureTensors(form: head.form)
    }

    /// What is in a picture, in its pixels; see ``DetectionHead/detections(in:threshold:)``. Blocks.
    func detections(in frame: VideoFrame, threshold: Float) throws -> [Detection] {
        do {
            return try tensors.withTensor { tensor in
                let placement = try tensor.fill(from: frame)
                let found = try network.withSession { session in
                    try session.run([.floats(.index(0), tensor.values, shape: head.form.shape)])
                    let found = try head.detections(in: session, threshold: threshold)
                    // No number is above a threshold: numbers that are none must not pass for "nothing there".
                    if found.isEmpty { try requireFinite(session) }
                    return found
                }
                return found.map { detection in
                    var moved = detection
                    moved.box = placement.pictureBox(detection.box)
                    moved.landmarks = detection.landmarks.map(placement.picturePoint)
                    return moved
                }
            }
        } catch {
            throw SharedModels.translated(error)
        }
    }

    private func requireFinite(_ session: InferenceSession) throws {
        for index in network.outputs.indices where network.outputs[index].elementType == .f32 {
            let isFinite = try session.withFloats(.index(index)) { values, _ in values.allSatisfy(\.isFinite) }
            guard isFinite else {
                throw PluginError(
                    .invalidModel,
                    "the network \(network.name) gives values that are no numbers in its output "
                        + "\(network.outputs[index]); it is damaged, install it again")
            }
        }
    }
}
