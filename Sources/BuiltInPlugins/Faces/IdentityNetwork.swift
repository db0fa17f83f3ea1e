import Inference
import MediaValues
import PluginKit

/// Turns an aligned face into a vector of length 1 that is alike for pictures of one person.
struct IdentityNetwork: Sendable {
    /// The networks differ in the numbers they take for a pixel and in how alike two pictures of a person are.
    enum Family: String, Sendable {
        case arcface
        case sface

        /// Cosine from which faces are of the same person.
        var sameCosine: Float {
            switch self {
            // OpenCV's documentation of FaceRecognizerSF: the best threshold for SFace on LFW.
            case .sface: 0.363
            // Between 0.28, from which insightface's example calls two faces the same, and 0.5: a wrong claim is worse than
            // a missed one.
            case .arcface: 0.4
            }
        }

        fileprivate func normalize(_ pixels: inout [Float]) {
            guard self == .arcface else { return }
            for index in pixels.indices { pixels[index] = (pixels[index] - 127.5) / 127.5 }
        }
    }

    let family: Family
    /// Name of the model.
    var name: String { signature.model }
    private let signature: NetworkSignature
    private static let input = [1, 3, FaceAlignment.side, FaceAlignment.side]
    private static let output = TensorRequirement(.index(0), .f32, [1, .atLeast(1)])

    /// - Throws: `PluginError` with `invalidModel` for another family, or a network that takes no aligned faces.
    init(_ network: InferenceModel, model: InstalledModel) throws {
        guard let family = Family(rawValue: model.entry.family) else {
            throw PluginError(
                .invalidModel,
                "model \(model.entry.id) is of the family \(model.entry.family), which faces cannot tell persons apart "
                    + "with: it knows arcface and sface; choose another with identity_model=…")
        }
        self.family = family
        signature = NetworkSignature(network: network, model: model.entry.id)
        try signature.require(
            inputs: [.init(.index(0), .f32, Self.input.map { .length($0) })], outputs: [Self.output])
    }

    /// The vector of a face, or nil where its landmarks do not tell how to align it. Blocks.
    func embedding(of landmarks: [PixelPoint], names: [String], in frame: VideoFrame) throws -> [Float]? {
        guard let alignment = FaceAlignment(landmarks: landmarks, names: names) else { return nil }
        var pixels = alignment.aligned(frame)
        family.normalize(&pixels)
        let values = try signature.floats(of: Self.output) { session in
            try pixels.withUnsafeBufferPointer { try session.run([.floats(.index(0), $0, shape: Self.input)]) }
        }
        return VectorLength.normalized(values)
    }
}
