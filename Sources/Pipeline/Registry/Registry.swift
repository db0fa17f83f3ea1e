import Configuration
import Foundation
import MediaValues
public import PluginKit

/// All plugins of a process, looked up by name, operation, type or capability. An immutable value.
public struct Registry: Sendable {
    /// Plugins in the order of registration.
    public let plugins: [any Plugin]
    private let byName: [String: any Plugin]
    private let byOperation: [String: [any Plugin]]
    private let canonicalNames: [String: String]

    /// Registers plugins.
    ///
    /// - Throws: `PluginError` with `invalidConfiguration` for a duplicate plugin name or an alias that means two
    ///   operations.
    public init(_ plugins: [any Plugin]) throws {
        var byName: [String: any Plugin] = [:]
        var byOperation: [String: [any Plugin]] = [:]
        var canonicalNames: [String: String] = [:]
        for plugin in plugins {
            let manifest = plugin.manifest
            guard byName.updateValue(plugin, forKey: manifest.name) == nil else {
                throw PluginError(.invalidConfiguration, "two plugins are named '\(manifest.name)'; rename one")
            }
            byOperation[manifest.operation.name, default: []].append(plugin)
            for name in [manifest.operation.name] + manifest.operation.aliases {
                let known = canonicalNames.updateValue(manifest.operation.name, forKey: name)
                guard known == nil || known == manifest.operation.name else {
                    throw PluginError(
                        .invalidConfiguration,
                        "plugin \(manifest.name): '\(name)' already means the operation '\(known ?? "")'")
                }
            }
        }
        self.plugins = plugins
        self.byName = byName
        self.byOperation = byOperation
        self.canonicalNames = canonicalNames
    }

    /// Registers every `*.yaml` of the folders, in the order of folders and file names.
    ///
    /// - Throws: `ConfigurationError` for a malformed manifest, `PluginError` as `init(_:)` does.
    public static func discover(directories: [String], factories: PluginFactories) throws -> Registry {
        var plugins: [any Plugin] = []
        var files: [String: String] = [:]
        for directory in directories {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            for name in names.sorted() where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
                let path = directory + "/" + name
                let manifest = try ManifestReader.load(path: path)
                if let other = files.updateValue(path, forKey: manifest.name) {
                    throw PluginError(
                        .invalidConfiguration, "\(path): name: \(other) is called '\(manifest.name)' too; rename one")
                }
                do {
                    plugins.append(try factories.makePlugin(manifest, directory: directory))
                } catch let error as PluginError {
                    throw PluginError(error.code, "\(path): \(error.message)", details: error.details)
                }
            }
        }
        return try Registry(plugins)
    }

    /// The plugin called `name`.
    public func plugin(named name: String) -> (any Plugin)? { byName[name] }

    /// Plugins whose manifest lists the feature or event.
    public func plugins(withCapability capability: String) -> [any Plugin] {
        plugins.filter {
            $0.manifest.capabilities.features.contains(capability)
                || $0.manifest.capabilities.supportedEvents.contains(capability)
        }
    }

    /// Plugins that make `type`, in the order of registration.
    public func plugins(producing type: DataType) -> [any Plugin] { plugins.filter { $0.produces(output: type) } }

    /// Plugins behind an operation's canonical name, in the order of registration.
    public func plugins(for operation: String) -> [any Plugin] { byOperation[operation] ?? [] }

    /// Canonical operation names in alphabetical order.
    public var operationNames: [String] { byOperation.keys.sorted() }

    /// Every accepted spelling of an operation.
    public var acceptedOperationNames: [String] { canonicalNames.keys.sorted() }

    /// The canonical form of `operation`: alias resolved, parameters checked and completed with their defaults.
    ///
    /// - Throws: `PluginError`: `unknownOperation` with the nearest name, `invalidParameter` with what is allowed.
    public func normalized(
        _ operation: PluginKit.Operation, profile: Profile = .balanced
    ) throws -> PluginKit.Operation {
        guard let name = canonicalNames[operation.name], let plugin = byOperation[name]?.first else {
            let nearest = Suggestions.nearest(to: operation.name, in: acceptedOperationNames)
            throw PluginError(
                .unknownOperation,
                "unknown operation '\(operation.name)'"
                    + (nearest.map { "; did you mean '\($0)'?" }
                        ?? "; known: \(operationNames.joined(separator: ", "))"))
        }
        let definitions = plugin.manifest.operation.parameters
        var complete = PluginKit.Operation(name)
        for (key, value) in operation.parameters.sorted(by: { $0.key < $1.key }) {
            guard let definition = definitions.first(where: { $0.name == key }) else {
                let nearest = Suggestions.nearest(to: key, in: definitions.map(\.name))
                let known =
                    definitions.isEmpty
                    ? "it takes none" : "it takes \(definitions.map(\.name).joined(separator: ", "))"
                throw PluginError(
                    .invalidParameter,
                    "\(name) has no parameter '\(key)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "; \(known)"))
            }
            complete.parameters[key] = try definition.validated(value, operation: name)
        }
        for definition in definitions where complete.parameters[definition.name] == nil {
            let preset = plugin.manifest.operation.profiles[profile]?[definition.name]
            complete.parameters[definition.name] = preset ?? definition.defaultValue
        }
        return complete
    }

    /// Every type that media can be turned into, following plugins from type to type.
    public func reachableTypes(from type: DataType) -> Set<DataType> {
        var reached: Set<DataType> = [type]
        var hasGrown = true
        while hasGrown {
            hasGrown = false
            for plugin in plugins where plugin.manifest.inputs.contains(where: reached.contains) {
                for output in plugin.manifest.outputs where reached.insert(output).inserted { hasGrown = true }
            }
        }
        return reached
    }
}
