import PluginKit
import Testing
import VideoExtractTesting

struct PluginTests {
    private func plugin(version: Int, invalidateBefore: String?) -> FakePlugin {
        var manifest = PluginManifest(
            name: "p", version: "1", inputs: [.media], outputs: [.audio], operation: .init(name: "p"),
            implementation: .builtIn(factory: "p"))
        manifest.cache.version = version
        manifest.cache.invalidateBefore = invalidateBefore
        return FakePlugin(manifest: manifest)
    }

    @Test(arguments: [
        (1, nil as String?, true), (2, nil, true), (3, nil, false), (1, "2026-03-01", true), (1, "2026-03-02", true),
        (1, "2026-03-03", false),
    ])
    func cachedResultsAreJudgedByVersionAndDay(version: Int, day: String?, isValid: Bool) {
        let entry = CacheEntryDescription(cacheVersion: 2, pluginVersion: "1", createdAt: "2026-03-02T08:00:00.000Z")
        #expect(plugin(version: version, invalidateBefore: day).isValidCacheHit(entry) == isValid)
    }

    @Test func pricesAddUp() {
        var manifest = plugin(version: 1, invalidateBefore: nil).manifest
        #expect(manifest.estimatedCost(seconds: 3600) == 0)
        manifest.cost.perMinute = 0.5
        manifest.cost.perRequest = 0.1
        manifest.cost.perFrame = 0.01
        manifest.capabilities.maximumChunkSeconds = 60
        #expect(abs(manifest.estimatedCost(seconds: 90, frames: 10) - (0.75 + 0.2 + 0.1)) < 1e-12)
    }

    @Test func errorsAreWrappedOnce() {
        let inner = PluginError(.notMedia, "no media", details: "moov")
        #expect(PluginError(wrapping: inner, doing: "x") == inner)
        #expect(PluginError(wrapping: CancellationError(), doing: "x").code == .cancelled)
        #expect(inner.fullDescription == "no media (moov)")
    }
}
