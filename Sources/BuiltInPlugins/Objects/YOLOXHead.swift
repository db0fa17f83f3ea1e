import Inference

/// YOLOX of any size: one raw output over grids of stride 8, 16 and 32 (Ge et al., "YOLOX: Exceeding YOLO Series in 2021",
/// and the project's own ONNX demo).
struct YOLOXHead: DetectionHead {
    /// Pixels between the cells of a grid.
    static let strides = [8, 16, 32]

    let form: PictureTensorForm
    private let signature: NetworkSignature
    private let cellCount: Int

    init(_ network: InferenceModel, signature: NetworkSignature) throws {
        let size = try network.withSession { try signature.pictureSize(of: $0, names: ["images", "input"]) }
        let (width, height) = size ?? (640, 640)
        guard width % 32 == 0, height % 32 == 0 else {
            throw signature.mismatch(
                tensor: "the input", shape: [1, 3, height, width], expected: "a width and height in steps of 32")
        }
        self.signature = signature
        // Blue first, not scaled: in the other order a seventh of the detections is lost, scaled to 1 all of them.
        form = PictureTensorForm(width: width, height: height, fit: .topLeft, channels: .bgr, padding: 114)
        cellCount = Self.strides.reduce(0) { $0 + (width / $1) * (height / $1) }
    }

    func detections(in session: InferenceSession, threshold: Float) throws -> [Detection] {
        try signature.withOutput(.index(0), of: session, shape: [1, cellCount, nil]) { values, shape in
            guard shape[2] > 5 else {
                throw signature.mismatch(
                    tensor: "output #0", shape: shape, expected: "[1, \(cellCount), 5 + number of classes]")
            }
            let candidates = decode(values, rowLength: shape[2], threshold: threshold)
            return NonMaximumSuppression.strongest(candidates, limit: ObjectHead.overlapLimit)
        }
    }

    private func decode(_ values: UnsafeBufferPointer<Float>, rowLength: Int, threshold: Float) -> [Detection] {
        var found: [Detection] = []
        var start = 0
        for stride in Self.strides {
            let pixels = Float(stride)
            for row in 0..<(form.height / stride) {
                for column in 0..<(form.width / stride) {
                    defer { start += rowLength }
                    // Classes are at most 1, so most cells are out by their objectness alone.
                    let objectness = values[start + 4]
                    guard objectness >= threshold else { continue }
                    var best = 5
                    for index in 6..<max(6, rowLength) where values[start + index] > values[start + best] {
                        best = index
                    }
                    let confidence = objectness * values[start + best]
                    guard confidence >= threshold else { continue }
                    let box = PixelBox(
                        centreX: (values[start] + Float(column)) * pixels,
                        centreY: (values[start + 1] + Float(row)) * pixels,
                        width: exponential(values[start + 2]) * pixels,
                        height: exponential(values[start + 3]) * pixels)
                    found.append(Detection(box: box, confidence: confidence, classIndex: best - 5))
                }
            }
        }
        return found
    }
}
