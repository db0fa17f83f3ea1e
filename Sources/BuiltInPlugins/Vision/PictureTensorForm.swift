/// What a network wants to see: the size of its input, how the picture is put into it, and the numbers for its pixels.
struct PictureTensorForm: Sendable, Hashable {
    /// How a picture of another shape fills the input.
    enum Fit: Sendable, Hashable {
        /// Each axis scaled on its own.
        case stretched
        /// Shape kept; at the top left, the rest padded.
        case topLeft
        /// Shape kept; in the middle, the rest padded.
        case centred
        /// As `centred`, but with pixel corners in place of pixel centres on the grid, and a border of whole fractions of a
        /// pixel: what MediaPipe's affine crop does.
        case centredCorners
    }

    /// Order of the colours.
    enum Channels: Sendable, Hashable {
        case rgb
        case bgr
    }

    /// One plane for each channel (NCHW), or the channels of a pixel side by side (NHWC).
    enum Arrangement: Sendable, Hashable {
        case planar
        case interleaved
    }

    var width: Int
    var height: Int
    var fit: Fit
    var channels: Channels
    var arrangement: Arrangement = .planar
    /// Subtracted from the channels 0…255, in the order of `channels`.
    var mean: [Float] = [0, 0, 0]
    /// Multiplied with what remains; positive.
    var scale: Float = 1
    /// Value of the padding, 0…255.
    var padding: Float = 0

    /// Dimensions of the tensor, with one picture in it.
    var shape: [Int] { arrangement == .planar ? [1, 3, height, width] : [1, height, width, 3] }

    func placement(ofWidth pictureWidth: Int, height pictureHeight: Int) -> PicturePlacement {
        let (w, h) = (Double(max(1, pictureWidth)), Double(max(1, pictureHeight)))
        let ratio = min(Double(height) / h, Double(width) / w)
        switch fit {
        case .stretched:
            return PicturePlacement(
                horizontal: .init(pixels: 0..<width, of: pictureWidth),
                vertical: .init(pixels: 0..<height, of: pictureHeight))
        case .topLeft:
            return PicturePlacement(
                horizontal: .init(pixels: 0..<max(1, Int(w * ratio)), of: pictureWidth),
                vertical: .init(pixels: 0..<max(1, Int(h * ratio)), of: pictureHeight))
        case .centred:
            func span(_ length: Double, in available: Int) -> Range<Int> {
                let size = min(available, max(1, Int((length * ratio).rounded(.toNearestOrEven))))
                let start = (available - size) / 2
                return start..<(start + size)
            }
            return PicturePlacement(
                horizontal: .init(pixels: span(w, in: width), of: pictureWidth),
                vertical: .init(pixels: span(h, in: height), of: pictureHeight))
        case .centredCorners:
            return PicturePlacement(
                horizontal: .init(cornersCentredIn: width, scale: ratio, of: pictureWidth),
                vertical: .init(cornersCentredIn: height, scale: ratio, of: pictureHeight))
        }
    }
}

/// Where in a network's input the picture is.
struct PicturePlacement: Sendable, Hashable {
    /// One axis: `input = picture * scale + offset`.
    struct Axis: Sendable, Hashable {
        let scale: Double
        let offset: Double
        /// Pixels of the input that show the picture.
        let pixels: Range<Int>
        /// Half a pixel where the grids agree at pixel centres.
        private let centre: Double

        /// The whole picture in the given pixels.
        init(pixels: Range<Int>, of length: Int) {
            self.pixels = pixels
            scale = Double(pixels.count) / Double(max(1, length))
            offset = Double(pixels.lowerBound)
            centre = 0.5
        }

        init(cornersCentredIn available: Int, scale: Double, of length: Int) {
            self.scale = scale
            let length = Double(max(1, length))
            offset = (Double(available) - length * scale) / 2
            centre = 0
            let first = max(0, min(available - 1, Int(offset.rounded(.up))))
            let last = max(first, min(available - 1, Int((offset + (length - 1) * scale).rounded(.down))))
            pixels = first..<(last + 1)
        }

        /// Position in the picture of a pixel of the input, in units of samples.
        func source(of pixel: Int) -> Double { (Double(pixel) + centre - offset) / scale - centre }

        /// The coordinate in the picture for one in the input.
        func picture(_ coordinate: Float) -> Float { Float((Double(coordinate) - offset) / scale) }
    }

    let horizontal: Axis
    let vertical: Axis

    func pictureBox(_ box: PixelBox) -> PixelBox {
        PixelBox(
            left: horizontal.picture(box.left), top: vertical.picture(box.top), right: horizontal.picture(box.right),
            bottom: vertical.picture(box.bottom))
    }

    func picturePoint(_ point: PixelPoint) -> PixelPoint {
        PixelPoint(x: horizontal.picture(point.x), y: vertical.picture(point.y))
    }
}
