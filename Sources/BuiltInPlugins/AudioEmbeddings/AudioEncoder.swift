import Inference
import PluginKit

/// The audio half of CLAP (Wu et al. 2023; weights `laion/clap-htsat-unfused`): ten seconds of sound to a vector in the
/// space that its texts share.
struct AudioEncoder: Sendable {
    /// Values of a vector.
    static let dimensions = 512

    private let signature: NetworkSignature
    private static let input = [1, 1, AudioFrontEnd.frames, AudioFrontEnd.bands]
    private static let output = TensorRequirement(.name("audio_embeds"), .f32, [1, .length(dimensions)])

    /// - Throws: `PluginError` with `invalidModel` where the network is another one.
    init(network: InferenceModel, model: String) throws {
        signature = NetworkSignature(network: network, model: model)
        try signature.require(
            inputs: [.init(.name("input_features"), .f32, Self.input.map { .length($0) })], outputs: [Self.output])
    }

    /// The vector of a window's features, of length 1; nil where the network gives no direction. Blocks.
    ///
    /// - Throws: `PluginError` with `invalidModel` where the network fails.
    func encode(_ features: [Float]) throws -> [Float]? {
        let values = try signature.floats(of: Self.output) { session in
            try features.withUnsafeBufferPointer {
                try session.run([.floats(.name("input_features"), $0, shape: Self.input)])
            }
        }
        return VectorLength.normalized(values)
    }
}
