import Glibc
import MediaValues

/// A rectangle in pixels; of the network's input or of the picture, as the place says.
struct PixelBox: Sendable, Hashable {
    var left: Float
    var top: Float
    var right: Float
    var bottom: Float

    init(left: Float, top: Float, right: Float, bottom: Float) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }

    init(centreX: Float, centreY: Float, width: Float, height: Float) {
        self.init(
            left: centreX - width / 2, top: centreY - height / 2, right: centreX + width / 2,
            bottom: centreY + height / 2)
    }

    var width: Float { right - left }
    var height: Float { bottom - top }
    var area: Float { max(0, width) * max(0, height) }

    /// Shared area divided by the area that either covers, 0…1.
    @inline(__always) func intersectionOverUnion(_ other: PixelBox) -> Float {
        let sharedWidth = min(right, other.right) - max(left, other.left)
        let sharedHeight = min(bottom, other.bottom) - max(top, other.top)
        guard sharedWidth > 0, sharedHeight > 0 else { return 0 }
        let shared = sharedWidth * sharedHeight
        return shared / (area + other.area - shared)
    }

    /// As fractions of a picture's size, cut at its edges, to five decimals (less than a tenth of a pixel at 8K).
    func fractions(ofWidth width: Int, height: Int) -> BoundingBox {
        func fraction(_ value: Float, _ length: Int) -> Double {
            min(1, max(0, Double(value) / Double(max(1, length))))
        }
        let (x, y) = (fraction(left, width), fraction(top, height))
        let (endX, endY) = (fraction(right, width), fraction(bottom, height))
        return BoundingBox(
            x: x.rounded(decimals: 5), y: y.rounded(decimals: 5), width: max(0, endX - x).rounded(decimals: 5),
            height: max(0, endY - y).rounded(decimals: 5))
    }
}

/// A point in pixels.
struct PixelPoint: Sendable, Hashable {
    var x: Float
    var y: Float
}

/// Something that a network found.
struct Detection: Sendable, Hashable {
    var box: PixelBox
    /// 0…1.
    var confidence: Float
    /// Index among the network's classes; 0 where it knows just one thing.
    var classIndex = 0
    /// Points in the order of the network's family; empty where it gives none.
    var landmarks: [PixelPoint] = []
}

/// `exp`, held below what a picture could need, so that a mad output stays a number.
func exponential(_ value: Float) -> Float { expf(min(value, 20)) }
