import Foundation

/// A pseudo-random generator whose sequence is fixed by its seed, for property tests.
///
/// SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators").
public struct SeededGenerator: RandomNumberGenerator, Sendable, CustomStringConvertible {
    /// The number that fixes the sequence.
    public let seed: UInt64
    private var state: UInt64

    /// Starts a sequence.
    public init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// How to get the same sequence again; meant as the comment of an expectation.
    public var description: String { "seed \(seed); repeat with \(Self.environmentKey)=\(seed)" }

    /// Name of the environment variable that replaces a test's seeds by one.
    public static let environmentKey = "VIDEO_EXTRACT_TEST_SEED"

    /// Calls `body` with `count` generators of neighbouring seeds, or with the one that the environment names.
    ///
    /// The seed is printed where `body` throws; expectations should carry the generator's description.
    ///
    /// - Throws: what `body` throws.
    public static func withSeeds(
        _ count: Int, from first: UInt64 = 1, _ body: (inout SeededGenerator) throws -> Void
    ) rethrows {
        for seed in seeds(count, from: first) {
            var generator = SeededGenerator(seed: seed)
            do {
                try body(&generator)
            } catch {
                print("property failed with \(generator): \(error)")
                throw error
            }
        }
    }

    /// The seeds that `withSeeds` uses, for asynchronous bodies.
    public static func seeds(_ count: Int, from first: UInt64 = 1) -> [UInt64] {
        if let chosen = ProcessInfo.processInfo.environment[environmentKey].flatMap(UInt64.init) { return [chosen] }
        return (0..<UInt64(max(0, count))).map { first &+ $0 }
    }

    /// A text of at most `maximumLength` characters, often with characters that need escaping somewhere.
    public mutating func text(maximumLength: Int = 12) -> String {
        let alphabet = Array("ab1 ,:;|=()[]\"\\/\n\t\u{1}é漢🎬-_.")
        let length = Int.random(in: 0...maximumLength, using: &self)
        return String((0..<length).map { _ in alphabet[Int.random(in: alphabet.indices, using: &self)] })
    }
}
