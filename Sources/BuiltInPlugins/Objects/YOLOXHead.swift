import Inference

/// YOLOX of any size: one raw output over grids of stride 8, 16 and 32 (Ge et al., "YOLOX: Exceeding YOLO Series in 2021",
/// and the project's own ONNX demo).
struct YOLOXHead: DetectionHead {
    let form: PictureTensorForm
    private let signature: NetworkSignature
    private let output: TensorRequirement

    init(_ signature: NetworkSignature) throws {
        let (width, height) = try signature.pictureSize(usual: (640, 640), step: 32)
        // A box, the objectness and at least one class for each cell.
        output = TensorRequirement(
            .index(0), .f32, [1, .length(ObjectHead.cellCount(width: width, height: height)), .atLeast(6)])
        try signature.require(outputs: [output])
        self.signature = signature
        // Blue first, not scaled: in the other order a seventh of the detections is lost, scaled to 1 all of them.
        form = PictureTensorForm(width: width, height: height, fit: .topLeft, channels: .bgr, padding: 114)
    }

    func detections(in session: InferenceSession, threshold: Float) throws -> [Detection] {
        try signature.withOutput(output, of: session) { values, shape in
            let candidates = decode(values, rowLength: shape[2], threshold: threshold)
            return NonMaximumSuppression.strongest(candidates, limit: ObjectHead.overlapLimit)
        }
    }

    private func decode(_ values: UnsafeBufferPointer<Float>, rowLength: Int, threshold: Float) -> [Detection] {
        var found: [Detection] = []
        var start = 0
        for stride in ObjectHead.strides {
            let pixels = Float(stride)
            for row in 0..<(form.height / stride) {
                for column in 0..<(form.width / stride) {
                    defer { start += rowLength }
                    // Classes are at most 1, so most cells are out by their objectness alone.
                    let objectness = values[start + 4]
                    guard objectness >= threshold else { continue }
                    var best = 5
                    for index in 6..<rowLength where values[start + index] > values[start + best] {
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
