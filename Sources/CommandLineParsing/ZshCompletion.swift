/// The completion script for zsh: one function per command over `_arguments`.
struct ZshCompletion {
    private let chains: [CommandChain]
    private let program: String
    private let prefix: String

    init(root: CommandSpec, program: String) {
        chains = CommandChain(root).descendants
        self.program = program
        prefix = "_" + ShellText.identifier(program)
    }

    var script: String {
        """
        #compdef \(program)
        # zsh completion for \(program)

        \(chains.map(function).joined(separator: "\n\n"))

        # Autoloaded from fpath the file itself is the function; sourced, it registers it.
        if [[ $funcstack[1] == _\(program) ]]; then
            \(functionName(chains[0])) "$@"
        else
            compdef \(functionName(chains[0])) \(program)
        fi

        """
    }

    private func functionName(_ chain: CommandChain) -> String {
        ([prefix + "_main"] + chain.path.map(ShellText.identifier)).joined(separator: "__")
    }

    private func function(_ chain: CommandChain) -> String {
        let command = chain.command
        var specs = chain.visibleOptions.map(optionSpec)
        if command.subcommands.isEmpty {
            specs += command.positionals.enumerated().map { positionalSpec($1, at: $0 + 1) }
            return """
                \(functionName(chain))() {
                    _arguments -s -S\(lines(specs))
                }
                """
        }
        specs += ["'1:command:->command'", "'*::argument:->argument'"]
        let described = command.visibleSubcommands.map { sub in
            "            " + ShellText.quoted("\(sub.name):\(ShellText.brief(sub.summary))")
        }
        let branches = command.subcommands.map { sub in
            "                \(([sub.name] + sub.aliases).joined(separator: "|"))) \(functionName(chain.appending(sub))) ;;"
        }
        return """
            \(functionName(chain))() {
                local curcontext="$curcontext" state line
                local -a commands
                typeset -A opt_args
                _arguments -C -s -S\(lines(specs))
                case $state in
                    command)
                        commands=(
            \(described.joined(separator: "\n"))
                        )
                        _describe -t commands command commands ;;
                    argument)
                        case $line[1] in
            \(branches.joined(separator: "\n"))
                        esac ;;
                esac
            }
            """
    }

    private func lines(_ specs: [String]) -> String {
        specs.map { " \\\n        \($0)" }.joined()
    }

    private func optionSpec(_ option: OptionSpec) -> String {
        let forms = option.names.map { name in
            option.isFlag ? name : name.hasPrefix("--") ? "\(name)=" : "\(name)+"
        }
        let before = option.isRepeatable ? "*" : "(\(option.names.joined(separator: " ")))"
        let names =
            forms.count == 1 ? ShellText.quoted(before + forms[0]) : "'\(before)'{\(forms.joined(separator: ","))}"
        var tail = "[\(escaped(ShellText.brief(option.help), "[]"))]"
        if let placeholder = option.placeholder {
            tail += ":\(escaped(placeholder, ":")):\(action(CompletionKind(option), placeholder))"
        }
        return names + ShellText.quoted(tail)
    }

    private func positionalSpec(_ positional: PositionalSpec, at position: Int) -> String {
        let place = positional.repeats ? "*" : "\(position)"
        // Two colons make it optional; after "*" they would mean something else.
        let colons = positional.arity == .optional ? "::" : ":"
        let name = escaped(positional.name, ":")
        return ShellText.quoted("\(place)\(colons)\(name):\(action(CompletionKind(positional), name))")
    }

    private func action(_ kind: CompletionKind, _ name: String) -> String {
        switch kind {
        case .choices(let words): "(\(words.joined(separator: " ")))"
        case .list(let words): "_values -s , \(ShellText.identifier(name)) \(words.joined(separator: " "))"
        case .file: "_files"
        case .directory: "_files -/"
        case .nothing: " "
        }
    }

    private func escaped(_ text: String, _ special: String) -> String {
        text.map { special.contains($0) || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
    }
}
