import Inference
import MediaValues
import PluginKit

/// Turns pictures into vectors with the image half of a CLIP network (Radford et al. 2021).
struct PictureEncoder: Sendable {
    let network: InferenceModel
    let contract: TensorContract
    private let model: String

    init(network: InferenceModel, model: String) {
        self.network = network
        self.model = model
        contract = TensorContract(
            model: model, inputs: "pixel_values float32 [1,3,224,224]", output: "image_embeds float32 [1,columns]")
    }

    /// The vector of a picture, of length 1. Blocks.
    ///
    /// - Parameter frame: packed RGB.
    /// - Throws: `PluginError` with `invalidModel` where the network is another one.
    func encode(_ frame: VideoFrame) throws -> [Float] {
        let vector = try run(PictureFrontEnd.clip.tensor(of: frame))
        guard let normalized = VectorLength.normalized(vector) else {
            throw PluginError(
                .invalidModel,
                "the model \(model) gave no direction for the picture at \(frame.time.milliseconds) ms: its image_embeds "
                    + "are all 0 or not finite; install the model again")
        }
        return normalized
    }

    /// Columns of what the network gives; runs it once.
    func measuredDimensions() throws -> Int {
        try run([Float](repeating: 0, count: PictureFrontEnd.clip.shape.reduce(1, *))).count
    }

    private func run(_ pixels: [Float]) throws -> [Float] {
        try contract.checked {
            try network.withSession { session in
                try pixels.withUnsafeBufferPointer {
                    try session.run([.floats(.name("pixel_values"), $0, shape: PictureFrontEnd.clip.shape)])
                }
                return try session.withFloats(.name("image_embeds")) { values, shape in
                    try contract.check(shape, isValid: shape.count == 2 && shape[0] == 1 && shape[1] > 0)
                    return Array(values)
                }
            }
        }
    }
}
