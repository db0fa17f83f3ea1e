public import Foundation

/// JSON as this product writes it: snake-case keys in alphabetical order, no escaped slashes; byte-exact for equal
/// values.
public enum ResultEncoding {
    /// On one line, for streams.
    ///
    /// - Throws: `EncodingError` for NaN and infinities.
    public static func compact(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return [UInt8](try encoder.encode(value))
    }

    /// Indented, with a final newline, for files.
    ///
    /// - Throws: `EncodingError` for NaN and infinities.
    public static func pretty(_ value: some Encodable) throws -> [UInt8] { prettified(try compact(value)) }

    /// Breaks a compact JSON text into indented lines, in one linear pass; empty containers stay on their line.
    public static func prettified(_ text: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count * 2)
        var depth = 0
        var isInString = false
        var isEscaped = false
        func breakLine() {
            output.append(UInt8(ascii: "\n"))
            for _ in 0..<depth { output += [0x20, 0x20] }
        }
        for (index, byte) in text.enumerated() {
            if isInString {
                output.append(byte)
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                output.append(byte)
                // The closing bracket of either kind is two codes after the opening one.
                if index + 1 < text.count, text[index + 1] == byte + 2 { continue }
                depth += 1
                breakLine()
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if index > 0, text[index - 1] != byte - 2 {
                    depth -= 1
                    breakLine()
                }
                output.append(byte)
            case UInt8(ascii: ","):
                output.append(byte)
                breakLine()
            case UInt8(ascii: ":"):
                output += [byte, 0x20]
            default:
                isInString = byte == UInt8(ascii: "\"")
                output.append(byte)
            }
        }
        return output + [UInt8(ascii: "\n")]
    }

    /// Reads what the two functions above write.
    public static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    /// Takes the white space between the tokens of a JSON text away, in one linear pass; strings stay as they are.
    public static func minified(_ text: some Collection<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var isInString = false
        var isEscaped = false
        for byte in text {
            if isInString {
                output.append(byte)
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isInString = true
                output.append(byte)
            } else if byte != 0x20, byte != 0x0A, byte != 0x0D, byte != 0x09 {
                output.append(byte)
            }
        }
        return output
    }
}
