public import PluginKit

/// Makes plugins from their manifests: the code behind `builtin:` and `provider:` names.
public struct PluginFactories: Sendable {
    /// Makes one plugin.
    public typealias Factory = @Sendable (PluginManifest) throws -> any Plugin

    private var builtIn: [String: Factory] = [:]
    private var providers: [String: Factory] = [:]

    /// No factories.
    public init() {}

    /// Adds the code behind `builtin: name`.
    public mutating func addBuiltIn(_ name: String, _ factory: @escaping Factory) { builtIn[name] = factory }

    /// Adds the code behind `provider: name`.
    public mutating func addProvider(_ name: String, _ factory: @escaping Factory) { providers[name] = factory }

    /// Makes the plugin that `manifest` describes.
    ///
    /// - Parameter directory: folder of the manifest, where relative programs are looked up.
    /// - Throws: `PluginError` with `invalidConfiguration` for a name that no code stands behind.
    public func makePlugin(_ manifest: PluginManifest, directory: String) throws -> any Plugin {
        switch manifest.implementation {
        case .process(let command):
            return ProcessPlugin(manifest: manifest, command: command, directory: directory)
        case .builtIn(let name):
            return try make(manifest, from: builtIn, kind: "builtin", name: name)
        case .provider(let name):
            return try make(manifest, from: providers, kind: "provider", name: name)
        }
    }

    private func make(
        _ manifest: PluginManifest, from factories: [String: Factory], kind: String, name: String
    ) throws -> any Plugin {
        guard let factory = factories[name] else {
            throw PluginError(
                .invalidConfiguration,
                "plugin \(manifest.name): no \(kind) '\(name)' in this program; known: "
                    + (factories.keys.sorted().joined(separator: ", ")))
        }
        return try factory(manifest)
    }
}
