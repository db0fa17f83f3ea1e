import MediaValues
import Pipeline
import PluginKit
import Testing

struct CacheKeyTests {
    private struct Ingredients {
        var source = ContentHash.blake3(of: "source")
        var name = "p"
        var version = "1.0"
        var cacheVersion = 1
        var operation = Operation("op", parameters: ["a": .text("1")])
        var digests = ["d1", "d2"]
        var inputs: [CacheKey] = []

        var key: CacheKey {
            var manifest = PluginManifest(
                name: name, version: version, inputs: [.media], outputs: [.audio], operation: .init(name: "op"),
                implementation: .builtIn(factory: "p"))
            manifest.cache.version = cacheVersion
            return CacheKey(
                source: source, plugin: manifest, operation: operation, modelDigests: digests, inputs: inputs)
        }
    }

    @Test func equalIngredientsGiveEqualKeys() { #expect(Ingredients().key == Ingredients().key) }

    @Test func everyIngredientCounts() {
        let other = Ingredients(source: .blake3(of: "x")).key
        let changes: [(inout Ingredients) -> Void] = [
            { $0.source = .blake3(of: "other") }, { $0.name = "q" }, { $0.version = "1.1" }, { $0.cacheVersion = 2 },
            { $0.operation.name = "po" }, { $0.operation.parameters["a"] = .text("2") },
            { $0.operation.parameters["a"] = .integer(1) }, { $0.operation.parameters["b"] = .text("1") },
            { $0.operation.parameters = [:] }, { $0.digests = ["d2", "d1"] }, { $0.digests = ["d1"] },
            { $0.digests = ["d1d2"] }, { $0.digests = ["d1", "d2", ""] }, { $0.inputs = [other] },
            { $0.inputs = [other, other] },
            // Boundaries between neighbours.
            {
                $0.name = "p1"; $0.version = ".0"
            },
            {
                $0.version = "1"; $0.cacheVersion = 1
            },
        ]
        var keys: Set<CacheKey> = [Ingredients().key]
        for change in changes {
            var ingredients = Ingredients()
            change(&ingredients)
            keys.insert(ingredients.key)
        }
        #expect(keys.count == changes.count + 1)
    }
}
