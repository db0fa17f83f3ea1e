// The typed pulls. Required ones throw `missingKey` when the key is absent; all throw the errors of the node's own
// conversion of the same name. Optional ones return nil when the key is absent or null.
extension MappingReader {
    /// A required string.
    public mutating func string(_ key: String) throws -> String { try node(key).string() }

    /// An optional string.
    public mutating func optionalString(_ key: String) throws -> String? { try optionalNode(key)?.string() }

    /// A required whole number within `range`.
    public mutating func integer(_ key: String, in range: ClosedRange<Int> = Int.min...Int.max) throws -> Int {
        try node(key).integer(in: range)
    }

    /// An optional whole number within `range`.
    public mutating func optionalInteger(
        _ key: String, in range: ClosedRange<Int> = Int.min...Int.max
    ) throws -> Int? {
        try optionalNode(key)?.integer(in: range)
    }

    /// A required finite number within `range`.
    public mutating func number(
        _ key: String, in range: ClosedRange<Double> = -Double.infinity...Double.infinity
    ) throws -> Double {
        try node(key).number(in: range)
    }

    /// An optional finite number within `range`.
    public mutating func optionalNumber(
        _ key: String, in range: ClosedRange<Double> = -Double.infinity...Double.infinity
    ) throws -> Double? {
        try optionalNode(key)?.number(in: range)
    }

    /// A required `true` or `false`.
    public mutating func bool(_ key: String) throws -> Bool { try node(key).bool() }

    /// An optional `true` or `false`.
    public mutating func optionalBool(_ key: String) throws -> Bool? { try optionalNode(key)?.bool() }

    /// A required word out of `choices`.
    public mutating func choice(_ key: String, of choices: [String]) throws -> String {
        try node(key).choice(of: choices)
    }

    /// An optional word out of `choices`.
    public mutating func optionalChoice(_ key: String, of choices: [String]) throws -> String? {
        try optionalNode(key)?.choice(of: choices)
    }

    /// A required list of strings (may be empty).
    public mutating func strings(_ key: String) throws -> [String] { try node(key).strings() }

    /// An optional list of strings.
    public mutating func optionalStrings(_ key: String) throws -> [String]? { try optionalNode(key)?.strings() }

    /// A required list.
    public mutating func sequence(_ key: String) throws -> [ConfigurationNode] { try node(key).sequence() }

    /// An optional list.
    public mutating func optionalSequence(_ key: String) throws -> [ConfigurationNode]? {
        try optionalNode(key)?.sequence()
    }

    /// A required list of mappings, each read by `body` and checked for unknown keys.
    public mutating func mappings<Value>(
        _ key: String, _ body: (inout MappingReader) throws -> Value
    ) throws -> [Value] {
        try sequence(key).map { try MappingReader.read($0, body) }
    }

    /// An optional list of mappings, each read by `body` and checked for unknown keys.
    public mutating func optionalMappings<Value>(
        _ key: String, _ body: (inout MappingReader) throws -> Value
    ) throws -> [Value]? {
        try optionalSequence(key)?.map { try MappingReader.read($0, body) }
    }

    /// A reader for a required mapping; the caller calls its ``finish()``.
    public mutating func mapping(_ key: String) throws -> MappingReader { try MappingReader(node(key)) }

    /// A reader for an optional mapping; the caller calls its ``finish()``.
    public mutating func optionalMapping(_ key: String) throws -> MappingReader? {
        try optionalNode(key).map { try MappingReader($0) }
    }

    /// A required mapping, read by `body` and checked for unknown keys.
    public mutating func mapping<Value>(
        _ key: String, _ body: (inout MappingReader) throws -> Value
    ) throws -> Value {
        try MappingReader.read(node(key), body)
    }

    /// An optional mapping, read by `body` and checked for unknown keys.
    public mutating func optionalMapping<Value>(
        _ key: String, _ body: (inout MappingReader) throws -> Value
    ) throws -> Value? {
        try optionalNode(key).map { try MappingReader.read($0, body) }
    }
}
