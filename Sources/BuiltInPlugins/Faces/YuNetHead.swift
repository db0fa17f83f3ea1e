import Inference

/// YuNet of the OpenCV model zoo (2023mar): twelve outputs, four for each of the strides 8, 16 and 32, decoded as OpenCV's
/// `FaceDetectorYN` does.
struct YuNetHead: DetectionHead {
    private static let overlapLimit: Float = 0.3
    private static let strides = [8, 16, 32]

    let form: PictureTensorForm
    private let signature: NetworkSignature

    init(_ network: InferenceModel, signature: NetworkSignature) throws {
        let size = try network.withSession { try signature.pictureSize(of: $0, names: ["input"]) }
        let (width, height) = size ?? (640, 640)
        guard width % 32 == 0, height % 32 == 0 else {
            throw signature.mismatch(
                tensor: "the input", shape: [1, 3, height, width], expected: "a width and height in steps of 32")
        }
        self.signature = signature
        form = PictureTensorForm(width: width, height: height, fit: .topLeft, channels: .bgr)
    }

    func detections(in session: InferenceSession, threshold: Float) throws -> [Detection] {
        var found: [Detection] = []
        for stride in Self.strides {
            let cells = (form.width / stride) * (form.height / stride)
            func lend<Result>(
                _ name: String, width: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Result
            ) throws -> Result {
                try signature.withOutput(.name("\(name)_\(stride)"), of: session, shape: [1, cells, width]) {
                    values, _ in
                    try body(values)
                }
            }
            try lend("cls", width: 1) { classes in
                try lend("obj", width: 1) { objects in
                    try lend("bbox", width: 4) { boxes in
                        try lend("kps", width: 10) { points in
                            for cell in 0..<cells {
                                let product = min(1, max(0, classes[cell])) * min(1, max(0, objects[cell]))
                                let confidence = product.squareRoot()
                                guard confidence >= threshold else { continue }
                                found.append(
                                    detection(boxes, points, cell: cell, stride: stride, confidence: confidence))
                            }
                        }
                    }
                }
            }
        }
        return NonMaximumSuppression.strongest(found, limit: Self.overlapLimit)
    }

    private func detection(
        _ boxes: UnsafeBufferPointer<Float>, _ points: UnsafeBufferPointer<Float>, cell: Int, stride: Int,
        confidence: Float
    ) -> Detection {
        let columns = form.width / stride
        let (column, row, pixels) = (Float(cell % columns), Float(cell / columns), Float(stride))
        let box = PixelBox(
            centreX: (column + boxes[4 * cell]) * pixels, centreY: (row + boxes[4 * cell + 1]) * pixels,
            width: exponential(boxes[4 * cell + 2]) * pixels, height: exponential(boxes[4 * cell + 3]) * pixels)
        let landmarks = (0..<5).map {
            PixelPoint(
                x: (column + points[10 * cell + 2 * $0]) * pixels, y: (row + points[10 * cell + 2 * $0 + 1]) * pixels)
        }
        return Detection(box: box, confidence: confidence, landmarks: landmarks)
    }
}
