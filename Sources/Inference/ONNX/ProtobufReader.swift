/// Walks the fields of one protocol buffer message, in the order of the file. Every length is checked against what is left.
struct ProtobufReader {
    enum Value {
        case integer(UInt64)
        case fixed32(UInt32)
        case fixed64(UInt64)
        case block(UnsafeRawBufferPointer)
    }

    struct Malformed: Error {
        let position: Int
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next field; nil at the end.
    ///
    /// - Throws: ``Malformed`` where the bytes are no message.
    mutating func next() throws(Malformed) -> (field: Int, value: Value)? {
        guard position < bytes.count else { return nil }
        let tag = try varint()
        let field = tag >> 3
        guard field > 0, field < 1 << 29 else { throw Malformed(position: position) }
        switch tag & 7 {
        case 0: return (Int(field), .integer(try varint()))
        case 1:
            return (Int(field), .fixed64(UInt64(littleEndian: try take(8).loadUnaligned(as: UInt64.self))))
        case 2:
            let count = try varint()
            guard count <= UInt64(bytes.count - position) else { throw Malformed(position: position) }
            return (Int(field), .block(try take(Int(count))))
        case 5:
            return (Int(field), .fixed32(UInt32(littleEndian: try take(4).loadUnaligned(as: UInt32.self))))
        default: throw Malformed(position: position)
        }
    }

    private mutating func take(_ count: Int) throws(Malformed) -> UnsafeRawBufferPointer {
        guard count <= bytes.count - position else { throw Malformed(position: position) }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
    }

    private mutating func varint() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < bytes.count else { throw Malformed(position: position) }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        throw Malformed(position: position)
    }
}

extension ProtobufReader.Value {
    var integer: Int64? {
        if case .integer(let value) = self { Int64(bitPattern: value) } else { nil }
    }

    var block: UnsafeRawBufferPointer? {
        if case .block(let value) = self { value } else { nil }
    }

    var text: String? { block.map { String(decoding: $0, as: UTF8.self) } }

    /// A repeated integer field: one value, or several in a block ("packed").
    func integers() throws(ProtobufReader.Malformed) -> [Int64] {
        if let integer { return [integer] }
        guard let block else { throw ProtobufReader.Malformed(position: 0) }
        var values: [Int64] = []
        var value: UInt64 = 0
        var shift: UInt64 = 0
        for (position, byte) in block.enumerated() {
            guard shift < 70 else { throw ProtobufReader.Malformed(position: position) }
            value |= UInt64(byte & 0x7f) << shift
            shift += 7
            if byte < 0x80 {
                values.append(Int64(bitPattern: value))
                (value, shift) = (0, 0)
            }
        }
        guard shift == 0 else { throw ProtobufReader.Malformed(position: block.count) }
        return values
    }
}
