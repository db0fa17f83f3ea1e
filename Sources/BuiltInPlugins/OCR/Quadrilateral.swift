import Glibc
import MediaValues
import PluginKit

/// A point in a picture, in pixels: the first pixel covers 0…1.
struct PagePoint: Sendable, Hashable {
    var x: Double
    var y: Double

    func distance(to other: PagePoint) -> Double { hypot(x - other.x, y - other.y) }
}

/// Four corners around a line of text, in reading direction: top left, top right, bottom right, bottom left.
struct Quadrilateral: Sendable, Hashable {
    var topLeft: PagePoint
    var topRight: PagePoint
    var bottomRight: PagePoint
    var bottomLeft: PagePoint

    /// Longer of the two edges along the text.
    var width: Double { max(topLeft.distance(to: topRight), bottomLeft.distance(to: bottomRight)) }

    /// Longer of the two edges across the text.
    var height: Double { max(topLeft.distance(to: bottomLeft), topRight.distance(to: bottomRight)) }

    var corners: [PagePoint] { [topLeft, topRight, bottomRight, bottomLeft] }

    init(topLeft: PagePoint, topRight: PagePoint, bottomRight: PagePoint, bottomLeft: PagePoint) {
        self.topLeft = topLeft
        self.topRight = topRight
        self.bottomRight = bottomRight
        self.bottomLeft = bottomLeft
    }

    /// An upright rectangle.
    init(left: Double, top: Double, right: Double, bottom: Double) {
        self.init(
            topLeft: PagePoint(x: left, y: top), topRight: PagePoint(x: right, y: top),
            bottomRight: PagePoint(x: right, y: bottom), bottomLeft: PagePoint(x: left, y: bottom))
    }

    /// Brings the corners of a rectangle, in any order, into the order of text that reads from left to right: the two on
    /// the left and the two on the right, each from top to bottom. Nil unless there are four.
    init?(ordering corners: [PagePoint]) {
        guard corners.count == 4 else { return nil }
        let sorted = corners.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
        let left = sorted[0].y <= sorted[1].y ? (sorted[0], sorted[1]) : (sorted[1], sorted[0])
        let right = sorted[2].y <= sorted[3].y ? (sorted[2], sorted[3]) : (sorted[3], sorted[2])
        self.init(topLeft: left.0, topRight: right.0, bottomRight: right.1, bottomLeft: left.1)
    }

    /// The same area read after a quarter turn: text that runs downwards becomes a line that reads from the left.
    var readDownwards: Quadrilateral {
        Quadrilateral(topLeft: topRight, topRight: bottomRight, bottomRight: bottomLeft, bottomLeft: topLeft)
    }

    /// The same area read upside down.
    var turnedOver: Quadrilateral { readDownwards.readDownwards }

    /// Smallest upright rectangle around it, as fractions of a picture.
    func box(width: Double, height: Double) -> BoundingBox {
        let points = polygon(width: width, height: height)
        let left = points.map(\.x).min() ?? 0
        let top = points.map(\.y).min() ?? 0
        return BoundingBox(
            x: left, y: top, width: ((points.map(\.x).max() ?? 0) - left).rounded(decimals: 5),
            height: ((points.map(\.y).max() ?? 0) - top).rounded(decimals: 5))
    }

    /// The corners as fractions 0…1 of a picture, to five decimals.
    func polygon(width: Double, height: Double) -> [PicturePoint] {
        corners.map {
            PicturePoint(
                x: min(1, max(0, $0.x / width)).rounded(decimals: 5),
                y: min(1, max(0, $0.y / height)).rounded(decimals: 5))
        }
    }

    /// The projective map from the unit square to the corners, nine values row-major (Heckbert, "Fundamentals of Texture
    /// Mapping and Image Warping", 1989, §2.2.3). An area without extent maps like a parallelogram.
    var homography: [Float] {
        let (p0, p1, p2, p3) = (topLeft, topRight, bottomRight, bottomLeft)
        let sumX = p0.x - p1.x + p2.x - p3.x
        let sumY = p0.y - p1.y + p2.y - p3.y
        let (dx1, dy1) = (p1.x - p2.x, p1.y - p2.y)
        let (dx2, dy2) = (p3.x - p2.x, p3.y - p2.y)
        let determinant = dx1 * dy2 - dx2 * dy1
        var g = 0.0
        var h = 0.0
        if abs(determinant) > 1e-9 {
            g = (sumX * dy2 - dx2 * sumY) / determinant
            h = (dx1 * sumY - sumX * dy1) / determinant
        }
        return [
            p1.x - p0.x + g * p1.x, p3.x - p0.x + h * p3.x, p0.x,
            p1.y - p0.y + g * p1.y, p3.y - p0.y + h * p3.y, p0.y,
            g, h, 1,
        ].map(Float.init)
    }
}
