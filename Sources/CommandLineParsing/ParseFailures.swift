import MediaValues

/// Words the errors of one command.
struct ParseFailures {
    let chain: CommandChain

    func error(_ code: UsageError.Code, _ message: String, hint: String? = nil) -> UsageError {
        UsageError(code: code, message: message, commandPath: [chain.root.name] + chain.path, hint: hint)
    }

    func unknownOption(_ written: String, letter: String? = nil) -> UsageError {
        let what = letter.map { $0 == written ? "'\(written)'" : "'\($0)' in '\(written)'" } ?? "'\(written)'"
        let visible = chain.allOptions.filter { !$0.isHidden }.flatMap(\.names)
        return error(.unknownOption, "unknown option \(what)", hint: optionHint(written, visible: visible))
    }

    private func optionHint(_ written: String, visible: [String]) -> String? {
        // "-ops" is most likely "--ops".
        if !written.hasPrefix("--"), written.count > 2, visible.contains("-" + written) {
            return "did you mean -\(written)?"
        }
        if written.hasPrefix("--") {
            let owners = chain.descendants.filter {
                $0.ownOptions.contains { !$0.isHidden && $0.names.contains(written) }
            }
            if let owner = owners.first { return "\(written) goes after the command: \(owner.words) \(written)" }
            let bodies = visible.filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2)) }
            if let near = Suggestions.nearest(to: String(written.dropFirst(2)), in: bodies) {
                return "did you mean --\(near)?"
            }
        }
        let others = CommandChain(chain.root).descendants.filter { other in
            !other.command.isHidden && other.ownOptions.contains { !$0.isHidden && $0.names.contains(written) }
        }
        guard !others.isEmpty else { return nil }
        return "\(written) belongs to: \(others.map(\.words).joined(separator: ", "))"
    }

    func unknownCommand(_ word: String) -> UsageError {
        let visible = chain.command.visibleSubcommands
        let names = visible.flatMap { [$0.name] + $0.aliases }
        let hint =
            Suggestions.nearest(to: word, in: names).map { "did you mean '\($0)'?" }
            ?? "commands: \(visible.map(\.name).joined(separator: ", "))"
        return error(.unknownCommand, "unknown command '\(word)'", hint: hint)
    }

    func missingCommand() -> UsageError {
        let names = chain.command.visibleSubcommands.map(\.name).joined(separator: ", ")
        return error(.missingCommand, "a command is missing", hint: "commands: \(names)")
    }

    func missingOption(_ option: OptionSpec) -> UsageError {
        error(
            .missingOption, "the option \(option.canonicalName) \(option.placeholder ?? "") is missing",
            hint: option.help)
    }

    func missingArgument(_ positional: PositionalSpec) -> UsageError {
        error(.missingArgument, "the argument \(positional.name) is missing", hint: positional.help)
    }

    func unexpectedArgument(_ word: String) -> UsageError {
        let takes = chain.command.positionals.map(\.usage).joined(separator: " ")
        let hint = takes.isEmpty ? "this command takes no arguments" : "this command takes: \(takes)"
        return error(.unexpectedArgument, "unexpected argument '\(word)'", hint: hint)
    }

    func unexpectedValue(_ name: String) -> UsageError {
        error(.unexpectedValue, "\(name) is a flag and takes no value")
    }

    func missingValue(_ option: OptionSpec, written name: String, next: String?) -> UsageError {
        let joined = name.hasPrefix("--") ? "\(name)=\(next ?? "")" : "\(name)\(next ?? "")"
        return error(
            .missingValue, "\(name) needs a value (\(option.placeholder ?? "VALUE"))",
            hint: next.map { "if '\($0)' is meant as the value, write \(joined)" })
    }

    func repeatedOption(_ name: String) -> UsageError {
        error(.repeatedOption, "\(name) may be given only once")
    }

    func invalidChoice(_ value: String, of choices: [String], for name: String) -> UsageError {
        invalidValue(
            value, for: name, expected: "one of \(choices.joined(separator: ", "))",
            hint: Suggestions.nearest(to: value, in: choices).map { "did you mean '\($0)'?" })
    }

    func invalidValue(_ value: String, for name: String, expected: String, hint: String? = nil) -> UsageError {
        error(.invalidValue, "\(name): '\(value)' must be \(expected)", hint: hint)
    }
}
