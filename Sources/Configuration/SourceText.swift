/// Facts about the raw bytes of a file: encoding and positions.
enum SourceText {
    /// 3 when `bytes` begin with the UTF-8 byte order mark, otherwise 0.
    static func byteOrderMarkLength(_ bytes: [UInt8]) -> Int {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// Throws ``ConfigurationError`` (`invalidEncoding`) at the first byte that is not UTF-8.
    static func checkEncoding(_ bytes: [UInt8], fileName: String) throws {
        let wide = bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) || bytes.prefix(4).contains(0)
        if wide {
            throw ConfigurationError(
                code: .invalidEncoding, file: fileName, location: SourceLocation(line: 1, column: 1),
                message: "the file is not UTF-8 (it looks like UTF-16 or UTF-32); save it as UTF-8")
        }
        guard String(validating: bytes, as: UTF8.self) == nil else { return }
        let offset = firstInvalidByte(bytes)
        let mark = byteOrderMarkLength(bytes)
        throw ConfigurationError(
            code: .invalidEncoding, file: fileName,
            location: location(ofByte: offset - mark, in: bytes.dropFirst(mark)),
            message: "the byte at offset \(offset) is not UTF-8; save the file as UTF-8")
    }

    /// The line and column of the byte at `offset` from the start of `bytes`; everything before it is UTF-8.
    static func location(ofByte offset: Int, in bytes: ArraySlice<UInt8>) -> SourceLocation {
        var line = 1
        var column = 1
        var previous: UInt8 = 0
        for byte in bytes.prefix(max(offset, 0)) {
            if byte == 0x0A || byte == 0x0D {
                // The line feed of CR LF belongs to the break already counted.
                if !(byte == 0x0A && previous == 0x0D) { line += 1 }
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
            previous = byte
        }
        return SourceLocation(line: line, column: column)
    }

    /// Whether the white space at the start of `line` (from 1) contains a tab.
    static func indentationHasTab(onLine line: Int, in bytes: ArraySlice<UInt8>) -> Bool {
        let lines = bytes.split(separator: 0x0A, maxSplits: line, omittingEmptySubsequences: false)
        guard lines.indices.contains(line - 1) else { return false }
        return lines[line - 1].prefix { $0 == 0x20 || $0 == 0x09 }.contains(0x09)
    }

    private static func firstInvalidByte(_ bytes: [UInt8]) -> Int {
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var offset = 0
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .valid(let encoded): offset += encoded.count
            case .error, .emptyInput: return offset
            }
        }
    }
}
