/// Turns the parser's events into a node tree, within the ceilings of ``ConfigurationDocument``.
struct NodeBuilder: ~Copyable {
    /// The longest key in bytes. YAML allows no more for keys on one line; `? key` would escape that.
    static let maximumKeyBytes = 1024

    private let events: YAMLEventReader
    private let fileName: String
    private var nodeCount = 0

    init(bytes: ArraySlice<UInt8>, fileName: String) {
        events = YAMLEventReader(bytes)
        self.fileName = fileName
    }

    /// The only document of the file.
    mutating func document() throws -> ConfigurationNode {
        var event = try events.next()
        if case .streamStart = event.kind { event = try events.next() }
        guard case .documentStart = event.kind else {
            throw error(.emptyDocument, at: event.location, nil, "the file holds no value; expected a mapping of keys")
        }
        let root = try node(events.next(), path: nil, depth: 1)
        event = try events.next()
        if case .documentEnd = event.kind { event = try events.next() }
        guard case .streamEnd = event.kind else {
            throw error(
                .multipleDocuments, at: event.location, nil, "only one document per file is allowed; split the file")
        }
        return root
    }

    private mutating func node(_ event: YAMLEvent, path: NodePath?, depth: Int) throws -> ConfigurationNode {
        try check(event, path: path)
        let kind: ConfigurationNode.Kind
        switch event.kind {
        case .scalar(let text, let style): kind = .scalar(text: text, style: style)
        case .sequenceStart: kind = try sequence(event, path: path, depth: depth)
        case .mappingStart: kind = try mapping(event, path: path, depth: depth)
        default: throw error(.syntax, at: event.location, path, "a value was expected here")
        }
        return ConfigurationNode(kind: kind, location: event.location, fileName: fileName, nodePath: path)
    }

    private mutating func sequence(
        _ start: YAMLEvent, path: NodePath?, depth: Int
    ) throws -> ConfigurationNode.Kind {
        try checkDepth(depth, start, path)
        var items: [ConfigurationNode] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { return .sequence(items) }
            let itemPath = NodePath(parent: path, step: .index(items.count))
            items.append(try node(event, path: itemPath, depth: depth + 1))
        }
    }

    private mutating func mapping(_ start: YAMLEvent, path: NodePath?, depth: Int) throws -> ConfigurationNode.Kind {
        try checkDepth(depth, start, path)
        var entries: [ConfigurationNode.Entry] = []
        var firstLines: [String: Int] = [:]
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { return .mapping(entries) }
            let key = try key(event, path: path)
            let valuePath = NodePath(parent: path, step: .key(key))
            if let line = firstLines.updateValue(event.location.line, forKey: key) {
                throw error(
                    .duplicateKey, at: event.location, valuePath,
                    "the key \"\(Excerpt.of(key))\" is already set on line \(line); remove one of them")
            }
            let value = try node(events.next(), path: valuePath, depth: depth + 1)
            entries.append(.init(key: key, keyLocation: event.location, value: value))
        }
    }

    private mutating func key(_ event: YAMLEvent, path: NodePath?) throws -> String {
        try check(event, path: path)
        guard case .scalar(let key, _) = event.kind else {
            throw error(.invalidKey, at: event.location, path, "a key must be a single word or string")
        }
        guard !key.isEmpty, key.utf8.count <= Self.maximumKeyBytes else {
            let reason = key.isEmpty ? "a key may not be empty" : "a key may have at most \(Self.maximumKeyBytes) bytes"
            throw error(.invalidKey, at: event.location, path, reason)
        }
        return key
    }

    private mutating func check(_ event: YAMLEvent, path: NodePath?) throws {
        if case .alias = event.kind {
            throw error(.aliasNotAllowed, at: event.location, path, "aliases (*name) are not allowed; repeat the value")
        }
        if event.hasAnchor {
            throw error(
                .aliasNotAllowed, at: event.location, path, "anchors (&name) are not allowed; remove the anchor")
        }
        if event.hasTag {
            throw error(
                .tagNotAllowed, at: event.location, path,
                "tags (!name) are not allowed; quote the value to make it a string")
        }
        nodeCount += 1
        guard nodeCount <= ConfigurationDocument.maximumNodes else {
            throw error(
                .tooManyNodes, at: event.location, path,
                "the file holds more than \(ConfigurationDocument.maximumNodes) values")
        }
    }

    private func checkDepth(_ depth: Int, _ event: YAMLEvent, _ path: NodePath?) throws {
        guard depth <= ConfigurationDocument.maximumDepth else {
            throw error(
                .tooDeep, at: event.location, path,
                "lists and mappings are nested deeper than \(ConfigurationDocument.maximumDepth) levels")
        }
    }

    private func error(
        _ code: ConfigurationError.Code, at location: SourceLocation, _ path: NodePath?, _ message: String
    ) -> ConfigurationError {
        ConfigurationError(
            code: code, file: fileName, location: location, keyPath: NodePath.text(path), message: message)
    }
}
