/// Reads one pickle (Python's pickletools, protocol 2) of a PyTorch checkpoint without executing anything.
///
/// It knows the opcodes that such files use and the four names below; a name, an opcode or a call beyond those is an error.
/// Dictionaries and lists live in a table and are referred to by number, as pickles may refer to one several times.
struct PickleMachine {
    struct Tensor {
        let storage: String
        let offset: Int
        let shape: [Int]
        let strides: [Int]
    }

    enum Name: String {
        case orderedDictionary = "collections OrderedDict"
        case rebuildTensor = "torch._utils _rebuild_tensor"
        case rebuildTensor2 = "torch._utils _rebuild_tensor_v2"
        case floatStorage = "torch FloatStorage"
    }

    indirect enum Value {
        case nothing
        case mark
        case truth(Bool)
        case integer(Int)
        /// Little-endian two's complement, for integers that do not fit.
        case longInteger([UInt8])
        case number(Double)
        case text(String)
        case tuple([Value])
        case name(Name)
        case storage(key: String)
        case tensor(Tensor)
        case list(Int)
        case dictionary(Int)
    }

    /// Where the next byte to read is.
    private(set) var position: Int
    private let bytes: [UInt8]
    private var stack: [Value] = []
    private var memo: [Int: Value] = [:]
    private var lists: [[Value]] = []
    private var dictionaries: [[(key: Value, value: Value)]] = []

    init(_ bytes: [UInt8], at position: Int) {
        self.bytes = bytes
        self.position = position
    }

    /// The members of a dictionary whose keys are text.
    func entries(_ value: Value) -> [String: Value]? {
        guard case .dictionary(let index) = value else { return nil }
        var members: [String: Value] = [:]
        for case (.text(let key), let value) in dictionaries[index] { members[key] = value }
        return members
    }

    func elements(_ value: Value) -> [Value]? {
        guard case .list(let index) = value else { return nil }
        return lists[index]
    }

    /// Runs up to the pickle's end.
    ///
    /// - Returns: the object it describes.
    /// - Throws: ``InferenceError`` (`corruptModel`).
    mutating func run() throws -> Value {
        while true {
            let opcode = try byte()
            switch opcode {
            case UInt8(ascii: "."): return try pop()
            case 0x80: guard try byte() == 2 else { throw damaged("another pickle protocol") }
            case UInt8(ascii: "("): stack.append(.mark)
            case UInt8(ascii: "N"): stack.append(.nothing)
            case 0x88: stack.append(.truth(true))
            case 0x89: stack.append(.truth(false))
            case UInt8(ascii: "K"): stack.append(.integer(Int(try byte())))
            case UInt8(ascii: "M"): stack.append(.integer(Int(try number(UInt16.self))))
            case UInt8(ascii: "J"): stack.append(.integer(Int(try number(Int32.self))))
            case 0x8a: stack.append(Self.integer(Array(try take(Int(try byte())))))
            case UInt8(ascii: "G"):
                // The one number that pickles store with the highest byte first.
                stack.append(.number(Double(bitPattern: try number(UInt64.self).byteSwapped)))
            case UInt8(ascii: "X"): stack.append(.text(try text(take(Int(try number(UInt32.self))))))
            case UInt8(ascii: "c"): stack.append(.name(try name()))
            case UInt8(ascii: "q"): memo[Int(try byte())] = try top()
            case UInt8(ascii: "r"): memo[Int(try number(UInt32.self))] = try top()
            case UInt8(ascii: "h"): stack.append(try remembered(Int(try byte())))
            case UInt8(ascii: "j"): stack.append(try remembered(Int(try number(UInt32.self))))
            case UInt8(ascii: ")"): stack.append(.tuple([]))
            case 0x85...0x87: try popTuple(Int(opcode - 0x84))
            case UInt8(ascii: "t"): try pushTuple(try popToMark())
            case UInt8(ascii: "]"):
                stack.append(.list(lists.count))
                lists.append([])
            case UInt8(ascii: "}"): pushDictionary()
            case UInt8(ascii: "a"): try append([try pop()])
            case UInt8(ascii: "e"): try append(try popToMark())
            case UInt8(ascii: "s"):
                let value = try pop()
                try insert([try pop(), value])
            case UInt8(ascii: "u"): try insert(try popToMark())
            case UInt8(ascii: "Q"): stack.append(try storage(try pop()))
            case UInt8(ascii: "R"):
                let arguments = try pop()
                try call(try pop(), arguments)
            // Attributes of an object (a module's `_metadata`), which nobody reads.
            case UInt8(ascii: "b"): _ = try pop()
            default: throw damaged("opcode \(opcode)")
            }
        }
    }

    // MARK: - What the names do

