/// What a command line asks for.
public enum CommandLineOutcome: Sendable {
    /// Run a command.
    case run(ParsedCommand)
    /// Show the help of the command at this path below the program (empty for the program).
    case help(path: [String])
    /// Show the version.
    case version
}

/// Parses arguments by a ``CommandSpec``.
///
/// `--name value`, `--name=value`, `-n value`, `-nvalue`, `-n=value`, combined flags `-abc`. Options and arguments may
/// be mixed; `--` ends options; `-` and negative numbers are arguments. A value that begins with `-` otherwise is
/// written `--name=-value`. `help COMMAND` is the same as `COMMAND --help`.
public struct CommandLineParser: Sendable {
    /// The program.
    public let root: CommandSpec

    /// A parser for the program `root`.
    public init(_ root: CommandSpec) { self.root = root }

    /// Parses `arguments`, without the program's own name. Throws ``UsageError``.
    public func parse(_ arguments: [String]) throws -> CommandLineOutcome {
        if arguments.first == "help", root.subcommand(named: "help") == nil, !root.subcommands.isEmpty {
            return try helpOutcome(Array(arguments.dropFirst()))
        }
        var scan = ArgumentScan(arguments: arguments, chain: CommandChain(root))
        switch try scan.run() {
        case .showHelp: return .help(path: scan.chain.path)
        case .showVersion: return .version
        case .ordinary: return .run(try scan.finished())
        }
    }

    private func helpOutcome(_ words: [String]) throws -> CommandLineOutcome {
        var chain = CommandChain(root)
        for word in words where !word.hasPrefix("-") {
            guard let next = chain.command.subcommand(named: word) else {
                throw ParseFailures(chain: chain).unknownCommand(word)
            }
            chain = chain.appending(next)
        }
        return .help(path: chain.path)
    }
}
