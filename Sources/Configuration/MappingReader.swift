/// Pulls the keys of one mapping, one by one, and refuses the ones that nothing asked for.
///
/// Every pull, also an optional one that finds nothing, makes its key known. ``finish()`` then reports the first
/// unknown key. A key whose value is null counts as absent for optional pulls. Use ``read(_:_:)`` and the pulls that
/// take a closure where possible: they call ``finish()`` themselves.
public struct MappingReader: Sendable {
    /// The mapping that is read.
    public let node: ConfigurationNode
    private let entries: [ConfigurationNode.Entry]
    private let positions: [String: Int]
    private var known: [String] = []

    /// Begins reading `node`. Throws ``ConfigurationError`` (`wrongType`) when it is no mapping.
    public init(_ node: ConfigurationNode) throws {
        self.node = node
        entries = try node.mapping()
        positions = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($0.element.key, $0.offset) })
    }

    /// Reads a mapping as a whole: `body` pulls the keys, then unknown ones are refused.
    ///
    /// Throws ``ConfigurationError``, or what `body` throws.
    public static func read<Value>(
        _ node: ConfigurationNode, _ body: (inout MappingReader) throws -> Value
    ) throws -> Value {
        var reader = try MappingReader(node)
        let value = try body(&reader)
        try reader.finish()
        return value
    }

    /// All keys, in the order of the file.
    public var keys: [String] { entries.map(\.key) }

    /// Throws ``ConfigurationError`` (`unknownKey`, with the nearest known key) for the first key nothing has pulled.
    public func finish() throws {
        let knownSet = Set(known)
        guard let stray = entries.first(where: { !knownSet.contains($0.key) }) else { return }
        let present = Set(entries.map(\.key))
        let absent = known.filter { !present.contains($0) }
        var message = "unknown key \"\(Excerpt.of(stray.key))\""
        let suggestion = SuggestionText.didYouMean(stray.key, in: absent)
        if !suggestion.isEmpty {
            message += suggestion
        } else if !known.isEmpty {
            message += "; known keys: \(known.joined(separator: ", "))"
        }
        throw ConfigurationError(
            code: .unknownKey, file: node.fileName, location: stray.keyLocation, keyPath: stray.value.path,
            message: message)
    }

    // MARK: Any value

    /// The value of `key`; null counts as present. Throws ``ConfigurationError`` (`missingKey`) when there is none.
    public mutating func node(_ key: String) throws -> ConfigurationNode {
        acknowledge(key)
        guard let position = positions[key] else {
            throw ConfigurationError(
                code: .missingKey, file: node.fileName, location: node.location,
                keyPath: NodePath.text(NodePath(parent: node.nodePath, step: .key(key))),
                message: "the required key \"\(key)\" is missing")
        }
        return entries[position].value
    }

    /// The value of `key`, or `nil` when it is absent or null.
    public mutating func optionalNode(_ key: String) -> ConfigurationNode? {
        acknowledge(key)
        guard let position = positions[key], !entries[position].value.isNull else { return nil }
        return entries[position].value
    }

    private mutating func acknowledge(_ key: String) {
        if !known.contains(key) { known.append(key) }
    }
}
