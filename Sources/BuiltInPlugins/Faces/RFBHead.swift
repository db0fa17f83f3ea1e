import Inference

/// Ultra-Light-Fast-Generic-Face-Detector RFB, 640x480 and 320x240: boxes come decoded, as fractions of the input.
struct RFBHead: DetectionHead {
    /// Intersection over union beyond which two boxes are one face; the figure of the model's own program.
    private static let overlapLimit: Float = 0.3

    let form: PictureTensorForm
    private let signature: NetworkSignature

    init(_ network: InferenceModel, signature: NetworkSignature) throws {
        let size = try network.withSession { try signature.pictureSize(of: $0, names: ["input"]) }
        let (width, height) = size ?? (640, 480)
        self.signature = signature
        // Stretched: kept in shape, the network misses half of the small faces.
        form = PictureTensorForm(
            width: width, height: height, fit: .stretched, channels: .rgb, mean: [127, 127, 127], scale: 1 / 128)
    }

    func detections(in session: InferenceSession, threshold: Float) throws -> [Detection] {
        try signature.withOutput(.index(0), of: session, shape: [1, nil, 2]) { scores, shape in
            try signature.withOutput(.index(1), of: session, shape: [1, shape[1], 4]) { boxes, _ in
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
