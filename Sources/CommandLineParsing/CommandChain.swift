/// A command together with the commands above it, the root first. Never empty.
struct CommandChain: Sendable {
    let root: CommandSpec
    private(set) var below: [CommandSpec] = []

    init(_ root: CommandSpec) { self.root = root }

    var command: CommandSpec { below.last ?? root }

    /// The names below the program.
    var path: [String] { below.map(\.name) }

    /// The words a user types: program and path.
    var words: String { ([root.name] + path).joined(separator: " ") }

    /// Options of this command.
    var ownOptions: [OptionSpec] { command.options }

    /// Options of the commands above, nearest first.
    var inheritedOptions: [OptionSpec] {
        guard !below.isEmpty else { return [] }
        return ([root] + below.dropLast()).reversed().flatMap(\.options)
    }

    var allOptions: [OptionSpec] { ownOptions + inheritedOptions }

    func option(named name: String) -> OptionSpec? { allOptions.first { $0.names.contains(name) } }

    func appending(_ command: CommandSpec) -> CommandChain {
        var chain = self
        chain.below.append(command)
        return chain
    }

    /// The chain along names or aliases, as far as it goes.
    func following(_ names: [String]) -> CommandChain {
        var chain = self
        for name in names {
            guard let next = chain.command.subcommand(named: name) else { break }
            chain = chain.appending(next)
        }
        return chain
    }

    /// This command and every one below it, in declaration order.
    var descendants: [CommandChain] {
        [self] + command.subcommands.flatMap { appending($0).descendants }
    }
}
