import BuiltInPlugins
import Foundation
public import HTTPClient
public import Inference
import MediaDecoding
import MediaValues
public import Pipeline
import PluginKit

/// Configures a `Client`. Every setting has a sensible default; `build()` opens the cache and reads the manifests.
public struct ClientBuilder: Sendable {
    private var cacheDirectory: String? = StandardFolders.cache
    private var cacheSizeLimit = ResultCache.defaultSizeLimit
    private var modelDirectory: String?
    private var pluginDirectories = [StandardFolders.plugins]
    private var workers = ProcessInfo.processInfo.activeProcessorCount
    private var network = HTTPPolicy.media
    private var isVerbose = false
    private var temporaryDirectory: String?

    init() {}

    private func with(_ change: (inout ClientBuilder) -> Void) -> ClientBuilder {
        var copy = self
        change(&copy)
        return copy
    }

    /// Folder of the result cache; nil for no cache.
    public func cacheDirectory(_ path: String?) -> ClientBuilder { with { $0.cacheDirectory = path } }

    /// Most bytes kept in the cache.
    public func cacheSizeLimit(_ bytes: Int64) -> ClientBuilder { with { $0.cacheSizeLimit = bytes } }

    /// Folder of the installed models.
    public func modelDirectory(_ path: String) -> ClientBuilder { with { $0.modelDirectory = path } }

    /// Adds a folder of plugin manifests.
    public func pluginDirectory(_ path: String) -> ClientBuilder { with { $0.pluginDirectories.append(path) } }

    /// Folder for the files of running stages where there is no cache; the system's otherwise.
    public func temporaryDirectory(_ path: String?) -> ClientBuilder { with { $0.temporaryDirectory = path } }

    /// Files worked on at one time by `executeBulk`, at least 1.
    public func workers(_ count: Int) -> ClientBuilder { with { $0.workers = max(1, count) } }

    /// What http sources may do.
    public func network(_ policy: HTTPPolicy) -> ClientBuilder { with { $0.network = policy } }

    /// Whether native libraries may write to standard error.
    public func verbose(_ isVerbose: Bool) -> ClientBuilder { with { $0.isVerbose = isVerbose } }

    /// The store of models alone, for programs that only manage models.
    ///
    /// - Throws: `ConfigurationError` for a malformed catalogue.
    public func buildModelStore() throws -> ModelStore {
        let catalogue = try ModelCatalogue.parse(
            text: ShippedConfiguration.modelCatalogue, fileName: "config/models.yaml")
        return try ModelStore.withOwnModels(catalogue: catalogue, root: modelDirectory)
    }

    /// The result cache alone; nil where there is none.
    ///
    /// - Throws: `PluginError` with `outputFailed`.
    public func buildCache() throws -> ResultCache? {
        try cacheDirectory.map { try ResultCache(directory: $0 + "/results", sizeLimit: cacheSizeLimit) }
    }

    /// Makes the client.
    ///
    /// - Throws: `PluginError` where the cache cannot be used, `ConfigurationError` for a malformed manifest.
    public func build() throws -> Client {
        let store = try buildModelStore()
        let models = SharedModels(store: store)
        let factories = BuiltInPlugins.factories(models: models)
        var plugins = try ShippedConfiguration.manifests.map { name, text in
            try factories.makePlugin(ManifestReader.parse(text: text, fileName: name), directory: "config/plugins")
        }
        plugins += try Registry.discover(directories: pluginDirectories, factories: factories).plugins
        let media = FFmpegMediaAccess(
            httpPolicy: network, memoDirectory: cacheDirectory.map { $0 + "/hashes" }, verbose: isVerbose)
        let engine = Engine(
            registry: try Registry(plugins), media: media, models: models, cache: try buildCache(),
            temporaryDirectory: temporaryDirectory ?? NSTemporaryDirectory())
        return Client(engine: engine, models: models, workers: workers)
    }
}
