import Inference

/// RetinaFace as trained by Pytorch_Retinaface (both backbones share the layout): boxes, scores and five points relative to
/// priors of strides 8, 16 and 32.
struct RetinaFaceHead: DetectionHead {
    private static let overlapLimit: Float = 0.4
    private static let levels: [(stride: Int, sizes: [Float])] = [(8, [16, 32]), (16, [64, 128]), (32, [256, 512])]
    private static let centreVariance: Float = 0.1
    private static let sizeVariance: Float = 0.2

    private struct Prior {
        let x: Float
        let y: Float
        let size: Float
    }

    let form: PictureTensorForm
    private let signature: NetworkSignature
    private let priors: [Prior]
    private let boxes: TensorRequirement
    private let scores: TensorRequirement
    private let points: TensorRequirement

    init(_ signature: NetworkSignature) throws {
        let (width, height) = try signature.pictureSize(usual: (640, 640))
        self.signature = signature
        form = PictureTensorForm(
            width: width, height: height, fit: .topLeft, channels: .bgr, mean: [104, 117, 123], padding: 0)
        var priors: [Prior] = []
        for (stride, sizes) in Self.levels {
            for row in 0..<((height + stride - 1) / stride) {
                for column in 0..<((width + stride - 1) / stride) {
                    let (x, y) = ((Float(column) + 0.5) * Float(stride), (Float(row) + 0.5) * Float(stride))
                    priors += sizes.map { Prior(x: x, y: y, size: $0) }
                }
            }
        }
        self.priors = priors
        // Exports differ in the order of the outputs; their widths do not.
        func output(width: Int, usual: Int) -> TensorRequirement {
            let index = signature.network.outputs.firstIndex { $0.shape?.last == width } ?? usual
            return TensorRequirement(.index(index), .f32, [1, .length(priors.count), .length(width)])
        }
        boxes = output(width: 4, usual: 0)
        scores = output(width: 2, usual: 1)
        points = output(width: 10, usual: 2)
        try signature.require(outputs: [boxes, scores, points])
    }

    func detections(in session: InferenceSession, threshold: Float) throws -> [Detection] {
        try signature.withOutput(boxes, of: session) { boxes, _ in
            try signature.withOutput(scores, of: session) { scores, _ in
                try signature.withOutput(points, of: session) { points, _ in
                    decode(boxes, scores, points, threshold: threshold)
                }
            }
        }
    }

    private func decode(
        _ boxes: UnsafeBufferPointer<Float>, _ scores: UnsafeBufferPointer<Float>, _ points: UnsafeBufferPointer<Float>,
        threshold: Float
    ) -> [Detection] {
        var found: [Detection] = []
        for (index, prior) in priors.enumerated() where scores[2 * index + 1] >= threshold {
            let reach = Self.centreVariance * prior.size
            let box = PixelBox(
                centreX: prior.x + boxes[4 * index] * reach, centreY: prior.y + boxes[4 * index + 1] * reach,
                width: prior.size * exponential(boxes[4 * index + 2] * Self.sizeVariance),
                height: prior.size * exponential(boxes[4 * index + 3] * Self.sizeVariance))
            let landmarks = (0..<5).map {
                PixelPoint(
                    x: prior.x + points[10 * index + 2 * $0] * reach,
                    y: prior.y + points[10 * index + 2 * $0 + 1] * reach)
            }
            found.append(Detection(box: box, confidence: min(1, scores[2 * index + 1]), landmarks: landmarks))
        }
        return NonMaximumSuppression.strongest(found, limit: Self.overlapLimit)
    }
}
