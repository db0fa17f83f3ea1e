import Testing

@testable import MediaValues

@Suite struct BLAKE3HasherTests {
    @Test(arguments: BLAKE3Vector.all)
    func officialVector(_ vector: BLAKE3Vector) throws {
        let input = BLAKE3Vector.input(vector.length)
        #expect(ContentHash.blake3(of: input).description == vector.hash)

        var keyed = try #require(BLAKE3Hasher(keyed: Array(BLAKE3Vector.key.utf8)))
        keyed.update(input)
        #expect(keyed.finalize().description == vector.keyedHash)

        var deriving = BLAKE3Hasher(derivingKeyFrom: BLAKE3Vector.context)
        deriving.update(input)
        #expect(deriving.finalize().description == vector.derivedKey)
    }

    @Test func extendedOutput() throws {
        let input = BLAKE3Vector.input(BLAKE3Vector.extendedLength)
        var plain = BLAKE3Hasher()
        plain.update(input)
        #expect(hex(plain.finalize(outputLength: 131)) == BLAKE3Vector.extendedHash)
        #expect(plain.finalize(outputLength: 32) == plain.finalize().bytes)
        #expect(plain.finalize(outputLength: 0).isEmpty)

        var keyed = try #require(BLAKE3Hasher(keyed: Array(BLAKE3Vector.key.utf8)))
        keyed.update(input)
        #expect(hex(keyed.finalize(outputLength: 131)) == BLAKE3Vector.extendedKeyedHash)

        var deriving = BLAKE3Hasher(derivingKeyFrom: BLAKE3Vector.context)
        deriving.update(input)
        #expect(hex(deriving.finalize(outputLength: 131)) == BLAKE3Vector.extendedDerivedKey)
    }

    @Test func keyMustHave32Bytes() {
        #expect(BLAKE3Hasher(keyed: [UInt8](repeating: 1, count: 31)) == nil)
        #expect(BLAKE3Hasher(keyed: [UInt8](repeating: 1, count: 33)) == nil)
    }

    @Test func everyKernelGivesTheScalarResult() {
        let kernels = BLAKE3Kernel.available
        #expect(kernels.first == .scalar && kernels.count >= 2)
        // Every remainder of a group of 16 chunks, parents of every width, and a batch boundary at 256 chunks.
        let lengths = (1...33).map { 1024 * $0 + 1 } + [1024 * 257 - 1, 1024 * 300 + 5]
        let input = BLAKE3Vector.input(lengths.max() ?? 0)
        for length in lengths {
            let hashes = kernels.map { kernel in
                var hasher = BLAKE3Hasher(kernel: kernel)
                hasher.update(input[..<length])
                return hasher.finalize()
            }
            #expect(Set(hashes).count == 1, "\(length) bytes: \(zip(kernels, hashes).map { "\($0): \($1)" })")
        }
    }

    @Test func anySplitGivesTheSameHash() {
        var generator = SplitMix64(seed: UInt64.random(in: 0...UInt64.max))
        let seed = generator.state
        for _ in 0..<40 {
            let length = Int.random(in: 0...200_000, using: &generator)
            let input = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 7) }
            let largestPiece = [1, 63, 1024, 5000, 70_000][Int.random(in: 0..<5, using: &generator)] + length / 500
            var hasher = BLAKE3Hasher()
            var start = 0
            while start < length {
                let end = min(length, start + Int.random(in: 0...largestPiece, using: &generator))
                hasher.update(input[start..<end])
                start = end
            }
            #expect(hasher.finalize() == ContentHash.blake3(of: input), "seed \(seed), length \(length)")
        }
    }

    @Test func copiesContinueIndependently() {
        let input = BLAKE3Vector.input(5000)
        var first = BLAKE3Hasher()
        first.update(input[..<3000])
        var second = first
        second.update([1, 2, 3])
        #expect(first.finalize() == ContentHash.blake3(of: input[..<3000]))
        first.update(input[3000...])
        #expect(first.finalize() == ContentHash.blake3(of: input))
        #expect(second.finalize() == ContentHash.blake3(of: input[..<3000] + [1, 2, 3]))
    }

    @Test func everyKindOfInputIsTheSameBytes() {
        let input = BLAKE3Vector.input(40_000)
        let expected = ContentHash.blake3(of: input)
        var fromSequence = BLAKE3Hasher()
        fromSequence.update(input.lazy.map { $0 })
        #expect(fromSequence.finalize() == expected)
        var fromRaw = BLAKE3Hasher()
        input.withUnsafeBytes { fromRaw.update($0) }
        #expect(fromRaw.finalize() == expected)
        #expect(ContentHash.blake3(of: "naïve ✓") == ContentHash.blake3(of: Array("naïve ✓".utf8)))
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): a failure is repeated from the printed seed.
private struct SplitMix64: RandomNumberGenerator {
    private(set) var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
