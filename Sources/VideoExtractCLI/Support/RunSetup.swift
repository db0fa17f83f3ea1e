import CommandLineParsing
import Configuration
import Foundation
import HTTPClient
import Inference
import Pipeline
import PluginKit
import Synchronization
import VideoExtract

/// The options that every running command shares, read from the command line.
struct RunSetup {
    let client: Client
    let outputs: [OutputSpec]
    /// Cache in use, if any.
    let usesCache: Bool
    let requestedThreads: Int?
    let profile: Profile
    let usesFastMath: Bool
    private let installsModels: Bool

    /// Reads the options and opens what they name.
    ///
    /// - Parameters:
    ///   - workers: files at one time; the client's own number when not given.
    ///   - operations: what to produce, for commands that do not let the user choose.
    init(_ command: ParsedCommand, workers: Int? = nil, operations: [OutputSpec]? = nil) throws {
        Console.isVerbose = command.flag("--verbose")
        let named = try operations ?? Self.outputs(command)
        usesCache = !command.flag("--no-cache")
        requestedThreads =
            command.declares("--threads")
            ? try command.optionalInteger("--threads", in: 1...256) : nil
        var builder = try Self.builder(command)
        if let workers { builder = builder.workers(workers) }
        client = try builder.build()
        profile =
            command.declares("--profile")
            ? try command.optionalChoice("--profile", as: Profile.self) ?? .balanced : .balanced
        let expanded = Self.expandAll(named, registry: client.engine.registry)
        if command.declares("--model"), let model = command.optionalString("--model") {
            outputs = try Self.apply(model, to: expanded, client: client, of: command)
        } else {
            outputs = expanded
        }
        usesFastMath = command.declares("--fast-math") && command.flag("--fast-math")
        installsModels = command.declares("--install-models") && command.flag("--install-models")
        Self.cleanUpAfter(client)
        // Kept until the process ends, so that no time is spent on taking loaded models apart.
        Self.lastClient.withLock { $0 = client }
    }

    private static let lastClient = Mutex<Client?>(nil)

    /// Installs what the request lacks, if `--install-models` was given.
    func installModels(for request: ExtractionRequest, policy: ExecutionPolicy) async throws {
        guard installsModels else { return }
        for stage in try client.plan(request, policy: policy).stages {
            for model in try stage.plugin.requiredModels(for: stage.operation) {
                if case .missing = client.engine.models.state(of: model) {
                    try await ModelInstaller(store: client.models).install(model, allowUnverified: false)
                }
            }
        }
    }

    /// `all` stands for every operation that ships.
    private static func expandAll(_ outputs: [OutputSpec], registry: Registry) -> [OutputSpec] {
        guard outputs.contains(where: { $0.operation.name == "all" }) else { return outputs }
        let named = outputs.filter { $0.operation.name != "all" }
        let known = Set(named.map(\.operation.name))
        let others = registry.operationNames.filter { name in
            guard !known.contains(name), let plugin = registry.plugins(for: name).first else { return false }
            if case .builtIn = plugin.manifest.implementation { return true }
            return false
        }
        return named + others.map { OutputSpec(PluginKit.Operation($0)) }
    }

    /// The policy of a mode, with the options applied.
    func policy(_ base: ExecutionPolicy) -> ExecutionPolicy {
        var policy = base
        policy.usesCache = usesCache
        policy.profile = profile
        policy.usesFastMath = usesFastMath
        if let requestedThreads { policy.threads = requestedThreads }
        return policy
    }

    /// A client configured by the options.
    static func builder(_ command: ParsedCommand) throws -> ClientBuilder {
        var builder = Client.builder().verbose(command.flag("--verbose"))
        if command.declares("--no-cache"), command.flag("--no-cache") {
            builder = builder.cacheDirectory(nil)
        } else if let folder = command.optionalString("--cache-dir") {
            builder = builder.cacheDirectory(absolute(folder))
        }
        if command.declares("--cache-size"), let gibibytes = try command.optionalNumber("--cache-size", in: 0.001...1e6)
        {
            builder = builder.cacheSizeLimit(Int64(gibibytes * Double(1 << 30)))
        }
        for folder in command.strings("--plugins") {
            guard FileManager.default.fileExists(atPath: folder) else {
                throw command.usageError(
                    "--plugins: the folder \(folder) does not exist", code: .invalidValue, hint: "check the path")
            }
            builder = builder.pluginDirectory(absolute(folder))
        }
        if command.declares("--allow-private-addresses"), command.flag("--allow-private-addresses") {
            var policy = HTTPPolicy.media
            policy.allowsPrivateAddresses = true
            builder = builder.network(policy)
        }
        return builder
    }

    private static func cleanUpAfter(_ client: Client) {
        let cache = client.engine.cache
        Interruption.onEnd { cache?.abandonStaging() }
    }

    static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    /// Operations from `--ops`, `--spec`, or both.
    private static func outputs(_ command: ParsedCommand) throws -> [OutputSpec] {
        var outputs: [OutputSpec] = []
        for list in command.strings("--ops") {
            outputs += try OperationListParser.parse(list).map { OutputSpec($0) }
        }
        if let path = command.optionalString("--spec") { outputs += try SpecificationReader.load(path: path) }
        guard !outputs.isEmpty else {
            throw command.usageError(
                "no operations were named", code: .missingOption,
                hint: "add --ops, for example: --ops transcription,scenes")
        }
        return outputs
    }

    /// `--model` sets the model of the operations of its task that name none themselves.
    private static func apply(
        _ model: String, to outputs: [OutputSpec], client: Client, of command: ParsedCommand
    ) throws -> [OutputSpec] {
        let task = try client.models.catalogue.entry(model).task
        var isUsed = false
        let registry = client.engine.registry
        let changed = try outputs.map { spec in
            let name = try registry.normalized(PluginKit.Operation(spec.operation.name)).name
            guard let entry = registry.plugins(for: name).first?.manifest.operation,
                entry.name == task || entry.aliases.contains(task),
                entry.parameters.contains(where: { $0.name == "model" })
            else { return spec }
            isUsed = true
            var spec = spec
            if spec.operation.parameters["model"] == nil { spec.operation.parameters["model"] = .text(model) }
            return spec
        }
        guard isUsed else {
            throw command.usageError(
                "--model: none of the operations uses \(model), which is for \(task)", code: .invalidValue,
                hint: "add \(task) to --ops, or name a model of the operations there; see 'models list'")
        }
        return changed
    }
}
