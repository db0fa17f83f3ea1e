import CommandLineParsing
import Configuration
import Foundation
import MediaValues
import Pipeline
import PluginKit
import VideoExtract

/// `plugins`: list, show, validate, explain, install.
struct PluginsCommand: Sendable {
    private let command: ParsedCommand
    private let action: String?

    init(_ command: ParsedCommand, action: String?) {
        self.command = command
        self.action = action
    }

    func run() throws -> ExitStatus {
        switch action {
        case "list": return try list()
        case "show": return try show()
        case "validate": return try validate()
        case "explain": return try explain()
        case "install": return try install()
        default: return .usage
        }
    }

    private func registry() throws -> Registry {
        try RunSetup.builder(command).cacheDirectory(nil).build().engine.registry
    }

    private func list() throws -> ExitStatus {
        let manifests = try registry().plugins.map(\.manifest)
        if command.flag("--json") { return try printJSON(manifests) }
        let width = (manifests.map(\.operation.name.count).max() ?? 0) + 2
        for manifest in manifests {
            let name = manifest.operation.name
            Console.print(name + String(repeating: " ", count: width - name.count) + manifest.summary)
        }
        return .done
    }

    private func find(_ name: String, in registry: Registry) throws -> PluginManifest {
        if let plugin = registry.plugin(named: name) { return plugin.manifest }
        let operation = try registry.normalized(PluginKit.Operation(name))
        guard let plugin = registry.plugins(for: operation.name).first else {
            throw PluginError(.unknownOperation, "no plugin '\(name)'")
        }
        return plugin.manifest
    }

    private func show() throws -> ExitStatus {
        let manifest = try find(command.positional("NAME"), in: registry())
        if command.flag("--json") { return try printJSON(manifest) }
        var lines = [
            "\(manifest.name) \(manifest.version): \(manifest.summary)",
            "operation   " + ([manifest.operation.name] + manifest.operation.aliases).joined(separator: ", "),
            "takes       " + manifest.inputs.map(\.rawValue).joined(separator: " or "),
            "makes       " + manifest.outputs.map(\.rawValue).joined(separator: ", "),
        ]
        if !manifest.limits.models.isEmpty {
            lines.append("models      " + manifest.limits.models.joined(separator: ", "))
        }
        if !manifest.capabilities.features.isEmpty {
            lines.append("features    " + manifest.capabilities.features.joined(separator: ", "))
        }
        let price = manifest.estimatedCost(seconds: 60)
        lines.append("cost        " + (price == 0 ? "free" : "\(price) \(manifest.cost.currency) a minute"))
        for parameter in manifest.operation.parameters {
            let standard = parameter.defaultValue.map { ", default \($0)" } ?? ""
            lines.append("  \(parameter.name): \(parameter.summary) (\(parameter.allowedValues)\(standard))")
        }
        Console.print(lines.joined(separator: "\n"))
        return .done
    }

