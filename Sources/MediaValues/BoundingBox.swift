/// A rectangle in a picture, as fractions 0…1 of its width and height, measured from the top left.
public struct BoundingBox: Hashable, Sendable, Codable {
    /// Left edge.
    public var x: Double
    /// Top edge.
    public var y: Double
    /// Horizontal extent.
    public var width: Double
    /// Vertical extent.
    public var height: Double

    /// Creates a box; nothing is clamped.
    public init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// Area shared by both boxes divided by the area covered by either (intersection over union), 0…1.
    public func intersectionOverUnion(_ other: BoundingBox) -> Double {
        let overlapWidth = min(x + width, other.x + other.width) - max(x, other.x)
        let overlapHeight = min(y + height, other.y + other.height) - max(y, other.y)
        guard overlapWidth > 0, overlapHeight > 0 else { return 0 }
        let shared = overlapWidth * overlapHeight
        return shared / (width * height + other.width * other.height - shared)
    }
}
