import Inference

/// Ultra-Light-Fast-Generic-Face-Detector RFB, 640x480 and 320x240: boxes come decoded, as fractions of the input.
struct RFBHead: DetectionHead {
    /// Intersection over union beyond which two boxes are one face; the figure of the model's own program.
    private static let overlapLimit: Float = 0.3

    let form: PictureTensorForm
    private let signature: NetworkSignature
    private let scores: TensorRequirement

    init(_ signature: NetworkSignature) throws {
        let (width, height) = try signature.pictureSize(usual: (640, 480))
        let candidates = signature.network.outputs.first?.shape.flatMap { $0.count == 3 ? $0[1] : nil }
        scores = TensorRequirement(.index(0), .f32, [1, .length(candidates), 2])
        try signature.require(outputs: [scores, Self.boxes(candidates)])
        self.signature = signature
        // Stretched: kept in shape, the network misses half of the small faces.
        form = PictureTensorForm(
            width: width, height: height, fit: .stretched, channels: .rgb, mean: [127, 127, 127], scale: 1 / 128)
    }

    /// As many boxes as there are scores.
    private static func boxes(_ count: Int?) -> TensorRequirement {
        TensorRequirement(.index(1), .f32, [1, .length(count), 4])
    }

    func detections(in session: InferenceSession, threshold: Float) throws -> [Detection] {
        try signature.withOutput(scores, of: session) { scores, shape in
            try signature.withOutput(Self.boxes(shape[1]), of: session) { boxes, _ in
                let (width, height) = (Float(form.width), Float(form.height))
                var found: [Detection] = []
                for index in 0..<shape[1] where scores[2 * index + 1] >= threshold {
                    let box = PixelBox(
                        left: boxes[4 * index] * width, top: boxes[4 * index + 1] * height,
                        right: boxes[4 * index + 2] * width, bottom: boxes[4 * index + 3] * height)
                    found.append(Detection(box: box, confidence: scores[2 * index + 1]))
                }
                return NonMaximumSuppression.strongest(found, limit: Self.overlapLimit)
            }
        }
    }
}
