/// The one place where JSON is not a subset of what libyaml reads: characters beyond U+FFFF written as two `\u` escapes
/// (RFC 8259, section 7). YAML has `\U` with eight digits instead.
enum JSONEscapes {
    /// `bytes` with surrogate pairs inside double quotes rewritten as `\U` escapes, when the text is JSON (it begins
    /// with `{` or `[`). Such an escape is two bytes shorter, so columns behind it on its line count two less.
    static func joiningSurrogates(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let opening = bytes.first { !isSpace($0) }
        guard opening == UInt8(ascii: "{") || opening == UInt8(ascii: "["), bytes.contains(backslash) else {
            return bytes
        }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var isQuoted = false
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            guard isQuoted, byte == backslash else {
                result.append(byte)
                index += 1
                continue
            }
            if let scalar = surrogatePair(bytes[index...].prefix(12)) {
                let digits = String(scalar, radix: 16, uppercase: true)
                result += "\\U".utf8
                result += String(repeating: "0", count: 8 - digits.count).utf8
                result += digits.utf8
                index += 12
            } else {
                // The escaped character goes along, so that \" does not end the string.
                result += bytes[index...].prefix(2)
                index += 2
            }
        }
        return result[...]
    }

    private static let backslash = UInt8(ascii: "\\")

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

    /// The code point of `\uD8xx\uDCxx`.
    private static func surrogatePair(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        guard bytes.count == 12, let high = unit(bytes.prefix(6)), let low = unit(bytes.suffix(6)) else { return nil }
        guard (0xD800..<0xDC00).contains(high), (0xDC00..<0xE000).contains(low) else { return nil }
        return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
    }

    private static func unit(_ escape: ArraySlice<UInt8>) -> UInt32? {
        guard escape.starts(with: [backslash, UInt8(ascii: "u")]) else { return nil }
        let digits = escape.suffix(4)
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
