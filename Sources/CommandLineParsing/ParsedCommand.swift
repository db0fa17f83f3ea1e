/// A command with its options and arguments.
///
/// Options are asked for by any of their names. Asking for an option or argument that the command does not declare is
/// a mistake in the program and stops it.
public struct ParsedCommand: Sendable {
    private let chain: CommandChain
    /// What was given, by ``OptionSpec/canonicalName``; a flag holds one empty string per occurrence.
    public let values: [String: [String]]
    /// What was given, by ``PositionalSpec/name``.
    public let positionalValues: [String: [String]]

    init(chain: CommandChain, values: [String: [String]], positionals: [String: [String]]) {
        self.chain = chain
        self.values = values
        positionalValues = positionals
    }

    /// The command names below the program, aliases resolved: `["plugins", "show"]`.
    public var path: [String] { chain.path }

    /// A usage error of this command, for rules that only the program knows.
    public func usageError(
        _ message: String, code: UsageError.Code = .invalidValue, hint: String? = nil
    ) -> UsageError {
        ParseFailures(chain: chain).error(code, message, hint: hint)
    }

    /// Whether this command knows the option at all.
    public func declares(_ name: String) -> Bool { chain.option(named: name) != nil }

    // MARK: Arguments

    /// The value of a required argument.
    ///
    /// Throws ``UsageError`` (`missingArgument`) when it is absent, which only happens to optional ones.
    public func positional(_ name: String) throws -> String {
        guard let value = optionalPositional(name) else {
            throw ParseFailures(chain: chain).missingArgument(declaredPositional(name))
        }
        return value
    }

    /// The value of an optional argument.
    public func optionalPositional(_ name: String) -> String? { positionals(name).first }

    /// All values of a repeating argument, in order.
    public func positionals(_ name: String) -> [String] { positionalValues[declaredPositional(name).name] ?? [] }

    // MARK: Flags and strings

    /// Whether the flag was given.
    public func flag(_ name: String) -> Bool { count(name) > 0 }

    /// How often the option was given.
    public func count(_ name: String) -> Int { strings(name).count }

    /// Every value given, in order.
    public func strings(_ name: String) -> [String] { values[declaredOption(name).canonicalName] ?? [] }

    /// The value, or `nil` when the option is absent.
    public func optionalString(_ name: String) -> String? { strings(name).first }

    /// The value. Throws ``UsageError`` (`missingOption`) when the option is absent.
    public func string(_ name: String) throws -> String { try required(optionalString(name), name) }

    /// The parts between the commas of every value given, without empty ones.
    public func commaSeparated(_ name: String) -> [String] {
        strings(name).flatMap { $0.split(separator: ",").map(String.init) }
    }

    // MARK: Numbers and choices

    /// A whole number within `range`, or `nil` when the option is absent.
    ///
    /// Throws ``UsageError`` (`invalidValue`) naming option and range.
    public func optionalInteger(_ name: String, in range: ClosedRange<Int> = Int.min...Int.max) throws -> Int? {
        guard let text = optionalString(name) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw invalid(text, name, "a whole number" + Self.limits(range, Int.min, Int.max))
        }
        return value
    }

    /// A whole number within `range`. Throws ``UsageError``: `missingOption` or `invalidValue`.
    public func integer(_ name: String, in range: ClosedRange<Int> = Int.min...Int.max) throws -> Int {
        try required(optionalInteger(name, in: range), name)
    }

    /// A finite number within `range`, or `nil` when the option is absent.
    ///
    /// Throws ``UsageError`` (`invalidValue`) naming option and range.
    public func optionalNumber(
        _ name: String, in range: ClosedRange<Double> = -Double.infinity...Double.infinity
    ) throws -> Double? {
        guard let text = optionalString(name) else { return nil }
        // Double(_:) would also take "inf", "nan" and hexadecimal.
        let isDecimal = text.utf8.allSatisfy { "+-.eE0123456789".utf8.contains($0) }
        guard isDecimal, let value = Double(text), value.isFinite, range.contains(value) else {
            throw invalid(text, name, "a number" + Self.limits(range, -Double.infinity, Double.infinity))
        }
        return value
    }

    /// A finite number within `range`. Throws ``UsageError``: `missingOption` or `invalidValue`.
    public func number(
        _ name: String, in range: ClosedRange<Double> = -Double.infinity...Double.infinity
    ) throws -> Double {
        try required(optionalNumber(name, in: range), name)
    }

    /// The case of `type` that the value names, or `nil` when the option is absent.
    ///
    /// Throws ``UsageError`` (`invalidValue`) listing the cases.
    public func optionalChoice<Choice>(_ name: String, as type: Choice.Type = Choice.self) throws -> Choice?
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        guard let text = optionalString(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let all = Choice.allCases.map(\.rawValue)
            throw ParseFailures(chain: chain).invalidChoice(text, of: all, for: declaredOption(name).canonicalName)
        }
        return choice
    }

    /// The case of `type` that the value names. Throws ``UsageError``: `missingOption` or `invalidValue`.
    public func choice<Choice>(_ name: String, as type: Choice.Type = Choice.self) throws -> Choice
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        try required(optionalChoice(name, as: type), name)
    }

    // MARK: Declarations

    private func required<Value>(_ value: Value?, _ name: String) throws -> Value {
        guard let value else { throw ParseFailures(chain: chain).missingOption(declaredOption(name)) }
        return value
    }

    private func invalid(_ text: String, _ name: String, _ expected: String) -> UsageError {
        ParseFailures(chain: chain).invalidValue(text, for: declaredOption(name).canonicalName, expected: expected)
    }

    private func declaredOption(_ name: String) -> OptionSpec {
        guard let option = chain.option(named: name) else {
            preconditionFailure("\(chain.words) declares no option \(name)")
        }
        return option
    }

    private func declaredPositional(_ name: String) -> PositionalSpec {
        guard let positional = chain.command.positionals.first(where: { $0.name == name }) else {
            preconditionFailure("\(chain.words) declares no argument \(name)")
        }
        return positional
    }

    private static func limits<Bound>(_ range: ClosedRange<Bound>, _ lowest: Bound, _ highest: Bound) -> String {
        switch (range.lowerBound == lowest, range.upperBound == highest) {
        case (true, true): ""
        case (false, true): " of at least \(range.lowerBound)"
        case (true, false): " of at most \(range.upperBound)"
        case (false, false): " between \(range.lowerBound) and \(range.upperBound)"
        }
    }
}
