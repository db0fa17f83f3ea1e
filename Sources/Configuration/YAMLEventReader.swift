import CYAML

/// One step of the parser, in Swift values.
struct YAMLEvent {
    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd, alias
        case scalar(text: String, style: ConfigurationNode.ScalarStyle)
        case sequenceStart, sequenceEnd, mappingStart, mappingEnd
    }

    let kind: Kind
    let location: SourceLocation
    var hasAnchor = false
    var hasTag = false
}

/// What libyaml says is wrong.
struct YAMLSyntaxProblem: Error {
    enum Place {
        case location(SourceLocation)
        /// The reader stage knows only the byte.
        case byteOffset(Int)
    }

    let message: String
    let place: Place
}

/// Owns one libyaml parser and the bytes it reads. After the first error it must not be asked again.
struct YAMLEventReader: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let isReady: Bool

    init(_ bytes: ArraySlice<UInt8>) {
        input = .allocate(capacity: max(bytes.count, 1))
        _ = input.initialize(from: bytes)
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        isReady = yaml_parser_initialize(parser) == 1
        guard isReady else { return }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
    }

    deinit {
        // Also right for a parser that failed to initialise: libyaml zeroes it, and freeing nothing is allowed.
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    /// The next event. Throws ``YAMLSyntaxProblem``.
    func next() throws -> YAMLEvent {
        guard isReady else {
            throw YAMLSyntaxProblem(message: "not enough memory for the parser", place: .byteOffset(0))
        }
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw problem() }
        defer { yaml_event_delete(&event) }
        let location = Self.location(event.start_mark)
        switch event.type {
        case YAML_STREAM_START_EVENT: return YAMLEvent(kind: .streamStart, location: location)
        case YAML_DOCUMENT_START_EVENT: return YAMLEvent(kind: .documentStart, location: location)
        case YAML_DOCUMENT_END_EVENT: return YAMLEvent(kind: .documentEnd, location: location)
        case YAML_ALIAS_EVENT: return YAMLEvent(kind: .alias, location: location)
        case YAML_SEQUENCE_END_EVENT: return YAMLEvent(kind: .sequenceEnd, location: location)
        case YAML_MAPPING_END_EVENT: return YAMLEvent(kind: .mappingEnd, location: location)
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return YAMLEvent(
                kind: .sequenceStart, location: location, hasAnchor: start.anchor != nil, hasTag: start.tag != nil)
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return YAMLEvent(
                kind: .mappingStart, location: location, hasAnchor: start.anchor != nil, hasTag: start.tag != nil)
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return YAMLEvent(
                kind: .scalar(text: text, style: scalar.style == YAML_PLAIN_SCALAR_STYLE ? .plain : .quoted),
                location: location, hasAnchor: scalar.anchor != nil, hasTag: scalar.tag != nil)
        default:
            // YAML_STREAM_END_EVENT, and YAML_NO_EVENT which libyaml gives after the end.
            return YAMLEvent(kind: .streamEnd, location: location)
        }
    }

    private func problem() -> YAMLSyntaxProblem {
        let state = parser.pointee
        var message = state.problem.map { String(cString: $0) } ?? "the text is not well-formed"
        if let context = state.context { message += " (\(String(cString: context)))" }
        if state.error == YAML_READER_ERROR {
            return YAMLSyntaxProblem(message: message, place: .byteOffset(Int(state.problem_offset)))
        }
        return YAMLSyntaxProblem(message: message, place: .location(Self.location(state.problem_mark)))
    }

    private static func location(_ mark: yaml_mark_t) -> SourceLocation {
        SourceLocation(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}
