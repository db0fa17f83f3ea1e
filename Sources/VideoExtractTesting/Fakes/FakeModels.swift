public import PluginKit

/// Models that exist by declaration.
public struct FakeModels: ModelProviding {
    /// Digest of each installed model; all others are missing.
    public var installed: [String: String]

    /// Declares models.
    public init(installed: [String: String] = [:]) { self.installed = installed }

    /// Installed where `installed` has its digest.
    public func state(of model: String) -> ModelState {
        installed[model].map { .installed(digest: $0) }
            ?? .missing(reason: "the model \(model) is not installed; run: video-extract models install \(model)")
    }
}
