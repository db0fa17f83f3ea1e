public import Foundation

/// Checks documents against the part of JSON Schema 2020-12 that the schemas of this project use: `type`, `enum`,
/// `properties`, `required`, `additionalProperties`, `items`, `minItems`, `maxItems`, `minimum`,
/// `exclusiveMinimum`, `maximum`, `minLength`, `pattern`, `oneOf`, `anyOf` and `$ref` within the document.
///
/// A schema with any other keyword is refused: a rule that is not understood would pass everything.
public struct JSONSchema: Sendable {
    /// A schema that cannot be used.
    public struct Invalid: Error, CustomStringConvertible {
        /// What is wrong, and where.
        public let description: String
    }

    private static let assertions: Set<String> = [
        "type", "enum", "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "minimum",
        "exclusiveMinimum", "maximum",
        "minLength", "pattern", "oneOf", "anyOf", "$ref",
    ]
    private static let annotations: Set<String> = ["$schema", "$id", "$defs", "title", "description"]

    private let root: JSONValue

    /// Reads a schema.
    ///
    /// - Throws: `DecodingError`, or `Invalid` for keywords that are not understood and references to nothing.
    public init(parsing data: Data) throws {
        root = try JSONValue(parsing: data)
        try check(root, at: "#")
    }

    /// Everything that is wrong with `document`: the place (a JSON pointer) and the rule. Empty for a valid one.
    public func problems(in document: JSONValue) -> [String] { problems(document, root, at: "") }

    // MARK: The schema itself

    private func check(_ schema: JSONValue, at place: String) throws {
        if case .boolean = schema { return }
        guard case .object(let members) = schema else { throw Invalid(description: "\(place) is no schema") }
        for (keyword, value) in members.sorted(by: { $0.key < $1.key }) {
            let inner = "\(place)/\(keyword)"
            guard Self.assertions.contains(keyword) || Self.annotations.contains(keyword) else {
                throw Invalid(description: "\(inner) is not understood")
            }
            switch keyword {
            case "properties", "$defs":
                for (name, schema) in value.object { try check(schema, at: "\(inner)/\(name)") }
            case "items", "additionalProperties": try check(value, at: inner)
            case "oneOf", "anyOf": for schema in value.array { try check(schema, at: inner) }
            case "pattern":
                guard let text = value.string, (try? Regex(text)) != nil else {
                    throw Invalid(description: "\(inner) is no pattern")
                }
            case "$ref":
                guard value.string.flatMap(resolve) != nil else { throw Invalid(description: "\(inner) leads nowhere") }
            default: break
            }
        }
    }

    private func resolve(_ reference: String) -> JSONValue? {
        guard reference.hasPrefix("#/") else { return nil }
        return reference.dropFirst(2).split(separator: "/").reduce(root) { $0?[String($1)] }
    }

    // MARK: Documents

    private func problems(_ value: JSONValue, _ schema: JSONValue, at place: String) -> [String] {
        if case .boolean(let isAllowed) = schema { return isAllowed ? [] : ["\(place): nothing is allowed here"] }
        var found: [String] = []
        func refuse(_ rule: String) { found.append("\(place.isEmpty ? "/" : place): \(rule)") }
        if let target = schema["$ref"]?.string.flatMap(resolve) { found += problems(value, target, at: place) }
        if let type = schema["type"]?.string, !Self.hasType(value, type) {
            refuse("must be of type \(type)")
            return found
        }
        if case .array(let allowed)? = schema["enum"], !allowed.contains(value) {
            refuse("is none of the allowed values")
        }
        if let number = value.number {
            if let minimum = schema["minimum"]?.number, number < minimum { refuse("\(number) is below \(minimum)") }
            if let minimum = schema["exclusiveMinimum"]?.number, number <= minimum {
                refuse("\(number) is not above \(minimum)")
            }
            if let maximum = schema["maximum"]?.number, number > maximum { refuse("\(number) is above \(maximum)") }
        }
        if let text = value.string {
            if let length = schema["minLength"]?.integer, text.unicodeScalars.count < length { refuse("is too short") }
            if let pattern = schema["pattern"]?.string, !Self.matches(text, pattern) {
                refuse("does not match \(pattern)")
            }
        }
        if case .array(let elements) = value {
            if let count = schema["minItems"]?.integer, elements.count < count {
                refuse("has fewer than \(count) items")
            }
            if let count = schema["maxItems"]?.integer, elements.count > count {
                refuse("has more than \(count) items")
            }
            if let items = schema["items"] {
                for (index, element) in elements.enumerated() {
                    found += problems(element, items, at: "\(place)/\(index)")
                }
            }
        }
        if case .object(let members) = value { found += problems(ofMembers: members, schema, at: place) }
        found += alternatives(value, schema, at: place)
        return found
    }

    private func problems(
        ofMembers members: [String: JSONValue], _ schema: JSONValue, at place: String
    ) -> [String] {
        var found: [String] = []
        for name in schema["required"]?.array.compactMap(\.string) ?? [] where members[name] == nil {
            found.append("\(place)/\(name): is missing")
        }
        let known = schema["properties"]?.object ?? [:]
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            if let rule = known[name] ?? schema["additionalProperties"] {
                found += problems(member, rule, at: "\(place)/\(name)")
            }
        }
        return found
    }

    private func alternatives(_ value: JSONValue, _ schema: JSONValue, at place: String) -> [String] {
        var found: [String] = []
        for (keyword, isAllowed) in [("anyOf", { $0 > 0 }), ("oneOf", { $0 == 1 })] as [(String, (Int) -> Bool)] {
            guard let choices = schema[keyword]?.array else { continue }
            let results = choices.map { problems(value, $0, at: place) }
            let matching = results.count(where: \.isEmpty)
            if !isAllowed(matching) {
                let closest = results.min { $0.count < $1.count } ?? []
                found.append("\(place): \(matching) of \(choices.count) in \(keyword) match; closest: \(closest)")
            }
        }
        return found
    }

    private static func hasType(_ value: JSONValue, _ type: String) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .boolean), ("number", .number), ("string", .string), ("array", .array),
            ("object", .object):
            true
        case ("integer", .number(let number)): number == number.rounded()
        default: false
        }
    }

    private static func matches(_ text: String, _ pattern: String) -> Bool {
        guard let expression = try? Regex(pattern) else { return false }
        return (try? expression.firstMatch(in: text)) != nil
    }
}
