import Glibc
import Inference

/// MediaPipe's BlazeFace, full range (192x192) and short range (128x128), with six landmarks.
///
/// Anchors and decoding as in MediaPipe 0.10 (`ssd_anchors_calculator`, `tensors_to_detections_calculator`); only the
/// anchors' centres matter, their size is 1.
struct BlazeFaceHead: DetectionHead {
    private static let overlapLimit: Float = 0.3
    private static let pointCount = 6
    /// Regressed numbers for each anchor: a box and the points.
    private static let valueCount = 4 + 2 * pointCount

    let form: PictureTensorForm
    /// Confidence that MediaPipe asks for.
    let usualConfidence: Double
    private let signature: NetworkSignature
    private let anchors: [PixelPoint]
    private let values: TensorRequirement
    private let logits: TensorRequirement

    init(_ signature: NetworkSignature) throws {
        let (width, height) = try signature.pictureSize(.interleaved, usual: (192, 192))
        if (width, height) == (128, 128) {
            anchors = Self.centres(cells: 16, each: 2) + Self.centres(cells: 8, each: 6)
            usualConfidence = 0.5
        } else {
            // The only other size that the family has.
            try signature.require(inputs: [.init(.index(0), .f32, [1, 192, 192, 3])], outputs: [])
            anchors = Self.centres(cells: 48, each: 1)
            usualConfidence = 0.6
        }
        values = TensorRequirement(.index(0), .f32, [1, .length(anchors.count), .length(Self.valueCount)])
        logits = TensorRequirement(.index(1), .f32, [1, .length(anchors.count), 1])
        try signature.require(outputs: [values, logits])
        self.signature = signature
        form = PictureTensorForm(
            width: width, height: height, fit: .centredCorners, channels: .rgb, arrangement: .interleaved,
            mean: [127.5, 127.5, 127.5], scale: 1 / 127.5)
    }

    private static func centres(cells: Int, each: Int) -> [PixelPoint] {
        (0..<cells).flatMap { row in
            (0..<cells).flatMap { column in
                let centre = PixelPoint(
                    x: (Float(column) + 0.5) / Float(cells), y: (Float(row) + 0.5) / Float(cells))
                return [PixelPoint](repeating: centre, count: each)
            }
        }
    }

    func detections(in session: InferenceSession, threshold: Float) throws -> [Detection] {
        try signature.withOutput(values, of: session) { values, _ in
            try signature.withOutput(logits, of: session) { logits, _ in
                var found: [Detection] = []
                for (index, anchor) in anchors.enumerated() {
                    let confidence = 1 / (1 + expf(-min(100, max(-100, logits[index]))))
                    guard confidence >= threshold else { continue }
                    found.append(detection(values, at: index * Self.valueCount, anchor: anchor, confidence: confidence))
                }
                return NonMaximumSuppression.weighted(found, limit: Self.overlapLimit)
            }
        }
    }

    private func detection(
        _ values: UnsafeBufferPointer<Float>, at start: Int, anchor: PixelPoint, confidence: Float
    ) -> Detection {
        // Regressed in pixels of the input, from the anchor's centre.
        let (x, y) = (anchor.x * Float(form.width), anchor.y * Float(form.height))
        let box = PixelBox(
            centreX: x + values[start], centreY: y + values[start + 1], width: values[start + 2],
            height: values[start + 3])
        let points = (0..<Self.pointCount).map {
            PixelPoint(x: x + values[start + 4 + 2 * $0], y: y + values[start + 5 + 2 * $0])
        }
        return Detection(box: box, confidence: confidence, landmarks: points)
    }
}
