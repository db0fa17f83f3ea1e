import Inference
import PluginKit

/// The audio half of CLAP (Wu et al. 2023; weights `laion/clap-htsat-unfused`): ten seconds of sound to a vector in the
/// space that its texts share.
struct AudioEncoder: Sendable {
    /// Values of a vector.
    static let dimensions = 512

    let network: InferenceModel
    let model: String

    /// The vector of a window's features, of length 1; nil where the network gives none. Blocking.
    ///
    /// - Throws: `PluginError` with `invalidModel` where the network has another form.
    func encode(_ features: [Float]) throws -> [Float]? {
        let contract = TensorContract(
            model: model, inputs: "input_features float32 [B,1,\(AudioFrontEnd.frames),\(AudioFrontEnd.bands)]",
            output: "audio_embeds float32 [B,\(Self.dimensions)]")
        return try contract.checked {
            try network.withSession { session in
                try features.withUnsafeBufferPointer { features in
                    try session.run([
                        .floats(
                            .name("input_features"), features, shape: [1, 1, AudioFrontEnd.frames, AudioFrontEnd.bands])
                    ])
                }
                return try session.withFloats(.name("audio_embeds")) { values, shape in
                    try contract.check(shape, isValid: shape == [1, Self.dimensions])
                    return VectorLength.normalized(values)
                }
            }
        }
    }
}
