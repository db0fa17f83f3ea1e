/// An argument with a name: a flag, or an option with a value.
public struct OptionSpec: Sendable {
    /// What the option does to parsing itself.
    public enum Role: Sendable, Hashable {
        /// Nothing; the program reads it.
        case ordinary
        /// Ends parsing with ``CommandLineOutcome/help(path:)``.
        case showHelp
        /// Ends parsing with ``CommandLineOutcome/version``.
        case showVersion
    }

    /// All names with their dashes: one letter after `-`, several after `--`. `["-o", "--ops", "--operations"]`.
    public var names: [String]
    /// What stands for the value in help, such as `LIST`; `nil` for a flag.
    public var placeholder: String?
    /// One or more sentences.
    public var help: String
    /// The value used when the option is absent, as shown in help.
    public var defaultText: String?
    /// The only allowed values; empty when any value is allowed.
    public var choices: [String]
    /// Words that may be combined with commas; offered by completion and shown in help, not enforced.
    public var listChoices: [String]
    /// Whether the option may stand more than once. Flags always may.
    public var isRepeatable: Bool
    /// Whether parsing fails without the option.
    public var isRequired: Bool
    /// Works, but is neither shown nor completed nor suggested.
    public var isHidden: Bool
    /// The heading in help; `nil` for the general one.
    public var section: String?
    /// What a shell offers when there are no choices.
    public var hint: ValueHint
    /// What the option does to parsing itself.
    public var role: Role

    /// An option without a value.
    public static func flag(
        _ names: String..., help: String, section: String? = nil, isHidden: Bool = false, role: Role = .ordinary
    ) -> OptionSpec {
        OptionSpec(
            names: names, placeholder: nil, help: help, defaultText: nil, choices: [], listChoices: [],
            isRepeatable: true, isRequired: false, isHidden: isHidden, section: section, hint: .none, role: role)
    }

    /// An option with a value.
    public static func value(
        _ names: String..., placeholder: String, help: String, defaultText: String? = nil, choices: [String] = [],
        listChoices: [String] = [], isRepeatable: Bool = false, isRequired: Bool = false, isHidden: Bool = false,
        section: String? = nil, hint: ValueHint = .file
    ) -> OptionSpec {
        OptionSpec(
            names: names, placeholder: placeholder, help: help, defaultText: defaultText, choices: choices,
            listChoices: listChoices, isRepeatable: isRepeatable, isRequired: isRequired, isHidden: isHidden,
            section: section, hint: hint, role: .ordinary)
    }

    /// `-h`, `--help`; put it into the root's options.
    public static let help = OptionSpec.flag("-h", "--help", help: "Show this help and exit.", role: .showHelp)

    /// `--version`; put it into the root's options.
    public static let version = OptionSpec.flag("--version", help: "Show the version and exit.", role: .showVersion)

    /// The name used in messages and as the key of ``ParsedCommand/values``: the first long name, otherwise the first.
    public var canonicalName: String { names.first { $0.hasPrefix("--") } ?? names.first ?? "" }

    /// Whether the option has no value.
    public var isFlag: Bool { placeholder == nil }
}
