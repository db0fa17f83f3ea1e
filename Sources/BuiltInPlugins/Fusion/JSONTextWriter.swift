/// Writes JSON as `ResultEncoding.pretty` does, without the detour over a generic encoder: a film's fusion has
/// hundreds of thousands of small records, for which that takes seconds. The caller names members in alphabetical
/// order.
struct JSONTextWriter {
    private(set) var bytes: [UInt8] = []
    private var depth = 0
    /// Whether the container that is open has no element yet.
    private var isFirst = true

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// An object, as a document or an element of an array.
    mutating func object(_ body: (inout JSONTextWriter) -> Void) {
        container(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
    }

    /// A member that is an object.
    mutating func object(_ name: StaticString, _ body: (inout JSONTextWriter) -> Void) {
        key(name)
        object(body)
    }

    /// A member that is an array of objects.
    mutating func array<Element>(
        _ name: StaticString, _ elements: [Element], _ body: (inout JSONTextWriter, Element) -> Void
    ) {
        key(name)
        container(UInt8(ascii: "["), UInt8(ascii: "]")) { writer in
            for element in elements {
                writer.separate()
                writer.object { body(&$0, element) }
            }
        }
    }

    /// A member that is an array of strings.
    mutating func strings(_ name: StaticString, _ elements: [String]) {
        key(name)
        container(UInt8(ascii: "["), UInt8(ascii: "]")) { writer in
            for element in elements {
                writer.separate()
                writer.text(element)
            }
        }
    }

    /// A member that is an object of whole numbers.
    mutating func numbers(_ name: StaticString, _ values: [String: Int]) {
        object(name) { writer in
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                writer.separate()
                writer.text(key)
                writer.bytes += [UInt8(ascii: ":"), UInt8(ascii: " ")]
                writer.bytes += String(value).utf8
            }
        }
    }

    /// A member that is a string; nothing for nil.
    mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        key(name)
        text(value)
    }

    /// A member that is a whole number; nothing for nil.
    mutating func member(_ name: StaticString, _ value: (some BinaryInteger)?) {
        guard let value else { return }
        key(name)
        bytes += String(value).utf8
    }

    /// A member that is a finite number; nothing for nil.
    mutating func member(_ name: StaticString, _ value: Double?) {
        guard let value else { return }
        key(name)
        let text = value.description
        bytes += text.hasSuffix(".0") ? text.utf8.dropLast(2) : text.utf8[...]
    }

    /// A member that is true or false.
    mutating func member(_ name: StaticString, _ value: Bool) {
        key(name)
        bytes += (value ? "true" : "false").utf8
    }

    /// Ends the document with a line feed.
    mutating func finish() { bytes.append(UInt8(ascii: "\n")) }

    private mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes += $0 }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
    }

    private mutating func container(_ open: UInt8, _ close: UInt8, _ body: (inout JSONTextWriter) -> Void) {
        bytes.append(open)
        isFirst = true
        depth += 1
        body(&self)
        depth -= 1
        // An empty one stays on its line.
        if !isFirst { breakLine() }
        bytes.append(close)
        isFirst = false
    }

    private mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        breakLine()
        isFirst = false
    }

    private mutating func breakLine() {
        bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<(2 * depth) { bytes.append(UInt8(ascii: " ")) }
    }

    private mutating func text(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x08: bytes += "\\b".utf8
            case 0x09: bytes += "\\t".utf8
            case 0x0A: bytes += "\\n".utf8
            case 0x0C: bytes += "\\f".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                bytes += "\\u00".utf8
                bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
