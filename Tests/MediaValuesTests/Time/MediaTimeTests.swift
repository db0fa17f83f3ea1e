import MediaValues
import Testing
import VideoExtractTesting

/// Exact rational arithmetic in 128 bits, written apart from the code under test: numerator over a positive denominator.
private struct Rational {
    let numerator: Int128
    let denominator: Int128

    /// Seconds of an instant.
    init(_ time: MediaTime) {
        numerator = Int128(time.ticks) * Int128(time.timeBase.numerator)
        denominator = Int128(time.timeBase.denominator)
    }

    /// Nearest whole number of `timeBase` ticks, halves away from zero.
    func ticks(of timeBase: TimeBase) -> Int128 {
        let top = numerator.magnitude * UInt128(timeBase.denominator)
        let bottom = UInt128(denominator) * UInt128(timeBase.numerator)
        let (quotient, remainder) = top.quotientAndRemainder(dividingBy: bottom)
        let rounded = Int128(quotient + (remainder >= bottom - remainder ? 1 : 0))
        return numerator < 0 ? -rounded : rounded
    }

    static func isLess(_ left: Rational, _ right: Rational) -> Bool {
        left.numerator * right.denominator < right.numerator * left.denominator
    }
}

struct MediaTimeTests {
    private static let common: [(Int32, Int32)] = [
        (1, 1000), (1, 1_000_000), (1, 90000), (1, 48000), (1, 44100), (1001, 30000), (1, 25), (1, 1), (1, .max),
        (.max, 1),
    ]

    private func timeBase(_ generator: inout SeededGenerator) throws -> TimeBase {
        let parts =
            Bool.random(using: &generator)
            ? Self.common.randomElement(using: &generator) ?? (1, 1)
            : (Int32.random(in: 1...100_000, using: &generator), Int32.random(in: 1...100_000, using: &generator))
        return try #require(TimeBase(numerator: parts.0, denominator: parts.1))
    }

    private func time(_ generator: inout SeededGenerator) throws -> MediaTime {
        // Small counts meet halves and equal instants often; large ones meet the edges of 64 bits.
        let bits = Int64.random(in: 1...62, using: &generator)
        let limit = Int64(1) << bits
        return MediaTime(
            ticks: Int64.random(in: -limit...limit, using: &generator), timeBase: try timeBase(&generator))
    }

    @Test func conversionMatchesExactArithmetic() throws {
        try SeededGenerator.withSeeds(2000) { generator in
            let value = try time(&generator)
            let target = try timeBase(&generator)
            let exact = Rational(value).ticks(of: target)
            let expected = exact > Int128(Int64.max) ? Int64.max : exact < Int128(-Int64.max) ? nil : Int64(exact)
            let actual = value.converted(to: target)
            #expect(actual.timeBase == target)
            if let expected {
                #expect(actual.ticks == expected, "\(value.ticks) × \(value.timeBase) in \(target), \(generator)")
            } else {
                #expect(actual.ticks <= -Int64.max, "saturates below, \(generator)")
            }
        }
    }

    @Test func comparisonIsExactAcrossTimeBases() throws {
        try SeededGenerator.withSeeds(2000) { generator in
            let left = try time(&generator)
            var right = try time(&generator)
            if Bool.random(using: &generator) { right = left.converted(to: right.timeBase) }
            let expected = Rational.isLess(Rational(left), Rational(right))
            #expect(
                (left < right) == expected,
                "\(left.ticks) × \(left.timeBase), \(right.ticks) × \(right.timeBase), \(generator)")
        }
    }

    @Test func conversionToAFinerMultipleAndBackIsLossless() throws {
        let base = try #require(TimeBase(numerator: 1, denominator: 25))
        let finer = try #require(TimeBase(numerator: 1, denominator: 90000))
        SeededGenerator.withSeeds(200) { generator in
            let value = MediaTime(ticks: Int64.random(in: -1_000_000...1_000_000, using: &generator), timeBase: base)
            #expect(value.converted(to: finer).converted(to: base) == value, "\(generator)")
        }
    }

    @Test(arguments: [
        (1, 2000, 1), (-1, 2000, -1), (1, 2001, 0), (3, 2000, 2), (1001, 30000, 33), (0, 1, 0),
    ])
    func millisecondsRoundHalvesAwayFromZero(ticks: Int64, denominator: Int32, milliseconds: Int64) throws {
        let base = try #require(TimeBase(numerator: 1, denominator: denominator))
        #expect(MediaTime(ticks: ticks, timeBase: base).milliseconds == milliseconds)
    }

    @Test func describesItselfInSeconds() {
        #expect(MediaTime(milliseconds: 12345).description == "12.345s")
        #expect(MediaTime(milliseconds: -5).description == "-0.005s")
        #expect(MediaTime(milliseconds: 0).description == "0.000s")
    }

    @Test func advancingKeepsTheUnit() throws {
        let base = try #require(TimeBase(numerator: 1, denominator: 90000))
        let moved = MediaTime(ticks: 90, timeBase: base).advanced(by: MediaTime(milliseconds: 2))
        #expect(moved == MediaTime(ticks: 270, timeBase: base))
    }

    @Test func timeBasesRefuseWhatIsNotPositive() {
        #expect(TimeBase(numerator: 0, denominator: 1) == nil)
        #expect(TimeBase(numerator: 1, denominator: 0) == nil)
        #expect(TimeBase(numerator: -1, denominator: 1000) == nil)
        #expect(TimeBase.samples(perSecond: 0).denominator == 1)
    }

    @Test func rangesNeverEndBeforeTheyStart() {
        let range = TimeRange(startMilliseconds: 10, endMilliseconds: 5)
        #expect(range.durationMilliseconds == 0)
        #expect(!range.overlaps(TimeRange(startMilliseconds: 0, endMilliseconds: 10)))
        #expect(
            TimeRange(startMilliseconds: 0, endMilliseconds: 11).overlaps(
                TimeRange(startMilliseconds: 10, endMilliseconds: 20)))
        #expect(
            !TimeRange(startMilliseconds: 0, endMilliseconds: 10).overlaps(
                TimeRange(startMilliseconds: 10, endMilliseconds: 20)))
    }
}
