import CommandLineParsing

/// `completion`: scripts for shells.
struct CompletionCommand: Sendable {
    private let shell: CompletionScript.Shell

    init(_ command: ParsedCommand) throws {
        let name = try command.positional("SHELL")
        guard let shell = CompletionScript.Shell(rawValue: name) else {
            throw command.usageError("no completion for the shell '\(name)'", hint: "choose bash, zsh or fish")
        }
        self.shell = shell
    }

    func run() throws -> ExitStatus {
        Console.print(CompletionScript.generate(for: shell, root: CommandTree.root, program: "video-extract"))
        return .done
    }
}
