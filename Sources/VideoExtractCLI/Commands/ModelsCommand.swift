import CommandLineParsing
import Inference
import MediaValues
import PluginKit
import VideoExtract

/// `models`: list, install, verify, remove.
struct ModelsCommand: Sendable {
    private struct Listing: Encodable {
        var id: String
        var task: String
        var description: String
        var licence: String
        var languages: [String]
        var sizeBytes: Int64?
        var isDefault: Bool
        var digestVerified: Bool
        var status: String
    }

    private let command: ParsedCommand
    private let action: String?
    private let store: ModelStore

    init(_ command: ParsedCommand, action: String?) throws {
        self.command = command
        self.action = action
        store = try Client.builder().buildModelStore()
    }

    func run() async throws -> ExitStatus {
        switch action {
        case "list": return try list()
        case "install": return try await install()
        case "verify": return try await verify()
        case "remove":
            for id in command.positionals("ID") {
                try store.remove(id)
                Console.note("\(id): removed")
            }
            return .done
        default: return .usage
        }
    }

    private func state(_ id: String) throws -> String {
        switch try store.status(id) {
        case .installed: "installed"
        case .missing: "missing"
        case .corrupt(let reason): "damaged: \(reason)"
        }
    }

    private func list() throws -> ExitStatus {
        let listings = try store.catalogue.models.map { entry in
            Listing(
                id: entry.id, task: entry.task, description: entry.description, licence: entry.licence,
                languages: entry.languages, sizeBytes: entry.size, isDefault: entry.isDefault,
                digestVerified: entry.digestVerified, status: try state(entry.id))
        }
        if command.flag("--json") {
            try Console.printJSON(listings)
            return .done
        }
        let rows = listings.map { model in
            [
                model.id, model.task, model.sizeBytes.map(Amounts.bytes) ?? "size unknown", model.licence,
                model.status + (model.isDefault ? ", default" : "")
                    + (model.digestVerified ? "" : ", digest not verified"),
            ]
        }
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = row.enumerated().map { column, cell in
                column < widths.count ? cell + String(repeating: " ", count: widths[column] - cell.count) : cell
            }
            Console.print(cells.joined(separator: "  "))
        }
        return .done
    }

    private func install() async throws -> ExitStatus {
        let named = Set(command.positionals("ID"))
        var ids = command.positionals("ID")
        if command.flag("--default") { ids += store.catalogue.defaults.map(\.id) }
        guard !ids.isEmpty else {
            throw command.usageError(
                "no model was named", code: .missingArgument, hint: "name models of 'models list', or add --default")
        }
        for id in ids { _ = try store.catalogue.entry(id) }
        var status = ExitStatus.done
        for id in ids {
            do {
                try await ModelInstaller(store: store).install(
                    id, allowUnverified: command.flag("--allow-unverified"), checksContent: named.contains(id))
            } catch let error as InferenceError where error.code != .cancelled {
                status = Program.report(error)
            }
        }
        return status
    }

    private func verify() async throws -> ExitStatus {
        let named = command.positionals("ID")
        let ids =
            try named.isEmpty
            ? store.catalogue.models.map(\.id).filter { try state($0) != "missing" } : named
        var status = ExitStatus.done
        for id in ids {
            let store = store
            switch try await BlockingPool.shared.run({ try store.verify(id) }) {
            case .installed: Console.print("\(id): intact")
            case .missing:
                Console.error("\(id): not installed; run: video-extract models install \(id)")
                status = .failed
            case .corrupt(let reason):
                Console.error("\(id): damaged: \(reason); run: video-extract models remove \(id) and install it again")
                status = .failed
            }
        }
        return status
    }
}
