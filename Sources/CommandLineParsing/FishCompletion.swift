/// The completion script for fish: one `complete` line per option and command, valid at one command path.
struct FishCompletion {
    private let chains: [CommandChain]
    private let program: String
    private let prefix: String

    init(root: CommandSpec, program: String) {
        chains = CommandChain(root).descendants
        self.program = program
        prefix = "__" + ShellText.identifier(program)
    }

    var script: String {
        """
        # fish completion for \(program)

        # True when the words before the cursor lead to the command path $argv[1].
        function \(prefix)_at
            set -l words (commandline -opc)
            set -e words[1]
            set -l path ''
            set -l skip 0
            for word in $words
                if test $skip = 1
                    set skip 0
                    continue
                end
                switch "$path $word"
        \(valueCases)
        \(nextCases)
                end
            end
            test "$path" = "$argv[1]"
        end

        # The words $argv as continuations of a comma list; what it already holds is not offered again.
        function \(prefix)_list
            set -l current (string replace -r -- '^--?[^=]*=' '' (commandline -ct))
            set -l before (string match -r -- '^.*,' "$current")
            for word in $argv
                if not contains -- $word (string split -- , "$before")
                    echo "$before$word"
                end
            end
        end

        complete -c \(program) -f
        \(chains.flatMap(completions).joined(separator: "\n"))

        """
    }

    private var valueCases: String {
        chains.compactMap { chain in
            let names = chain.allOptions.filter { !$0.isFlag }.flatMap(\.names)
            guard !names.isEmpty else { return nil }
            let labels = names.map { ShellText.quoted("\(chain.key) \($0)") }.joined(separator: " ")
            return "            case \(labels)\n                set skip 1"
        }.joined(separator: "\n")
    }

    private var nextCases: String {
        chains.flatMap { chain in
            chain.command.subcommands.map { sub in
                let labels = ([sub.name] + sub.aliases).map { ShellText.quoted("\(chain.key) \($0)") }
                let next = ShellText.quoted(chain.appending(sub).key)
                return "            case \(labels.joined(separator: " "))\n                set path \(next)"
            }
        }.joined(separator: "\n")
    }

    private func completions(_ chain: CommandChain) -> [String] {
        let head = "complete -c \(program) -n \(ShellText.quoted("\(prefix)_at \(ShellText.quoted(chain.key))"))"
        var lines = chain.command.visibleSubcommands.map { sub in
            "\(head) -a \(sub.name) -d \(literal(ShellText.brief(sub.summary)))"
        }
        lines += chain.visibleOptions.map { option in
            let names = option.names.map { name in
                name.hasPrefix("--") ? "-l \(name.dropFirst(2))" : "-s \(name.dropFirst())"
            }
            let value = option.isFlag ? "" : " -r" + arguments(CompletionKind(option))
            return "\(head) \(names.joined(separator: " "))\(value) -d \(literal(ShellText.brief(option.help)))"
        }
        var kinds: [CompletionKind] = []
        for kind in chain.command.positionals.map({ CompletionKind($0) }) where !kinds.contains(kind) {
            kinds.append(kind)
        }
        lines += kinds.filter { $0 != .nothing }.map { head + arguments($0) }
        return lines
    }

    private func arguments(_ kind: CompletionKind) -> String {
        switch kind {
        case .choices(let words): " -f -a \(literal(words.joined(separator: " ")))"
        case .list(let words): " -f -a \(literal("(\(prefix)_list \(words.joined(separator: " ")))"))"
        case .file: " -F"
        case .directory: " -f -a '(__fish_complete_directories)'"
        case .nothing: " -f"
        }
    }

    /// fish escapes a quote inside quotes with a backslash.
    private func literal(_ text: String) -> String {
        "'" + text.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "'"
    }
}
