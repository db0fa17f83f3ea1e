/// The completion script for bash.
///
/// Tables as `case` statements, and one function that walks the words before the cursor: it needs to know which
/// options take a value, so that a value is never mistaken for a command.
struct BashCompletion {
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
        # bash completion for \(program)

        # Sets kind (and choices) for the value of option $2 of command $1.
        \(prefix)_value() {
            kind=flag choices=""
            case "$1 $2" in
        \(valueCases)
            esac
        }

        # Sets next to the command that word $2 selects below command $1.
        \(prefix)_next() {
            next=""
            case "$1 $2" in
        \(nextCases)
            esac
        }

        # Sets options, commands and kind (with choices) for command $1.
        \(prefix)_command() {
            options="" commands="" kind=none choices=""
            case "$1" in
        \(commandCases)
            esac
        }

        \(walker)
        complete -F \(prefix) \(program)

        """
    }

    private var valueCases: String {
        chains.flatMap { chain in
            chain.allOptions.filter { !$0.isFlag }.map { option in
                let labels = option.names.map { ShellText.quoted("\(chain.key) \($0)") }.joined(separator: "|")
                return "        \(labels)) \(assignment(CompletionKind(option))) ;;"
            }
        }.joined(separator: "\n")
    }

    private var nextCases: String {
        chains.flatMap { chain in
            chain.command.subcommands.map { sub in
                let labels = ([sub.name] + sub.aliases).map { ShellText.quoted("\(chain.key) \($0)") }
                return "        \(labels.joined(separator: "|"))) next=\(ShellText.quoted(chain.appending(sub).key)) ;;"
            }
        }.joined(separator: "\n")
    }

    private var commandCases: String {
        chains.map { chain in
            let options = chain.visibleOptions.flatMap(\.names).joined(separator: " ")
            let commands = chain.command.visibleSubcommands.map(\.name).joined(separator: " ")
            return """
                        \(ShellText.quoted(chain.key)))
                            options=\(ShellText.quoted(options))
                            commands=\(ShellText.quoted(commands))
                            \(assignment(positionalKind(chain.command))) ;;
                """
        }.joined(separator: "\n")
    }

    /// One answer for all arguments of a command: choices win, then files, then directories.
    private func positionalKind(_ command: CommandSpec) -> CompletionKind {
        let kinds = command.positionals.map { CompletionKind($0) }
        let choices = kinds.flatMap { kind -> [String] in if case .choices(let words) = kind { words } else { [] } }
        if !choices.isEmpty { return .choices(choices) }
        return kinds.contains(.file) ? .file : kinds.contains(.directory) ? .directory : .nothing
    }

    private func assignment(_ kind: CompletionKind) -> String {
        switch kind {
        case .choices(let words): "kind=choices choices=\(ShellText.quoted(words.joined(separator: " ")))"
        case .list(let words): "kind=list choices=\(ShellText.quoted(words.joined(separator: " ")))"
        case .file: "kind=file"
        case .directory: "kind=directory"
        case .nothing: "kind=none"
        }
    }

    private var walker: String {
        """
        # Offers the words for kind and choices that continue $1; $2 stands before each of them.
        \(prefix)_offer() {
            local current="$1" before="$2" item done rest
            case "$kind" in
                choices)
                    while IFS= read -r item; do COMPREPLY+=("$before$item"); done \\
                        < <(compgen -W "$choices" -- "$current") ;;
                list)
                    done="" rest="$current"
                    if [[ $current == *,* ]]; then done="${current%,*}," rest="${current##*,}"; fi
                    while IFS= read -r item; do
                        # What the list already holds is not offered again.
                        [[ ",$done" == *",$item,"* ]] || COMPREPLY+=("$before$done$item")
                    done < <(compgen -W "$choices" -- "$rest")
                    # Outside of a completion (in a test) there is nothing to tell.
                    compopt -o nospace 2>/dev/null ;;
                file|directory)
                    local action=-f
                    [[ $kind == directory ]] && action=-d
                    while IFS= read -r item; do COMPREPLY+=("$before$item"); done < <(compgen $action -- "$current")
                    compopt -o filenames 2>/dev/null ;;
            esac
        }

        \(prefix)() {
            local current="${COMP_WORDS[COMP_CWORD]}" path="" awaiting="" literal=0 index word
            local kind choices next options commands
            COMPREPLY=()
            for ((index = 1; index < COMP_CWORD; index++)); do
                word="${COMP_WORDS[index]}"
                if [[ -n $awaiting ]]; then
                    # "--name=value" reaches us as three words.
                    [[ $word == "=" ]] || awaiting=""
                elif ((literal)); then
                    continue
                elif [[ $word == -- ]]; then
                    literal=1
                elif [[ $word == -?* ]]; then
                    \(prefix)_value "$path" "$word"
                    [[ $kind == flag ]] || awaiting="$word"
                else
                    \(prefix)_next "$path" "$word"
                    [[ -z $next ]] || path="$next"
                fi
            done
            if [[ -n $awaiting ]]; then
                [[ $current == "=" ]] && current=""
                \(prefix)_value "$path" "$awaiting"
                \(prefix)_offer "$current" ""
            elif ((!literal)) && [[ $current == --*=* ]]; then
                \(prefix)_value "$path" "${current%%=*}"
                \(prefix)_offer "${current#*=}" "${current%%=*}="
            else
                \(prefix)_command "$path"
                if ((!literal)) && [[ $current == -* ]]; then
                    choices="$options" kind=choices
                elif [[ -n $commands ]]; then
                    choices="$commands" kind=choices
                fi
                \(prefix)_offer "$current" ""
            fi
        }
        """
    }
}