    private mutating func call(_ function: Value, _ arguments: Value) throws {
        guard case .name(let name) = function, case .tuple(let list) = arguments else {
            throw damaged("a call of something unknown")
        }
        switch name {
        case .orderedDictionary:
            guard list.isEmpty else { throw damaged("arguments of OrderedDict") }
            pushDictionary()
        case .rebuildTensor, .rebuildTensor2:
            guard list.count >= 4, case .storage(let key) = list[0], case .integer(let offset) = list[1],
                let shape = Self.integers(list[2]), let strides = Self.integers(list[3])
            else { throw damaged("a tensor's description") }
            stack.append(.tensor(Tensor(storage: key, offset: offset, shape: shape, strides: strides)))
        case .floatStorage: throw damaged("a call of FloatStorage")
        }
    }

    /// From `("storage", class, key, device, count, …)`.
    private func storage(_ identity: Value) throws -> Value {
        guard case .tuple(let list) = identity, list.count >= 5, case .text("storage") = list[0],
            case .name(.floatStorage) = list[1], case .text(let key) = list[2]
        else { throw damaged("a storage that holds no 32-bit floats") }
        return .storage(key: key)
    }

    private mutating func name() throws -> Name {
        let module = try line()
        let member = try line()
        guard let name = Name(rawValue: "\(module) \(member)") else {
            throw damaged("the name \(module).\(member), which is not allowed")
        }
        return name
    }

    // MARK: - Stack

    private func top() throws -> Value {
        guard let last = stack.last else { throw damaged("an empty stack") }
        return last
    }

    private mutating func pop() throws -> Value {
        guard let last = stack.popLast() else { throw damaged("an empty stack") }
        return last
    }

    private mutating func popToMark() throws -> [Value] {
        let mark = stack.lastIndex { if case .mark = $0 { true } else { false } }
        guard let mark else { throw damaged("no mark") }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[(mark + 1)...])
    }

    private mutating func popTuple(_ count: Int) throws {
        guard stack.count >= count else { throw damaged("an empty stack") }
        let members = Array(stack.suffix(count))
        stack.removeLast(count)
        try pushTuple(members)
    }

    private mutating func pushTuple(_ members: [Value]) throws {
        // Real files nest to 3; values nested without bound would overflow the stack when they are freed.
        guard Self.nesting(.tuple(members)) < 8 else { throw damaged("tuples nested too deep") }
        stack.append(.tuple(members))
    }

    private static func nesting(_ value: Value) -> Int {
        guard case .tuple(let members) = value else { return 0 }
        return 1 + (members.map(nesting).max() ?? 0)
    }

    private mutating func pushDictionary() {
        stack.append(.dictionary(dictionaries.count))
        dictionaries.append([])
    }

    private mutating func append(_ values: [Value]) throws {
        guard case .list(let index) = try top() else { throw damaged("no list") }
        lists[index] += values
    }

    private mutating func insert(_ values: [Value]) throws {
        guard case .dictionary(let index) = try top(), values.count % 2 == 0 else { throw damaged("no dictionary") }
        for item in stride(from: 0, to: values.count, by: 2) {
            dictionaries[index].append((values[item], values[item + 1]))
        }
    }

    private func remembered(_ index: Int) throws -> Value {
        guard let value = memo[index] else { throw damaged("nothing remembered as \(index)") }
        return value
    }

    // MARK: - Bytes

    private mutating func byte() throws -> UInt8 {
        guard position < bytes.count else { throw damaged("its end") }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else { throw damaged("its end") }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    private mutating func number<Integer: FixedWidthInteger>(_ type: Integer.Type) throws -> Integer {
        let part = try take(MemoryLayout<Integer>.size)
        return part.withUnsafeBytes { Integer(littleEndian: $0.loadUnaligned(as: Integer.self)) }
    }

    private mutating func line() throws -> String {
        guard let end = bytes[position...].prefix(256).firstIndex(of: 0x0a) else { throw damaged("a name without end") }
        defer { position = end + 1 }
        return try text(bytes[position..<end])
    }

    private func text(_ part: ArraySlice<UInt8>) throws -> String {
        guard let text = String(validating: part, as: UTF8.self) else { throw damaged("text that is not UTF-8") }
        return text
    }

    private func damaged(_ what: String) -> InferenceError {
        TorchCheckpoint.damaged("\(what) at byte \(position)")
    }

    private static func integer(_ bytes: [UInt8]) -> Value {
        guard bytes.count <= 8 else { return .longInteger(bytes) }
        let negative = (bytes.last ?? 0) >= 0x80
        var bits: UInt64 = negative ? .max : 0
        for (index, byte) in bytes.enumerated() {
            bits &= ~(0xff << UInt64(8 * index))
            bits |= UInt64(byte) << UInt64(8 * index)
        }
        return .integer(Int(Int64(bitPattern: bits)))
    }

    private static func integers(_ value: Value) -> [Int]? {
        guard case .tuple(let list) = value else { return nil }
        var numbers: [Int] = []
        for member in list {
            guard case .integer(let number) = member else { return nil }
            numbers.append(number)
        }
        return numbers
    }
}
