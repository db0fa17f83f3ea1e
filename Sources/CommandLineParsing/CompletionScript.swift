/// Writes the completion script of a program for a shell.
public enum CompletionScript {
    /// The shells a script can be written for.
    public enum Shell: String, Sendable, CaseIterable {
        /// GNU Bash 4 or later. Load with `source <(PROGRAM … bash)`.
        case bash
        /// Z shell. Save as `_PROGRAM` in a directory of `fpath`, or source after `compinit`.
        case zsh
        /// fish 3 or later. Save as `~/.config/fish/completions/PROGRAM.fish`.
        case fish
    }

    /// The script that completes `program` as declared by `root`: commands, options, choices, comma lists of
    /// ``OptionSpec/listChoices``, and files or directories where a free value stands.
    public static func generate(for shell: Shell, root: CommandSpec, program: String) -> String {
        switch shell {
        case .bash: BashCompletion(root: root, program: program).script
        case .zsh: ZshCompletion(root: root, program: program).script
        case .fish: FishCompletion(root: root, program: program).script
        }
    }
}

/// What a shell may offer in one place.
enum CompletionKind: Equatable {
    case choices([String])
    case list([String])
    case file, directory, nothing

    init(_ option: OptionSpec) {
        if !option.choices.isEmpty {
            self = .choices(option.choices)
        } else if !option.listChoices.isEmpty {
            self = .list(option.listChoices)
        } else {
            self = .init(option.hint)
        }
    }

    init(_ positional: PositionalSpec) {
        self = positional.choices.isEmpty ? .init(positional.hint) : .choices(positional.choices)
    }

    private init(_ hint: ValueHint) {
        switch hint {
        case .file: self = .file
        case .directory: self = .directory
        case .none: self = .nothing
        }
    }
}

/// Text that all three shells read the same way.
enum ShellText {
    /// `text` as one literal word.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// `name` with everything but letters, digits and `_` replaced by `_`.
    static func identifier(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    /// The first sentence of a help text, without its full stop: enough beside a completion.
    static func brief(_ help: String) -> String {
        let line = help.split(separator: "\n").first.map(String.init) ?? ""
        let sentence = line.indices.first { index in
            let next = line.index(after: index)
            return line[index] == "." && (next == line.endIndex || line[next] == " ")
        }
        return sentence.map { String(line[..<$0]) } ?? line
    }
}

extension CommandChain {
    var visibleOptions: [OptionSpec] { allOptions.filter { !$0.isHidden } }

    /// The path as the scripts keep it: names with spaces between.
    var key: String { path.joined(separator: " ") }
}
