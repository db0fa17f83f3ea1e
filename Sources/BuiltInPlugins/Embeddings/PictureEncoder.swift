import Inference
import MediaValues
import PluginKit

/// Turns pictures into vectors with the image half of a CLIP network (Radford et al. 2021).
struct PictureEncoder: Sendable {
    private let signature: NetworkSignature
    private static let input = PictureFrontEnd.clip.requirement(.name("pixel_values"))
    private static let output = TensorRequirement(.name("image_embeds"), .f32, [1, .atLeast(1)])

    /// - Throws: `PluginError` with `invalidModel` where the network is another one.
    init(network: InferenceModel, model: String) throws {
        signature = NetworkSignature(network: network, model: model)
        try signature.require(inputs: [Self.input], outputs: [Self.output])
    }

    /// The vector of a picture, of length 1. Blocks.
    ///
    /// - Parameter frame: packed RGB.
    /// - Throws: `PluginError`: `invalidModel` where the network gives nothing usable, `pluginFault` for another layout.
    func encode(_ frame: VideoFrame) throws -> [Float] {
        let vector = try run(PictureFrontEnd.clip.tensor(of: frame))
        guard let normalized = VectorLength.normalized(vector) else {
            throw PluginError(
                .invalidModel,
                "the model \(signature.model) gave no direction for the picture at \(frame.time.milliseconds) ms: its image_embeds "
                    + "are all 0 or not finite; install the model again")
        }
        return normalized
    }

    /// Columns of what the network gives; runs it once.
    func measuredDimensions() throws -> Int {
        try run([Float](repeating: 0, count: PictureFrontEnd.clip.shape.reduce(1, *))).count
    }

    private func run(_ pixels: [Float]) throws -> [Float] {
        try signature.floats(of: Self.output) { session in
            try pixels.withUnsafeBufferPointer {
                try session.run([.floats(Self.input.key, $0, shape: PictureFrontEnd.clip.shape)])
            }
        }
    }
}
