/// Where a box is and how fast its centre moves: an alpha-beta filter with constant velocity.
struct BoxMotion: Sendable {
    /// How much of the difference between expectation and sight goes into the place, and into the velocity.
    private static let placeGain: Float = 0.85
    private static let velocityGain: Float = 0.5

    /// The filtered box at `time`.
    private(set) var box: PixelBox
    /// In seconds.
    private(set) var time: Double
    /// Pixels a second.
    private var velocity = PixelPoint(x: 0, y: 0)
    private var hasVelocity = false

    init(_ box: PixelBox, at time: Double) {
        self.box = box
        self.time = time
    }

    /// The box expected at a time, if it goes on as it did.
    func expected(at moment: Double) -> PixelBox {
        let elapsed = Float(moment - time)
        let (x, y) = (velocity.x * elapsed, velocity.y * elapsed)
        return PixelBox(left: box.left + x, top: box.top + y, right: box.right + x, bottom: box.bottom + y)
    }

    /// Takes in a sight of it.
    mutating func see(_ seen: PixelBox, at moment: Double) {
        let elapsed = Float(moment - time)
        guard elapsed > 0 else {
            box = seen
            return
        }
        let expected = expected(at: moment)
        let shift = PixelPoint(
            x: (seen.left + seen.right - expected.left - expected.right) / 2,
            y: (seen.top + seen.bottom - expected.top - expected.bottom) / 2)
        // The first difference is all there is to know of the velocity.
        let gain = hasVelocity ? Self.velocityGain : 1
        velocity.x += gain * shift.x / elapsed
        velocity.y += gain * shift.y / elapsed
        hasVelocity = true
        func mix(_ old: Float, _ new: Float) -> Float { old + Self.placeGain * (new - old) }
        box = PixelBox(
            left: mix(expected.left, seen.left), top: mix(expected.top, seen.top),
            right: mix(expected.right, seen.right), bottom: mix(expected.bottom, seen.bottom))
        time = moment
    }
}
