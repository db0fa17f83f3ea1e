/// A command line that cannot be obeyed.
public struct UsageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The class of the error; messages may change, codes do not.
    public enum Code: String, Sendable, Hashable {
        /// No such option here.
        case unknownOption
        /// No such command.
        case unknownCommand
        /// A command was expected.
        case missingCommand
        /// The option needs a value.
        case missingValue
        /// The flag takes no value.
        case unexpectedValue
        /// The option may stand only once.
        case repeatedOption
        /// A required option is missing.
        case missingOption
        /// A required argument is missing.
        case missingArgument
        /// One argument too many.
        case unexpectedArgument
        /// The value is no number, out of range, or not among the choices.
        case invalidValue
    }

    /// The class of the error.
    public let code: Code
    /// What is wrong.
    public let message: String
    /// Program and command names: `["video-extract", "perf"]`.
    public let commandPath: [String]
    /// What to do instead, if known.
    public let hint: String?

    /// Creates an error; also for rules that only the program knows.
    public init(code: Code, message: String, commandPath: [String], hint: String? = nil) {
        self.code = code
        self.message = message
        self.commandPath = commandPath
        self.hint = hint
    }

    /// Message, hint and where to read more, on up to three lines.
    public var description: String {
        let command = commandPath.joined(separator: " ")
        let lines = ["\(command): \(message)", hint, "Run '\(command) --help' for usage."]
        return lines.compactMap { $0 }.joined(separator: "\n")
    }
}
