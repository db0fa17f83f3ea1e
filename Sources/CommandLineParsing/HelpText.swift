extension CommandSpec {
    /// The help of the command at `path` below this one, wrapped to `width` columns (at least 40), no colours.
    ///
    /// A path that leads nowhere gives the help of the last command it reaches.
    public func helpText(path: [String] = [], width: Int = 80) -> String {
        HelpText(chain: CommandChain(self).following(path), width: max(width, 40)).text
    }
}

/// Writes the help of one command.
struct HelpText {
    /// Where descriptions start at most; wider names push theirs to the next line.
    private static let widestColumn = 30

    private let chain: CommandChain
    private let width: Int

    init(chain: CommandChain, width: Int) {
        self.chain = chain
        self.width = width
    }

    var text: String {
        let command = chain.command
        var blocks = [usage, TextWrap.lines(command.summary, width: width)]
        if !command.discussion.isEmpty { blocks.append(TextWrap.lines(command.discussion, width: width)) }
        blocks += entryBlocks
        if !command.subcommands.isEmpty, !command.visibleSubcommands.isEmpty {
            blocks.append(TextWrap.lines("Run '\(chain.words) COMMAND --help' for more about a command.", width: width))
        }
        if !command.examples.isEmpty {
            blocks.append(
                ["Examples:"]
                    + command.examples.flatMap { example in
                        ["  \(example.command)"]
                            + TextWrap.lines(example.meaning, width: width - 6).map { "      \($0)" }
                    })
        }
        return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private var usage: [String] {
        let command = chain.command
        var words = [chain.words]
        words += command.positionals.map(\.usage)
        words += visible(chain.allOptions).filter(\.isRequired).map { "\($0.canonicalName) \($0.placeholder ?? "")" }
        if !visible(chain.ownOptions).filter({ !$0.isRequired }).isEmpty { words.append("[options]") }
        if !command.subcommands.isEmpty { words.append("COMMAND") }
        let indent = "    "
        let wrapped = TextWrap.lines("Usage: " + words.joined(separator: " "), width: width - indent.count)
        var lines = wrapped.prefix(1) + wrapped.dropFirst().map { indent + $0 }
        if !command.aliases.isEmpty { lines.append("Aliases: " + command.aliases.joined(separator: ", ")) }
        return Array(lines)
    }

    private var entryBlocks: [[String]] {
        let command = chain.command
        var groups: [(title: String, entries: [(left: String, right: String)])] = []
        groups.append(
            (
                "Arguments",
                command.positionals.map { ($0.usage, $0.help + note(choices: $0.choices, list: [], defaultText: nil)) }
            ))
        groups.append(("Commands", command.visibleSubcommands.map { (left($0), $0.summary) }))
        let own = visible(chain.ownOptions)
        groups.append(("Options", own.filter { $0.section == nil }.map(entry)))
        var sections: [String] = []
        for section in own.compactMap(\.section) where !sections.contains(section) { sections.append(section) }
        for section in sections { groups.append((section, own.filter { $0.section == section }.map(entry))) }
        groups.append(("Global options", visible(chain.inheritedOptions).map(entry)))
        let widest = groups.flatMap { $0.entries.map(\.left.count) }.filter { $0 + 4 <= Self.widestColumn }.max() ?? 0
        return groups.filter { !$0.entries.isEmpty }.map { group in
            ["\(group.title):"]
                + group.entries.flatMap { TextWrap.entry($0.left, $0.right, column: widest + 4, width: width) }
        }
    }

    private func visible(_ options: [OptionSpec]) -> [OptionSpec] { options.filter { !$0.isHidden } }

    private func left(_ command: CommandSpec) -> String {
        ([command.name] + command.aliases).joined(separator: ", ")
    }

    /// Short names first; a missing short name leaves its space, so long names line up.
    private func entry(_ option: OptionSpec) -> (left: String, right: String) {
        let hasShort = option.names.contains { !$0.hasPrefix("--") }
        let names = option.names.joined(separator: ", ")
        let left = (hasShort ? "" : "    ") + names + (option.placeholder.map { " \($0)" } ?? "")
        let list = option.choices.isEmpty ? option.listChoices : []
        return (left, option.help + note(choices: option.choices, list: list, defaultText: option.defaultText))
    }

    private func note(choices: [String], list: [String], defaultText: String?) -> String {
        var notes: [String] = []
        if !choices.isEmpty { notes.append("one of: \(choices.joined(separator: ", "))") }
        if !list.isEmpty { notes.append("comma-separated, out of: \(list.joined(separator: ", "))") }
        if let defaultText { notes.append("default: \(defaultText)") }
        return notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))"
    }
}
