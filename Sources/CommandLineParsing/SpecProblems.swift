extension CommandSpec {
    /// Mistakes in the declaration itself; empty when it is sound. Meant for a test of the program.
    public func problems() -> [String] {
        CommandChain(self).descendants.flatMap { Self.problems(of: $0) }
    }

    private static func problems(of chain: CommandChain) -> [String] {
        var found: [String] = []
        let command = chain.command
        var optionNames: Set<String> = []
        for option in chain.allOptions {
            if option.names.isEmpty { found.append("\(chain.words): an option has no name") }
            for name in option.names {
                if !isOptionName(name) { found.append("\(chain.words): \"\(name)\" is no option name") }
                if !optionNames.insert(name).inserted { found.append("\(chain.words): \(name) is declared twice") }
            }
        }
        var commandNames: Set<String> = []
        for name in command.subcommands.flatMap({ [$0.name] + $0.aliases }) {
            if !isWord(name) { found.append("\(chain.words): \"\(name)\" is no command name") }
            if !commandNames.insert(name).inserted { found.append("\(chain.words): \(name) is declared twice") }
        }
        let positionals = command.positionals
        if !positionals.isEmpty, !command.subcommands.isEmpty {
            found.append("\(chain.words): arguments and subcommands exclude each other")
        }
        for (position, positional) in positionals.enumerated() {
            if positional.repeats, position < positionals.count - 1 {
                found.append("\(chain.words): only the last argument may repeat, not \(positional.name)")
            }
            if positional.isRequired, positionals[..<position].contains(where: { !$0.isRequired }) {
                found.append("\(chain.words): \(positional.name) is required but follows an optional argument")
            }
        }
        return found
    }

    private static func isOptionName(_ name: String) -> Bool {
        if name.hasPrefix("--") { return isWord(String(name.dropFirst(2))) }
        return name.count == 2 && name.hasPrefix("-") && isWord(String(name.dropFirst()))
    }

    private static func isWord(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, first != "-" else { return false }
        return name.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || "0123456789-_".unicodeScalars.contains($0))
        }
    }
}
