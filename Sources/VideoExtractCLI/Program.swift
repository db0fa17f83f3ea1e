import CommandLineParsing
import Configuration
import Foundation
import Inference
import Pipeline
import PluginKit

/// What the shell sees when the program ends.
enum ExitStatus: Int32 {
    /// Everything that was asked for is there.
    case done = 0
    /// At least one operation or file failed; the rest is written.
    case failed = 1
    /// The command line makes no sense.
    case usage = 2
    /// Interrupted from the keyboard.
    case interrupted = 130
}

/// The modes as `run --mode` names them.
private enum RunMode: String, CaseIterable {
    case debug, performance, bulk

    /// Options that only this mode has.
    private var ownOptions: [String] {
        switch self {
        case .debug: ["--save-intermediates", "--trace"]
        case .performance: ["--stream", "--format", "--json", "--output"]
        case .bulk:
            ["--input-list", "--workers", "--progress", "--no-progress", "--resume", "--fail-fast", "--timeout"]
        }
    }

    /// The command that stands for the chosen mode.
    ///
    /// - Throws: `UsageError` for options of another mode.
    static func command(_ command: ParsedCommand) throws -> String {
        let mode = try command.optionalChoice("--mode", as: RunMode.self) ?? .performance
        for other in allCases where other != mode {
            if let option = other.ownOptions.first(where: { !command.strings($0).isEmpty }) {
                throw command.usageError(
                    "\(option) belongs to the mode \(other.rawValue), not to \(mode.rawValue)",
                    hint: "add --mode \(other.rawValue), or leave the option out")
            }
        }
        return switch mode {
        case .debug: "debug"
        case .performance: "perf"
        case .bulk: "bulk"
        }
    }
}

/// Parses the command line and carries the command out.
enum Program {
    static func run(_ arguments: [String]) async -> ExitStatus {
        do {
            switch try CommandLineParser(CommandTree.root).parse(arguments) {
            case .help(let path):
                Console.print(CommandTree.root.helpText(path: path, width: TerminalWidth.current()))
                return .done
            case .version:
                Console.print("video-extract \(ProductVersion.current)")
                return .done
            case .run(let command):
                return try await perform(command)
            }
        } catch {
            return report(error)
        }
    }

    private static func perform(_ command: ParsedCommand) async throws -> ExitStatus {
        let interruption = Interruption.install()
        defer { interruption.uninstall() }
        let status = try await interruption.watch { try await dispatch(command) }
        if let failure = Console.outputFailure { throw failure }
        return status
    }

    private static func dispatch(_ command: ParsedCommand) async throws -> ExitStatus {
        let words = command.path
        switch words.first == "run" ? try RunMode.command(command) : words.first {
        case "debug": return try await DebugCommand(command).run()
        case "perf": return try await PerfCommand(command).run()
        case "bulk": return try await BulkCommand(command).run()
        case "duplicates": return try await DuplicatesCommand(command).run()
        case BulkWorkerCommand.name: return try await BulkWorkerCommand().run()
        case "plan": return try PlanCommand(command).run()
        case "plugins": return try PluginsCommand(command, action: words.dropFirst().first).run()
        case "models": return try await ModelsCommand(command, action: words.dropFirst().first).run()
        case "cache": return try await CacheCommand(command, action: words.dropFirst().first).run()
        case "completion": return try CompletionCommand(command).run()
        default:
            Console.print(CommandTree.root.helpText(path: [], width: TerminalWidth.current()))
            return .usage
        }
    }

    /// Says what went wrong on standard error.
    static func report(_ error: any Error) -> ExitStatus {
        switch error {
        case let error as UsageError:
            Console.note("\(error)")
            return .usage
        case let error as ConfigurationError:
            Console.error("\(error)")
            return .usage
        case let error as PluginError:
            switch error.code {
            case .cancelled: return .interrupted
            case .unknownOperation, .invalidParameter, .invalidConfiguration, .noPlugin:
                Console.error(error.message)
                return .usage
            default:
                Console.error(Console.isVerbose ? error.fullDescription : error.message)
                return .failed
            }
        case let error as InferenceError:
            Console.error(Console.isVerbose ? "\(error)" : error.message)
            return error.code == .unknownModel ? .usage : .failed
        case is CancellationError:
            return .interrupted
        default:
            Console.error("\(error)")
            return .failed
        }
    }
}
