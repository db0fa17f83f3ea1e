import Inference

/// YOLOv8 detectors n, s, m, l, x: one output [1, 4 + classes, cells] of centres and sizes in pixels of the input and
/// class scores 0…1 (Ultralytics' ONNX export without built-in suppression).
struct YOLOv8Head: DetectionHead {
    let form: PictureTensorForm
    private let signature: NetworkSignature
    private let output: TensorRequirement

    init(_ signature: NetworkSignature) throws {
        let (width, height) = try signature.pictureSize(usual: (640, 640), step: 32)
        // Rows of a box and of at least one class; exports with rows and columns exchanged do not fit.
        output = TensorRequirement(
            .index(0), .f32, [1, .atLeast(5), .length(ObjectHead.cellCount(width: width, height: height))])
        try signature.require(outputs: [output])
        self.signature = signature
        form = PictureTensorForm(
            width: width, height: height, fit: .centred, channels: .rgb, scale: 1 / 255, padding: 114)
    }

    func detections(in session: InferenceSession, threshold: Float) throws -> [Detection] {
        try signature.withOutput(output, of: session) { values, shape in
            let candidates = decode(values, classCount: shape[1] - 4, cellCount: shape[2], threshold: threshold)
            return NonMaximumSuppression.strongest(candidates, limit: ObjectHead.overlapLimit)
        }
    }

    private func decode(
        _ values: UnsafeBufferPointer<Float>, classCount: Int, cellCount: Int, threshold: Float
    ) -> [Detection] {
        // A class is one long row: the best of every cell is kept while the rows go by, without branches.
        var best = [Float](repeating: 0, count: cellCount)
        var classes = [Int32](repeating: 0, count: cellCount)
        guard let scores = values.baseAddress else { return [] }
        best.withUnsafeMutableBufferPointer { best in
            classes.withUnsafeMutableBufferPointer { classes in
                for index in 0..<classCount {
                    let row = scores + (4 + index) * cellCount
                    for cell in 0..<cellCount {
                        let isBetter = row[cell] > best[cell]
                        best[cell] = isBetter ? row[cell] : best[cell]
                        classes[cell] = isBetter ? Int32(truncatingIfNeeded: index) : classes[cell]
                    }
                }
            }
        }
        var found: [Detection] = []
        for cell in 0..<cellCount where best[cell] >= threshold {
            let box = PixelBox(
                centreX: values[cell], centreY: values[cellCount + cell], width: values[2 * cellCount + cell],
                height: values[3 * cellCount + cell])
            found.append(Detection(box: box, confidence: best[cell], classIndex: Int(classes[cell])))
        }
        return found
    }
}
