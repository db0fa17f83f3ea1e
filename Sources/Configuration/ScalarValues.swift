extension ConfigurationNode {
    /// The text of a scalar. Plain numbers and truth values are returned as written (`version: 1.0` is `"1.0"`).
    ///
    /// Throws ``ConfigurationError`` (`wrongType`) for null, a list or a mapping.
    public func string() throws -> String {
        guard case .scalar(let text, _) = kind, !isNull else { throw mismatch("a string") }
        return text
    }

    /// A whole number in decimal digits within `range`.
    ///
    /// Throws ``ConfigurationError``: `wrongType` when it is not one, `outOfRange` when it lies outside.
    public func integer(in range: ClosedRange<Int> = Int.min...Int.max) throws -> Int {
        let digits = try plainText(expected: "a whole number")
        let body = digits.first == "-" || digits.first == "+" ? digits.dropFirst() : digits[...]
        guard !body.isEmpty, body.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw mismatch("a whole number")
        }
        guard let value = Int(digits), range.contains(value) else {
            throw failure("must be \(Self.describe(range)), found \(Excerpt.of(digits))", code: .outOfRange)
        }
        return value
    }

    /// A finite decimal number (`12`, `0.5`, `1e-3`) within `range`.
    ///
    /// Throws ``ConfigurationError``: `wrongType` when it is not one, `outOfRange` when it lies outside.
    public func number(in range: ClosedRange<Double> = -Double.infinity...Double.infinity) throws -> Double {
        let text = try plainText(expected: "a number")
        // Double(_:) would also take "inf", "nan" and hexadecimal.
        guard text.utf8.allSatisfy({ "+-.eE0123456789".utf8.contains($0) }), let value = Double(text) else {
            throw mismatch("a number")
        }
        guard value.isFinite, range.contains(value) else {
            throw failure("must be \(Self.describe(range)), found \(Excerpt.of(text))", code: .outOfRange)
        }
        return value
    }

    /// `true` or `false`, unquoted.
    ///
    /// Throws ``ConfigurationError`` (`wrongType`) for everything else, `yes` and `on` included.
    public func bool() throws -> Bool {
        let text = try plainText(expected: "true or false")
        switch text {
        case "true": return true
        case "false": return false
        default: throw mismatch("true or false")
        }
    }

    /// One of `choices`.
    ///
    /// Throws ``ConfigurationError``: `wrongType` when it is no string, `invalidChoice` (with the nearest choice) when
    /// it is another one.
    public func choice(of choices: [String]) throws -> String {
        let text = try string()
        guard choices.contains(text) else {
            let listing = "must be one of \(choices.joined(separator: ", ")); found \"\(Excerpt.of(text))\""
            throw failure(listing + SuggestionText.didYouMean(text, in: choices), code: .invalidChoice)
        }
        return text
    }

    /// The items of a list.
    ///
    /// Throws ``ConfigurationError`` (`wrongType`) when it is no list.
    public func sequence() throws -> [ConfigurationNode] {
        guard case .sequence(let items) = kind else { throw mismatch("a list") }
        return items
    }

    /// The strings of a list of scalars.
    ///
    /// Throws ``ConfigurationError`` (`wrongType`) when it is no list or an item is no string.
    public func strings() throws -> [String] {
        guard case .sequence(let items) = kind else { throw mismatch("a list of strings") }
        return try items.map { try $0.string() }
    }

    /// The keys and values of a mapping, in the order of the file.
    ///
    /// Throws ``ConfigurationError`` (`wrongType`) when it is no mapping.
    public func mapping() throws -> [Entry] {
        guard case .mapping(let entries) = kind else { throw mismatch("a mapping of keys to values") }
        return entries
    }

    private func plainText(expected: String) throws -> String {
        guard case .scalar(let text, .plain) = kind, !isNull else { throw mismatch(expected) }
        return text
    }

    private func mismatch(_ expected: String) -> ConfigurationError {
        failure("expected \(expected), found \(found)", code: .wrongType)
    }

    private var found: String {
        switch kind {
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .scalar where isNull: "nothing (null)"
        case .scalar(let text, .plain): "\(Excerpt.of(text))"
        case .scalar(let text, .quoted): "the string \"\(Excerpt.of(text))\""
        }
    }

    private static func describe(_ range: ClosedRange<Int>) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (Int.min, Int.max): "a whole number of at most 64 bits"
        case (let low, Int.max): "at least \(low)"
        case (Int.min, let high): "at most \(high)"
        case (let low, let high): "between \(low) and \(high)"
        }
    }

    private static func describe(_ range: ClosedRange<Double>) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (-Double.infinity, Double.infinity): "a finite number"
        case (let low, Double.infinity): "at least \(low)"
        case (-Double.infinity, let high): "at most \(high)"
        case (let low, let high): "between \(low) and \(high)"
        }
    }
}
