/// An instant on a media timeline: an integer count of ticks of a time base.
///
/// Times stay in the stream's own ticks from the demuxer to the output; seconds and milliseconds are
/// derived only at the edges, so variable frame rate and long files lose nothing.
public struct MediaTime: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    /// Number of ticks; may be negative (edit lists, B-frame delay).
    public var ticks: Int64
    /// The unit of `ticks`.
    public var timeBase: TimeBase

    /// Creates an instant.
    public init(ticks: Int64, timeBase: TimeBase) {
        self.ticks = ticks
        self.timeBase = timeBase
    }

    /// Creates an instant from whole milliseconds.
    public init(milliseconds: Int64) {
        self.init(ticks: milliseconds, timeBase: .milliseconds)
    }

    /// The start of a timeline.
    public static let zero = MediaTime(milliseconds: 0)

    /// Seconds, for arithmetic at the edges only.
    public var seconds: Double {
        Double(ticks) * Double(timeBase.numerator) / Double(timeBase.denominator)
    }

    /// The nearest whole millisecond, halves away from zero.
    public var milliseconds: Int64 { converted(to: .milliseconds).ticks }

    /// The same instant in another unit, rounded to its nearest tick, halves away from zero; saturates.
    public func converted(to target: TimeBase) -> MediaTime {
        guard target != timeBase else { return self }
        let factor = Int64(timeBase.numerator) * Int64(target.denominator)
        let divisor = Int64(timeBase.denominator) * Int64(target.numerator)
        let magnitude = ticks.magnitude.multipliedFullWidth(by: UInt64(factor))
        let half = UInt64(divisor) / 2
        let (low, carry) = magnitude.low.addingReportingOverflow(half)
        let high = magnitude.high &+ (carry ? 1 : 0)
        guard high < UInt64(divisor) else {
            return MediaTime(ticks: ticks < 0 ? .min : .max, timeBase: target)
        }
        let quotient = UInt64(divisor).dividingFullWidth((high, low)).quotient
        let clamped = Int64(clamping: quotient)
        return MediaTime(ticks: ticks < 0 ? -clamped : clamped, timeBase: target)
    }

    /// This instant moved by `offset`, in this instant's unit.
    public func advanced(by offset: MediaTime) -> MediaTime {
        MediaTime(ticks: ticks &+ offset.converted(to: timeBase).ticks, timeBase: timeBase)
    }

    /// Exact comparison across time bases.
    public static func < (left: MediaTime, right: MediaTime) -> Bool {
        if left.timeBase == right.timeBase { return left.ticks < right.ticks }
        let leftFactor = Int64(left.timeBase.numerator) * Int64(right.timeBase.denominator)
        let rightFactor = Int64(right.timeBase.numerator) * Int64(left.timeBase.denominator)
        let leftProduct = left.ticks.multipliedFullWidth(by: leftFactor)
        let rightProduct = right.ticks.multipliedFullWidth(by: rightFactor)
        return (leftProduct.high, leftProduct.low) < (rightProduct.high, rightProduct.low)
    }

    /// `12.345s`, for messages.
    public var description: String {
        let value = milliseconds
        let fraction = String(value.magnitude % 1000)
        let padded = String(repeating: "0", count: 3 - fraction.count) + fraction
        return "\(value < 0 ? "-" : "")\(value.magnitude / 1000).\(padded)s"
    }
}

/// A half-open span `start ..< end` on a media timeline.
public struct TimeRange: Hashable, Sendable, Codable {
    /// First instant inside the span.
    public var start: MediaTime
    /// First instant after the span; never before `start`.
    public var end: MediaTime

    /// Creates a span; an `end` before `start` becomes an empty span at `start`.
    public init(start: MediaTime, end: MediaTime) {
        self.start = start
        self.end = end < start ? start : end
    }

    /// Creates a span of whole milliseconds.
    public init(startMilliseconds: Int64, endMilliseconds: Int64) {
        self.init(
            start: MediaTime(milliseconds: startMilliseconds), end: MediaTime(milliseconds: endMilliseconds))
    }

    /// Length in whole milliseconds.
    public var durationMilliseconds: Int64 { end.milliseconds - start.milliseconds }

    /// Whether the two spans share at least one instant.
    public func overlaps(_ other: TimeRange) -> Bool { start < other.end && other.start < end }
}
