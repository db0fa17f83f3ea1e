/// One pass over the arguments: a value-type state machine that grows the command chain and collects values.
struct ArgumentScan {
    private let arguments: [String]
    private var index = 0
    private var optionsEnded = false
    private(set) var chain: CommandChain
    private var values: [String: [String]] = [:]
    private var positionals: [String] = []

    init(arguments: [String], chain: CommandChain) {
        self.arguments = arguments
        self.chain = chain
    }

    private var failures: ParseFailures { ParseFailures(chain: chain) }

    /// Consumes all arguments, or stops at `--help` or `--version`.
    mutating func run() throws -> OptionSpec.Role {
        while index < arguments.count {
            let argument = arguments[index]
            index += 1
            if optionsEnded || !looksLikeOption(argument) {
                try takeWord(argument)
            } else if argument == "--" {
                optionsEnded = true
            } else {
                let role = try argument.hasPrefix("--") ? takeLong(argument) : takeShort(argument)
                if role != .ordinary { return role }
            }
        }
        return .ordinary
    }

    /// The result, once everything required is there.
    func finished() throws -> ParsedCommand {
        let command = chain.command
        if !command.subcommands.isEmpty, command.positionals.isEmpty { throw failures.missingCommand() }
        let assigned = try assignedPositionals()
        if let missing = chain.allOptions.first(where: { $0.isRequired && values[$0.canonicalName] == nil }) {
            throw failures.missingOption(missing)
        }
        return ParsedCommand(chain: chain, values: values, positionals: assigned)
    }

    // MARK: Words

    private mutating func takeWord(_ word: String) throws {
        let command = chain.command
        guard !command.subcommands.isEmpty, command.positionals.isEmpty else { return positionals.append(word) }
        guard let next = command.subcommand(named: word) else { throw failures.unknownCommand(word) }
        chain = chain.appending(next)
    }

    private func assignedPositionals() throws -> [String: [String]] {
        var rest = positionals[...]
        var assigned: [String: [String]] = [:]
        for positional in chain.command.positionals {
            let taken = positional.repeats ? rest : rest.prefix(1)
            rest = rest.dropFirst(taken.count)
            if taken.isEmpty {
                if positional.isRequired { throw failures.missingArgument(positional) }
                continue
            }
            for value in taken where !positional.choices.isEmpty && !positional.choices.contains(value) {
                throw failures.invalidChoice(value, of: positional.choices, for: positional.name)
            }
            assigned[positional.name] = Array(taken)
        }
        if let extra = rest.first { throw failures.unexpectedArgument(extra) }
        return assigned
    }

    // MARK: Options

    /// `-` and negative numbers are words, unless a digit is declared as a short option.
    private func looksLikeOption(_ argument: String) -> Bool {
        guard argument.hasPrefix("-"), argument.count > 1 else { return false }
        let second = argument.dropFirst().prefix(1)
        let third = argument.dropFirst(2).prefix(1)
        func isDigit(_ text: Substring) -> Bool { text.first.map { ("0"..."9").contains($0) } ?? false }
        let isNumber = isDigit(second) || (second == "." && isDigit(third))
        return !isNumber || chain.option(named: "-\(second)") != nil
    }

    private mutating func takeLong(_ argument: String) throws -> OptionSpec.Role {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let option = chain.option(named: name) else { throw failures.unknownOption(name) }
        let attached = parts.count > 1 ? String(parts[1]) : nil
        guard option.isFlag else {
            try store(attached ?? nextValue(for: option, written: name), for: option)
            return .ordinary
        }
        if attached != nil { throw failures.unexpectedValue(name) }
        return storeFlag(option)
    }

    /// `-abc`: flags, of which the last may be an option that takes the rest or the next argument as its value.
    private mutating func takeShort(_ argument: String) throws -> OptionSpec.Role {
        var letters = argument.dropFirst()
        while let letter = letters.popFirst() {
            let name = "-\(letter)"
            guard let option = chain.option(named: name) else {
                throw failures.unknownOption(argument.count == 2 ? name : argument, letter: name)
            }
            guard option.isFlag else {
                if letters.isEmpty {
                    try store(nextValue(for: option, written: name), for: option)
                } else {
                    try store(String(letters.first == "=" ? letters.dropFirst() : letters), for: option)
                }
                return .ordinary
            }
            if letters.first == "=" { throw failures.unexpectedValue(name) }
            let role = storeFlag(option)
            if role != .ordinary { return role }
        }
        return .ordinary
    }

    private mutating func nextValue(for option: OptionSpec, written name: String) throws -> String {
        guard index < arguments.count, !looksLikeOption(arguments[index]) else {
            throw failures.missingValue(option, written: name, next: index < arguments.count ? arguments[index] : nil)
        }
        index += 1
        return arguments[index - 1]
    }

    private mutating func storeFlag(_ option: OptionSpec) -> OptionSpec.Role {
        values[option.canonicalName, default: []].append("")
        return option.role
    }

    private mutating func store(_ value: String, for option: OptionSpec) throws {
        let name = option.canonicalName
        if !option.isRepeatable, values[name] != nil { throw failures.repeatedOption(name) }
        if !option.choices.isEmpty, !option.choices.contains(value) {
            throw failures.invalidChoice(value, of: option.choices, for: name)
        }
        values[name, default: []].append(value)
    }
}
