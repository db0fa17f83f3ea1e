import Pipeline
import PluginKit
import Testing
import VideoExtractTesting

struct SelectionTests {
    private func plugin(_ name: String, _ change: (inout PluginManifest) -> Void = { _ in }) -> FakePlugin {
        var manifest = PluginManifest(
            name: name, version: "1", inputs: [.media], outputs: [.transcription], operation: .init(name: "asr"),
            implementation: .builtIn(factory: name))
        change(&manifest)
        return FakePlugin(manifest: manifest)
    }

    private func select(_ plugins: [FakePlugin], _ change: (inout Requirements) -> Void = { _ in }) throws -> Selection
    {
        var requirements = Requirements()
        change(&requirements)
        return try Registry(plugins).select(operation: "asr", requirements: requirements)
    }

    private func reasons(_ change: (inout PluginManifest) -> Void, _ ask: (inout Requirements) -> Void) throws
        -> [String]
    {
        let selection = try select([plugin("p", change)], ask)
        #expect(selection.accepted.isEmpty == !selection.refused.isEmpty)
        return selection.refused.first?.reasons ?? []
    }

    @Test func cheapestFirstThenAccuracyThenOrder() throws {
        let selection = try select([
            plugin("cloud") { $0.cost.perMinute = 0.02 },
            plugin("first-free"),
            plugin("accurate-free") { $0.capabilities.accuracy = 0.9 },
            plugin("cheap-cloud") { $0.cost.perRequest = 0.01 },
            plugin("second-free"),
        ])
        #expect(
            selection.accepted.map(\.manifest.name)
                == ["accurate-free", "first-free", "second-free", "cheap-cloud", "cloud"])
        #expect(selection.refused.isEmpty)
    }

    @Test func priceDependsOnTheLengthOfThePieces() throws {
        let plugins = [
            plugin("by-request") { $0.cost.perRequest = 0.05 }, plugin("by-minute") { $0.cost.perMinute = 0.02 },
        ]
        #expect(try select(plugins).accepted.map(\.manifest.name) == ["by-minute", "by-request"])
        #expect(
            try select(plugins) { $0.chunkSeconds = 600 }.accepted.map(\.manifest.name) == ["by-request", "by-minute"])
    }

    @Test func everyRefusalHasItsReason() throws {
        #expect(
            try reasons({ _ in }, { $0.features = ["words", "cut"] }) == [
                "lacks the feature words", "lacks the feature cut",
            ])
        #expect(
            try reasons(
                {
                    $0.capabilities.features = ["words"]; $0.capabilities.supportedEvents = ["cut"]
                }, { $0.features = ["words", "cut"] }
            ).isEmpty)
        #expect(
            try reasons({ $0.capabilities.accuracy = 0.8 }, { $0.minimumAccuracy = 0.9 }) == [
                "accuracy 0.8 is below 0.9"
            ])
        #expect(try reasons({ $0.capabilities.accuracy = 0.9 }, { $0.minimumAccuracy = 0.9 }).isEmpty)
        #expect(try reasons({ _ in }, { $0.minimumAccuracy = 0.5 }) == ["publishes no accuracy, and 0.5 is asked for"])
        #expect(
            try reasons({ $0.cost.perMinute = 0.5 }, { $0.maximumCostPerMinute = 0.25 }) == [
                "costs 0.5 USD a minute, above 0.25"
            ])
        #expect(try reasons({ $0.cost.perMinute = 0.25 }, { $0.maximumCostPerMinute = 0.25 }).isEmpty)
        #expect(
            try reasons({ $0.capabilities.maximumChunkSeconds = 30 }, { $0.chunkSeconds = 60 }) == [
                "takes pieces of at most 30.0 s, not 60.0 s"
            ])
        #expect(
            try reasons({ $0.capabilities.languages = ["en"] }, { $0.language = "de" }) == [
                "does not handle the language de"
            ])
        #expect(try reasons({ _ in }, { $0.language = "de" }).isEmpty, "no list means any language")
        #expect(try reasons({ $0.limits.requiresGPU = true }, { _ in }) == ["needs a GPU"])
        #expect(try reasons({ $0.limits.requiresGPU = true }, { $0.hasGPU = true }).isEmpty)
        #expect(try reasons({ $0.capabilities.requiresS3 = true }, { _ in }) == ["needs an S3 bucket"])
        #expect(
            try reasons({ $0.limits.isExperimental = true }, { $0.allowsExperimental = false }) == ["is experimental"])
    }

    @Test func reasonsAddUpAndOthersStayAvailable() throws {
        let selection = try select([
            plugin("gpu-cloud") {
                $0.limits.requiresGPU = true; $0.cost.perMinute = 1
            }, plugin("local"),
        ]) { $0.maximumCostPerMinute = 0.1 }
        #expect(selection.accepted.map(\.manifest.name) == ["local"])
        #expect(selection.refused.map(\.plugin) == ["gpu-cloud"])
        #expect(selection.refused.first?.reasons == ["costs 1.0 USD a minute, above 0.1", "needs a GPU"])
    }
}
