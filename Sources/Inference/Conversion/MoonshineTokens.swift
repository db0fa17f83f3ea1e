/// Turns Moonshine's `tokenizer.bin` into the `tokens.txt` that sherpa-onnx reads.
///
/// The binary is a sequence of length-prefixed byte strings; a length byte of 128 or more goes on in a second one
/// (length = second × 128 + first − 128). The text has one line per token: its bytes in base64, a space, its index.
enum MoonshineTokens {
    /// - Throws: ``InferenceError`` (`corruptModel`) unless the bytes are a whole number of tokens.
    static func tokensFile(fromTokenizer bytes: [UInt8]) throws -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count * 5 / 2)
        var position = 0
        var index = 0
        while position < bytes.count {
            var length = Int(bytes[position])
            position += 1
            if length >= 128 {
                guard position < bytes.count else { throw damaged(position) }
                length += Int(bytes[position]) * 128 - 128
                position += 1
            }
            guard length <= bytes.count - position else { throw damaged(position) }
            appendBase64(bytes[position..<(position + length)], to: &output)
            output += Array(" \(index)\n".utf8)
            position += length
            index += 1
        }
        guard index > 0 else { throw damaged(0) }
        return output
    }

    private static func damaged(_ position: Int) -> InferenceError {
        InferenceError(.corruptModel, "tokenizer.bin is damaged at byte \(position); install the model again")
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func appendBase64(_ bytes: ArraySlice<UInt8>, to output: inout [UInt8]) {
        var rest = bytes
        while !rest.isEmpty {
            let group = rest.prefix(3)
            rest = rest.dropFirst(3)
            var bits: UInt32 = 0
            for offset in 0..<3 {
                let index = group.startIndex + offset
                bits = bits << 8 | (index < group.endIndex ? UInt32(group[index]) : 0)
            }
            for symbol in 0..<4 {
                output.append(
                    symbol <= group.count ? alphabet[Int(bits >> (18 - 6 * UInt32(symbol)) & 63)] : UInt8(ascii: "="))
            }
        }
    }
}
