/// What a plugin's manifest says of one parameter: its type, its default and what it may be.
public struct ParameterDefinition: Hashable, Sendable, Codable {
    /// The types that a parameter can have.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// `true` or `false`.
        case boolean
        /// A whole number.
        case integer
        /// A number.
        case number
        /// Text.
        case text
        /// Several texts.
        case list
    }

    /// Name as written by users, snake case.
    public var name: String
    /// Type of the value.
    public var kind: Kind
    /// Value where the user gives none; nil means "not set".
    public var defaultValue: ParameterValue?
    /// Smallest allowed number, inclusive.
    public var minimum: Double?
    /// Largest allowed number, inclusive.
    public var maximum: Double?
    /// The only allowed texts; empty means any.
    public var choices: [String]
    /// Unit of a number, for messages: `s`, `Hz`, `px`.
    public var unit: String?
    /// One line for `plugins show`.
    public var summary: String

    /// Creates a definition.
    public init(
        name: String, kind: Kind, defaultValue: ParameterValue? = nil, minimum: Double? = nil,
        maximum: Double? = nil, choices: [String] = [], unit: String? = nil, summary: String = ""
    ) {
        self.name = name
        self.kind = kind
        self.defaultValue = defaultValue
        self.minimum = minimum
        self.maximum = maximum
        self.choices = choices
        self.unit = unit
        self.summary = summary
    }

    /// What is allowed, in words, for error messages.
    public var allowedValues: String {
        let suffix = unit.map { " \($0)" } ?? ""
        switch kind {
        case .boolean: return "true or false"
        case .text where !choices.isEmpty: return "one of " + choices.joined(separator: ", ")
        case .list where !choices.isEmpty: return "any of " + choices.joined(separator: ", ") + ", joined by |"
        case .text: return "text"
        case .list: return "words joined by |"
        case .integer, .number:
            let noun = kind == .integer ? "a whole number" : "a number"
            switch (minimum, maximum) {
            case (let low?, let high?): return "\(noun) from \(short(low)) to \(short(high))\(suffix)"
            case (let low?, nil): return "\(noun) of at least \(short(low))\(suffix)"
            case (nil, let high?): return "\(noun) of at most \(short(high))\(suffix)"
            case (nil, nil): return noun + suffix
            }
        }
    }

    private func short(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }

    /// Turns `value` into this parameter's type and checks the range.
    ///
    /// - Throws: `PluginError` with code `invalidParameter`, naming the parameter, the value and what is allowed.
    public func validated(_ value: ParameterValue, operation: String) throws -> ParameterValue {
        func refuse() -> PluginError {
            PluginError(
                .invalidParameter,
                "\(operation): parameter \(name) cannot be '\(value)': it must be \(allowedValues)")
        }
        switch (kind, value) {
        case (.boolean, .boolean):
            return value
        case (.boolean, .text(let text)):
            guard let flag = Bool(text) else { throw refuse() }
            return .boolean(flag)
        case (.integer, .integer(let number)):
            guard isInRange(Double(number)) else { throw refuse() }
            return value
        case (.integer, .text(let text)):
            guard let number = Int(text), isInRange(Double(number)) else { throw refuse() }
            return .integer(number)
        case (.number, .integer(let number)):
            guard isInRange(Double(number)) else { throw refuse() }
            return .number(Double(number))
        case (.number, .number(let number)):
            guard number.isFinite, isInRange(number) else { throw refuse() }
            return value
        case (.number, .text(let text)):
            guard let number = Double(text), number.isFinite, isInRange(number) else { throw refuse() }
            return .number(number)
        case (.text, .text(let text)):
            guard choices.isEmpty || choices.contains(text) else { throw refuse() }
            return value
        case (.text, .integer), (.text, .number), (.text, .boolean):
            return try validated(.text(value.description), operation: operation)
        case (.list, .list(let items)):
            guard !items.isEmpty, choices.isEmpty || items.allSatisfy(choices.contains) else { throw refuse() }
            return value
        case (.list, .text(let text)):
            let items = text.split(separator: "|").map { $0.trimmingSpaces }.filter { !$0.isEmpty }
            guard let list = try? validated(.list(items), operation: operation) else { throw refuse() }
            return list
        default:
            throw refuse()
        }
    }

    private func isInRange(_ number: Double) -> Bool {
        (minimum.map { number >= $0 } ?? true) && (maximum.map { number <= $0 } ?? true)
    }
}

extension StringProtocol {
    /// Without leading and trailing white space.
    package var trimmingSpaces: String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
        while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
        return String(rest)
    }
}
