/// One command: what it takes, what it says about itself, and the commands below it.
///
/// The same value drives parsing, help and shell completion. Options of a command are also valid after each of its
/// subcommands, so options of the root are valid everywhere.
public struct CommandSpec: Sendable {
    /// A command line to show, and what it does.
    public struct Example: Sendable, Hashable {
        /// The complete command line.
        public let command: String
        /// What it does, in one sentence.
        public let meaning: String

        /// Creates an example from a complete command line and a sentence.
        public init(_ command: String, _ meaning: String) {
            self.command = command
            self.meaning = meaning
        }
    }

    /// The word on the command line; for the root, the program's name.
    public var name: String
    /// Other words for the same command.
    public var aliases: [String]
    /// One line.
    public var summary: String
    /// Further paragraphs, separated by an empty line; lines that begin with a space are not wrapped.
    public var discussion: String
    /// Examples shown at the end of the help text.
    public var examples: [Example]
    /// Arguments without a name, in order; only the last may repeat.
    public var positionals: [PositionalSpec]
    /// Options of this command.
    public var options: [OptionSpec]
    /// Commands below this one.
    public var subcommands: [CommandSpec]
    /// Works, but is neither listed nor completed nor suggested.
    public var isHidden: Bool

    /// Creates a command; only `name` and `summary` are needed.
    public init(
        name: String, aliases: [String] = [], summary: String, discussion: String = "", examples: [Example] = [],
        positionals: [PositionalSpec] = [], options: [OptionSpec] = [], subcommands: [CommandSpec] = [],
        isHidden: Bool = false
    ) {
        self.name = name
        self.aliases = aliases
        self.summary = summary
        self.discussion = discussion
        self.examples = examples
        self.positionals = positionals
        self.options = options
        self.subcommands = subcommands
        self.isHidden = isHidden
    }

    /// The subcommand with this name or alias.
    public func subcommand(named name: String) -> CommandSpec? {
        subcommands.first { $0.name == name || $0.aliases.contains(name) }
    }

    var visibleSubcommands: [CommandSpec] { subcommands.filter { !$0.isHidden } }
}

/// What a shell offers where a free value stands.
public enum ValueHint: Sendable, Hashable {
    /// Any file.
    case file
    /// A directory.
    case directory
    /// Nothing.
    case none
}

/// An argument without a name.
public struct PositionalSpec: Sendable {
    /// How often the argument stands.
    public enum Arity: Sendable, Hashable {
        /// Exactly once.
        case required
        /// At most once.
        case optional
        /// Once or more.
        case repeating
        /// Any number of times, also never.
        case optionalRepeating
    }

    /// The name in help and messages, and for ``ParsedCommand/positional(_:)``; such as `FILE`.
    public var name: String
    /// One or more sentences.
    public var help: String
    /// How often it stands.
    public var arity: Arity
    /// The only allowed words; empty when any value is allowed.
    public var choices: [String]
    /// What a shell offers when there are no choices.
    public var hint: ValueHint

    /// Creates an argument; required, any value, completed as a file, unless said otherwise.
    public init(
        _ name: String, help: String, arity: Arity = .required, choices: [String] = [], hint: ValueHint = .file
    ) {
        self.name = name
        self.help = help
        self.arity = arity
        self.choices = choices
        self.hint = hint
    }

    var repeats: Bool { arity == .repeating || arity == .optionalRepeating }
    var isRequired: Bool { arity == .required || arity == .repeating }

    /// `FILE`, `[FILE]`, `FILE...` or `[FILE...]`.
    var usage: String {
        let word = repeats ? "\(name)..." : name
        return isRequired ? word : "[\(word)]"
    }
}
