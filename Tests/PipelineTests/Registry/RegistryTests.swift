import Configuration
import Pipeline
import PluginKit
import Testing
import VideoExtractTesting

struct RegistryTests {
    private func plugin(
        _ name: String, operation: String? = nil, aliases: [String] = [], parameters: [ParameterDefinition] = [],
        change: (inout PluginManifest) -> Void = { _ in }
    ) -> FakePlugin {
        var manifest = PluginManifest(
            name: name, version: "1", inputs: [.media], outputs: [DataType(name)],
            operation: .init(name: operation ?? name, aliases: aliases, parameters: parameters),
            implementation: .builtIn(factory: name))
        change(&manifest)
        return FakePlugin(manifest: manifest)
    }

    private func message(_ body: () throws -> Void) throws -> String {
        try #require(throws: PluginError.self, performing: body).message
    }

    @Test func aliasesMeanTheCanonicalOperation() throws {
        let registry = try Registry([plugin("objects", aliases: ["object-detection"])])
        #expect(try registry.normalized(Operation("object-detection")) == Operation("objects"))
        #expect(registry.operationNames == ["objects"])
        #expect(registry.acceptedOperationNames == ["object-detection", "objects"])
    }

    @Test func parametersAreCheckedAndCompleted() throws {
        let registry = try Registry([
            plugin(
                "objects",
                parameters: [
                    .init(name: "confidence", kind: .number, defaultValue: .number(0.5), minimum: 0, maximum: 1),
                    .init(name: "classes", kind: .list),
                ])
        ])
        #expect(try registry.normalized(Operation("objects")).parameters == ["confidence": .number(0.5)])
        let given = Operation("objects", parameters: ["classes": .text("car|dog"), "confidence": .text("1")])
        #expect(
            try registry.normalized(given).parameters == ["classes": .list(["car", "dog"]), "confidence": .number(1)])
        #expect(
            try message { _ = try registry.normalized(Operation("objects", parameters: ["confidence": .text("2")])) }
                == "objects: parameter confidence cannot be '2': it must be a number from 0 to 1")
        #expect(
            try message { _ = try registry.normalized(Operation("objects", parameters: ["confidance": .text("1")])) }
                == "objects has no parameter 'confidance'; did you mean 'confidence'?")
        #expect(
            try message { _ = try registry.normalized(Operation("objects", parameters: ["q": .text("1")])) }
                == "objects has no parameter 'q'; it takes confidence, classes")
    }

    @Test func aProfileReplacesDefaultsButNotWhatWasSaid() throws {
        let registry = try Registry([
            plugin(
                "asr", parameters: [.init(name: "model", kind: .text, defaultValue: .text("tiny"))],
                change: { $0.operation.profiles = [.highQuality: ["model": .text("large")]] })
        ])
        func model(_ profile: Profile, _ given: [String: ParameterValue] = [:]) throws -> String? {
            try registry.normalized(Operation("asr", parameters: given), profile: profile).text("model")
        }
        #expect(try model(.balanced) == "tiny")
        #expect(try model(.highQuality) == "large")
        #expect(try model(.highQuality, ["model": .text("base")]) == "base")
    }

    @Test func unknownOperationsSuggestTheNearest() throws {
        let registry = try Registry([plugin("transcription"), plugin("scenes", aliases: ["scene-detection"])])
        #expect(
            try message { _ = try registry.normalized(Operation("transcribtion")) }
                == "unknown operation 'transcribtion'; did you mean 'transcription'?")
        #expect(
            try message { _ = try registry.normalized(Operation("weather")) }
                == "unknown operation 'weather'; known: scenes, transcription")
    }

    @Test func namesAreUnique() throws {
        #expect(
            try message { _ = try Registry([plugin("a"), plugin("a")]) } == "two plugins are named 'a'; rename one")
        let clash = try message { _ = try Registry([plugin("a", aliases: ["x"]), plugin("b", aliases: ["x"])]) }
        #expect(clash == "plugin b: 'x' already means the operation 'a'")
        #expect(
            try Registry([plugin("a", operation: "o", aliases: ["x"]), plugin("b", operation: "o", aliases: ["x"])])
                .plugins.count == 2)
    }

    @Test func lookUps() throws {
        let registry = try Registry([
            plugin("a", operation: "o", change: { $0.capabilities.features = ["words"] }),
            plugin("b", operation: "o", change: { $0.capabilities.supportedEvents = ["cut"] }),
            plugin("c", change: { $0.inputs = [DataType("b")] }),
        ])
        #expect(registry.plugin(named: "b")?.manifest.name == "b")
        #expect(registry.plugin(named: "z") == nil)
        #expect(registry.plugins(for: "o").map(\.manifest.name) == ["a", "b"])
        #expect(registry.plugins(withCapability: "cut").map(\.manifest.name) == ["b"])
        #expect(registry.plugins(withCapability: "words").map(\.manifest.name) == ["a"])
        #expect(registry.plugins(producing: DataType("c")).map(\.manifest.name) == ["c"])
        #expect(registry.reachableTypes(from: DataType("b")) == [DataType("b"), DataType("c")])
        #expect(registry.reachableTypes(from: .media) == [.media, DataType("a"), DataType("b"), DataType("c")])
    }

    @Test func discoveryReadsFoldersInOrderAndNamesTheFile() throws {
        func manifest(_ name: String, _ implementation: String) -> String {
            "name: \(name)\nversion: '1'\ninputs: [Media]\noutputs: [X]\nimplementation: {\(implementation)}\n"
        }
        let folder = try TemporaryDirectory()
        try folder.write(manifest("b", "process: {command: [x]}"), to: "one/2.yaml")
        try folder.write(manifest("a", "builtin: made"), to: "one/3.yml")
        try folder.write("not a manifest", to: "one/readme.txt")
        try folder.write(manifest("c", "provider: cloud"), to: "two/1.yaml")
        var factories = PluginFactories()
        factories.addBuiltIn("made") { FakePlugin(manifest: $0) }
        factories.addProvider("cloud") { FakePlugin(manifest: $0) }
        let folders = [folder.file("one"), folder.file("two"), folder.file("none")]
        let registry = try Registry.discover(directories: folders, factories: factories)
        #expect(registry.plugins.map(\.manifest.name) == ["b", "a", "c"])

        try folder.write(manifest("a", "builtin: made"), to: "two/2.yaml")
        let twins = try message { _ = try Registry.discover(directories: folders, factories: factories) }
        #expect(
            twins == "\(folder.file("two/2.yaml")): name: \(folder.file("one/3.yml")) is called 'a' too; rename one")

        try folder.write(manifest("d", "builtin: maid"), to: "two/2.yaml")
        let unknown = try message { _ = try Registry.discover(directories: folders, factories: factories) }
        #expect(unknown == "\(folder.file("two/2.yaml")): plugin d: no builtin 'maid' in this program; known: made")

        try folder.write("name: e\n", to: "two/2.yaml")
        let broken = try #require(throws: ConfigurationError.self) {
            try Registry.discover(directories: folders, factories: factories)
        }
        #expect(broken.file == folder.file("two/2.yaml"))
    }
}
