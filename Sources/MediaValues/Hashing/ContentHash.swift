/// A 256-bit BLAKE3 digest: the identity of a file's bytes, of a model file, or of a cache key.
public struct ContentHash: Hashable, Sendable {
    /// Number of bytes in a digest.
    public static let byteCount = 32

    private let words: SIMD8<UInt32>

    /// - Parameter words: the digest as eight little-endian words, BLAKE3's own order.
    init(words: SIMD8<UInt32>) {
        self.words = words
    }

    /// Takes a digest computed elsewhere; `nil` unless there are exactly 32 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(words: SIMD8(littleEndianBytes: bytes))
    }

    /// Reads 64 hexadecimal digits, upper or lower case; `nil` for anything else.
    public init?(hex: some StringProtocol) {
        let digits = hex.utf8
        guard digits.count == 2 * Self.byteCount else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        var high: UInt8?
        for digit in digits {
            guard let value = Self.hexValue(of: digit) else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        self.init(bytes: bytes)
    }

    /// The 32 bytes of the digest.
    public var bytes: [UInt8] {
        withUnsafeBytes(of: words) { Array($0) }
    }

    private static func hexValue(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension ContentHash: CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    public var description: String {
        let digits: StaticString = "0123456789abcdef"
        return String(unsafeUninitializedCapacity: 2 * Self.byteCount) { text in
            withUnsafeBytes(of: words) { bytes in
                for (index, byte) in bytes.enumerated() {
                    text[2 * index] = digits.utf8Start[Int(byte >> 4)]
                    text[2 * index + 1] = digits.utf8Start[Int(byte & 0xF)]
                }
            }
            return 2 * Self.byteCount
        }
    }
}

extension ContentHash: Codable {
    /// Decodes the hexadecimal form.
    /// - Throws: `DecodingError.dataCorrupted` unless the value is 64 hexadecimal digits.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let hash = ContentHash(hex: text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a content hash is 64 hexadecimal digits, not \"\(text)\"")
        }
        self = hash
    }

    /// Encodes the hexadecimal form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension ContentHash {
    /// The BLAKE3 hash of bytes in memory.
    public static func blake3(of bytes: some Collection<UInt8>) -> ContentHash {
        var hasher = BLAKE3Hasher()
        hasher.update(bytes)
        return hasher.finalize()
    }

    /// The BLAKE3 hash of a string's UTF-8 bytes.
    public static func blake3(of string: String) -> ContentHash {
        var hasher = BLAKE3Hasher()
        hasher.update(string)
        return hasher.finalize()
    }
}

extension SIMD8<UInt32> {
    /// Eight little-endian words from exactly 32 bytes.
    init(littleEndianBytes bytes: some Collection<UInt8>) {
        var words = SIMD8<UInt32>()
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
        self = words
    }
}
