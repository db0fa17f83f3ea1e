import CommandLineParsing
import MediaValues
import Pipeline
import PluginKit
import VideoExtract

/// `cache`: stats, verify, clear.
struct CacheCommand: Sendable {
    private let cache: ResultCache
    private let action: String?
    private let isJSON: Bool
    private let plugin: String?

    init(_ command: ParsedCommand, action: String?) throws {
        guard let cache = try RunSetup.builder(command).buildCache() else {
            throw command.usageError("there is no cache")
        }
        self.cache = cache
        self.action = action
        isJSON = command.declares("--json") && command.flag("--json")
        plugin = command.declares("--plugin") ? command.optionalString("--plugin") : nil
    }

    func run() async throws -> ExitStatus {
        let cache = cache
        switch action {
        case "stats":
            let statistics = try await BlockingPool.shared.run { cache.statistics() }
            if isJSON { return try printJSON(statistics) }
            Console.print("folder   \(cache.directory)")
            Console.print("entries  \(statistics.entries)")
            Console.print(
                "size     \(Amounts.bytes(statistics.sizeBytes)) of at most \(Amounts.bytes(statistics.limitBytes))")
            for (name, count) in statistics.entriesByPlugin.sorted(by: { $0.key < $1.key }) {
                Console.print("  \(name): \(count) entries, \(Amounts.bytes(statistics.sizeBytesByPlugin[name] ?? 0))")
            }
        case "verify":
            let verification = try await BlockingPool.shared.run { cache.verify() }
            if isJSON { return try printJSON(verification) }
            Console.print("\(verification.intact) entries intact, \(verification.removed.count) damaged and removed")
        case "clear":
            let plugin = plugin
            let removed = try await BlockingPool.shared.run { cache.clear(plugin: plugin) }
            Console.print("removed \(removed.entries) entries, \(Amounts.bytes(removed.bytes))")
        default: return .usage
        }
        return .done
    }

    private func printJSON(_ value: some Encodable) throws -> ExitStatus {
        try Console.printJSON(value)
        return .done
    }
}
