import Inference

/// Finds lines of text with the PP-OCR detection network.
struct TextDetector: Sendable {
    private let signature: NetworkSignature
    private let regions = TextRegions()

    /// - Throws: `PluginError` (`invalidModel`) where the network is another one.
    init(network: InferenceModel, model: String) throws {
        signature = NetworkSignature(network: network, model: model)
        try signature.require(
            inputs: [.init(.index(0), .f32, [1, 3, nil, nil])], outputs: [Self.map(width: nil, height: nil)])
    }

    /// The probability that a pixel belongs to text.
    private static func map(width: Int?, height: Int?) -> TensorRequirement {
        TensorRequirement(.index(0), .f32, [1, 1, .length(height), .length(width)])
    }

    /// Longest side of the network's input in pixels, and what to do with larger pictures.
    struct Scale: Sendable, Hashable {
        /// Smaller pictures are enlarged to this, at most twofold: the network overlooks letters below about 10 pixels.
        var enlargedTo: Int
        /// Larger pictures are reduced to this.
        var reducedTo: Int

        /// Width and height for a picture, multiples of 32.
        func size(width: Int, height: Int) -> (width: Int, height: Int) {
            let longer = Double(max(width, height))
            let factor = min(Double(reducedTo) / longer, max(1, min(2, Double(enlargedTo) / longer)))
            func rounded(_ side: Int) -> Int { max(32, Int((Double(side) * factor / 32).rounded()) * 32) }
            return (rounded(width), rounded(height))
        }
    }

    /// The lines in reading order, in pixels of the picture.
    ///
    /// - Throws: `PluginError` (`invalidModel`) where the network fails or answers in another form.
    func lines(in picture: TextPicture, scale: Scale) throws -> [Quadrilateral] {
        let (width, height) = scale.size(width: picture.width, height: picture.height)
        let input = picture.resized(width: width, height: height)
        let rectangles = try signature.withOutput(Self.map(width: width, height: height)) { session in
            try input.withUnsafeBufferPointer { values in
                try session.run([.floats(.index(0), values, shape: [1, 3, height, width])])
            }
        } read: { map, _ in
            regions.rectangles(in: map, width: width, height: height)
        }
        let lines = rectangles.compactMap { rectangle in
            Self.line(
                rectangle, stepX: Double(picture.width) / Double(width),
                stepY: Double(picture.height) / Double(height), picture: picture)
        }
        return ReadingOrder.sorted(lines, by: \.self)
    }

    /// Lines of at most three pixels in either direction cannot be read.
    private static func line(
        _ rectangle: RotatedRectangle, stepX: Double, stepY: Double, picture: TextPicture
    ) -> Quadrilateral? {
        let corners = rectangle.corners.map {
            PagePoint(
                x: min(Double(picture.width), max(0, $0.x * stepX)),
                y: min(Double(picture.height), max(0, $0.y * stepY)))
        }
        guard let line = Quadrilateral(ordering: corners), line.width > 3, line.height > 3 else { return nil }
        return line
    }
}