    /// Manifests named by a path: the file itself, or every one in the folder.
    private func manifestFiles(_ path: String) throws -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw PluginError(.sourceNotFound, "\(path): there is no such file or folder")
        }
        guard isFolder.boolValue else { return [path] }
        let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        return names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.map { path + "/" + $0 }
    }

    private func validate() throws -> ExitStatus {
        var hasErrors = false
        var seen: Set<String> = []
        for path in command.positionals("PATH") {
            let files = try manifestFiles(path)
            if files.isEmpty { Console.warn("\(path): no manifests (*.yaml)") }
            for file in files {
                do {
                    let manifest = try ManifestReader.load(path: file)
                    guard seen.insert(manifest.name).inserted else {
                        throw PluginError(
                            .invalidConfiguration, "\(file): another manifest is named '\(manifest.name)' too")
                    }
                    Console.print("\(file): \(manifest.name) \(manifest.version) is valid")
                } catch {
                    hasErrors = true
                    Console.error("\(error)")
                }
            }
        }
        return hasErrors ? .failed : .done
    }

    private struct Explanation: Encodable {
        struct Candidate: Encodable {
            var plugin: String
            var costPerMinute: Double
            var currency: String
            var accuracy: Double?
        }
        struct Refusal: Encodable {
            var plugin: String
            var reasons: [String]
        }
        var operation: String
        var chosen: String?
        var accepted: [Candidate]
        var refused: [Refusal]
    }

    private func explain() throws -> ExitStatus {
        let registry = try registry()
        let operation = try registry.normalized(PluginKit.Operation(command.positional("OPERATION"))).name
        var requirements = Requirements()
        requirements.features = command.strings("--feature")
        requirements.minimumAccuracy = try command.optionalNumber("--min-accuracy", in: 0...1)
        requirements.maximumCostPerMinute = try command.optionalNumber("--max-cost", in: 0...1e9)
        requirements.chunkSeconds = try command.optionalNumber("--chunk", in: 0.001...1e9)
        requirements.language = command.optionalString("--language")
        requirements.hasGPU = command.flag("--gpu")
        requirements.hasS3 = command.flag("--s3")
        let selection = registry.select(operation: operation, requirements: requirements)
        if command.flag("--json") {
            let explanation = Explanation(
                operation: operation, chosen: selection.accepted.first?.manifest.name,
                accepted: selection.accepted.map(\.manifest).map {
                    .init(
                        plugin: $0.name, costPerMinute: $0.estimatedCost(seconds: 60), currency: $0.cost.currency,
                        accuracy: $0.capabilities.accuracy)
                },
                refused: selection.refused.map { .init(plugin: $0.plugin, reasons: $0.reasons) })
            _ = try printJSON(explanation)
        } else {
            for (rank, plugin) in selection.accepted.enumerated() {
                let manifest = plugin.manifest
                let price = manifest.estimatedCost(seconds: 60)
                let cost = price == 0 ? "free" : "\(price) \(manifest.cost.currency) a minute"
                Console.print("\(rank == 0 ? "chosen  " : "next    ") \(manifest.name) \(manifest.version): \(cost)")
            }
            for refusal in selection.refused {
                Console.print("refused  \(refusal.plugin): \(refusal.reasons.joined(separator: "; "))")
            }
        }
        return selection.accepted.isEmpty ? .failed : .done
    }

    private func install() throws -> ExitStatus {
        let path = try command.positional("PATH")
        let files = try manifestFiles(path)
        guard !files.isEmpty else { throw PluginError(.invalidConfiguration, "\(path): no manifests (*.yaml)") }
        let known = try registry()
        for file in files {
            let manifest = try ManifestReader.load(path: file)
            guard known.plugin(named: manifest.name) == nil else {
                throw PluginError(
                    .invalidConfiguration, "a plugin named '\(manifest.name)' is installed already; rename the new one")
            }
        }
        let target = StandardFolders.plugins
        try DurableFiles.makeFolder(target)
        let sources = try sourcesOfInstall(path, manifests: files)
        for source in sources {
            let name = (source as NSString).lastPathComponent
            try DurableFiles.copy(source, to: target + "/" + name)
            // Programs stay runnable.
            if access(source, X_OK) == 0 { chmod(target + "/" + name, 0o755) }
        }
        Console.note("installed \(files.count) plugin\(files.count == 1 ? "" : "s") in \(target)")
        return .done
    }

    /// A folder is taken with all its files; a manifest alone with the files that its command names.
    private func sourcesOfInstall(_ path: String, manifests: [String]) throws -> [String] {
        if manifests != [path] {
            return try FileManager.default.contentsOfDirectory(atPath: path).sorted().map { path + "/" + $0 }
                .filter { file in
                    var isFolder: ObjCBool = false
                    return FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) && !isFolder.boolValue
                }
        }
        let folder = (path as NSString).deletingLastPathComponent
        var sources = [path]
        if case .process(let process) = try ManifestReader.load(path: path).implementation {
            sources += process.command.filter { !$0.hasPrefix("/") && !$0.contains("..") }
                .map { (folder.isEmpty ? "." : folder) + "/" + $0 }
                .filter { FileManager.default.fileExists(atPath: $0) }
        }
        return sources
    }

    private func printJSON(_ value: some Encodable) throws -> ExitStatus {
        try Console.printJSON(value)
        return .done
    }
}
