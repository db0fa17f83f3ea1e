import Foundation

/// The program. Everything else lives in other files, because top-level code would be bound to the main actor.
@main
enum Main {
    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        let status = await Program.run(arguments)
        // Nothing is buffered, and taking loaded models apart takes longer than ending without that.
        _exit(status.rawValue)
    }
}
