import Inference

/// YuNet of the OpenCV model zoo (2023mar): twelve outputs, four for each of the strides 8, 16 and 32, decoded as OpenCV's
/// `FaceDetectorYN` does.
struct YuNetHead: DetectionHead {
    private static let overlapLimit: Float = 0.3

    /// The outputs over the cells of one stride.
    private struct Level {
        let stride: Int
        let cells: Int
        let classes: TensorRequirement
        let objects: TensorRequirement
        let boxes: TensorRequirement
        let points: TensorRequirement

        init(stride: Int, width: Int, height: Int) {
            let cells = (width / stride) * (height / stride)
            func output(_ name: String, _ numbers: Int) -> TensorRequirement {
                TensorRequirement(.name("\(name)_\(stride)"), .f32, [1, .length(cells), .length(numbers)])
            }
            self.stride = stride
            self.cells = cells
            (classes, objects) = (output("cls", 1), output("obj", 1))
            (boxes, points) = (output("bbox", 4), output("kps", 10))
        }
    }

    let form: PictureTensorForm
    private let signature: NetworkSignature
    private let levels: [Level]

    init(_ signature: NetworkSignature) throws {
        let (width, height) = try signature.pictureSize(usual: (640, 640), step: 32)
        levels = [8, 16, 32].map { Level(stride: $0, width: width, height: height) }
        try signature.require(outputs: levels.flatMap { [$0.classes, $0.objects, $0.boxes, $0.points] })
        self.signature = signature
        form = PictureTensorForm(width: width, height: height, fit: .topLeft, channels: .bgr)
    }

    func detections(in session: InferenceSession, threshold: Float) throws -> [Detection] {
        var found: [Detection] = []
        for level in levels {
            try signature.withOutput(level.classes, of: session) { classes, _ in
                try signature.withOutput(level.objects, of: session) { objects, _ in
                    try signature.withOutput(level.boxes, of: session) { boxes, _ in
                        try signature.withOutput(level.points, of: session) { points, _ in
                            for cell in 0..<level.cells {
                                let product = min(1, max(0, classes[cell])) * min(1, max(0, objects[cell]))
                                let confidence = product.squareRoot()
                                guard confidence >= threshold else { continue }
                                found.append(
                                    detection(boxes, points, cell: cell, stride: level.stride, confidence: confidence))
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
