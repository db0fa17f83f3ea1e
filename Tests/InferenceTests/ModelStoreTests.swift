import FoundationEssentials
import Inference
import Synchronization
import Testing

struct ModelStoreTests {
    private let mirror: TemporaryFolder
    private let root: TemporaryFolder
    private let network = [UInt8](repeating: 7, count: 300_000)
    private let tokenizer: [UInt8] = [1, 65, 2, 66, 67]
    private let tokens = Array("QQ== 0\nQkM= 1\n".utf8)

    init() throws {
        mirror = try TemporaryFolder()
        root = try TemporaryFolder()
        // A file is found by its own name or by that of its source.
        try mirror.write(network, to: "published-name.onnx")
        try mirror.write(tokenizer, to: "tokenizer.bin")
    }

    private func store(tokenizerDigest: String? = nil, mirror path: String? = nil) throws -> ModelStore {
        let text = """
            version: 1
            models:
              - id: tiny
                task: test
                description: a test
                licence: MIT
                runtime: openvino
                family: test
                files:
                  - name: network.onnx
                    size: \(network.count)
                    sha256: \(hexSHA256(network))
                    sources: [{url: "http://127.0.0.1:9/folder/published-name.onnx"}]
                  - name: tokenizer.bin
                    size: \(tokenizer.count)
                    sha256: \(tokenizerDigest ?? hexSHA256(tokenizer))
                    sources: [{url: "http://127.0.0.1:9/tokenizer.bin"}]
                  - name: tokens.txt
                    size: \(tokens.count)
                    sha256: \(hexSHA256(tokens))
                    derive: {from: tokenizer.bin, recipe: moonshine-tokens}
              - id: unknown-digest
                task: test
                description: a test
                licence: MIT
                runtime: openvino
                family: test
                digest_verified: false
                files:
                  - name: tokenizer.bin
                    sources: [{url: "http://127.0.0.1:9/tokenizer.bin"}]
            """
        return ModelStore(
            catalogue: try ModelCatalogue.parse(text: text, fileName: "models.yaml"), root: root.path,
            mirror: path ?? mirror.path)
    }

    private func isInstalled(_ status: ModelStore.Status) -> Bool {
        if case .installed = status { true } else { false }
    }

    private func reason(_ status: ModelStore.Status) -> String? {
        if case .corrupt(let text) = status { text } else { nil }
    }

    @Test func installsFromAMirrorAndDerives() throws {
        let store = try store()
        guard case .missing = try store.status("tiny") else {
            Issue.record("not missing before")
            return
        }
        var seen: Set<String> = []
        let model = try store.install("tiny", progress: { seen.insert($0.file) })
        #expect(seen == ["network.onnx", "tokenizer.bin"])
        #expect(
            root.files
                == ["tiny/model.json", "tiny/network.onnx", "tiny/tokenizer.bin", "tiny/tokens.txt"])
        #expect(FileManager.default.contents(atPath: "\(model.folder)/tokens.txt") == Data(tokens))
        #expect(isInstalled(try store.verify("tiny")))
        #expect(try store.digest("tiny") == store.catalogue.entry("tiny").digest)
    }

    @Test func missingModelNamesTheCommand() throws {
        let error = #expect(throws: InferenceError.self) { try store().installed("tiny") }
        #expect(error?.code == .missingModel)
        #expect(error?.message.contains("video-extract models install tiny") == true)
    }

    @Test func wrongDigestIsRefusedAndNothingIsKept() throws {
        let store = try store(tokenizerDigest: String(repeating: "0", count: 64))
        let error = #expect(throws: InferenceError.self) { try store.install("tiny") }
        #expect(error?.code == .wrongDigest)
        #expect(root.files.isEmpty)
    }

    @Test func unreachableSourceIsReported() throws {
        let store = try store(mirror: "\(mirror.path)/nowhere")
        let error = #expect(throws: InferenceError.self) { try store.install("tiny") }
        #expect(error?.code == .sourceFailed)
        #expect(error?.message.contains("127.0.0.1") == true)
    }

    @Test func interruptedInstallationLeavesNothing() throws {
        let store = try store()
        let asked = Mutex(0)
        let error = #expect(throws: InferenceError.self) {
            let isCancelled: @Sendable () -> Bool = {
                asked.withLock { count in
                    count += 1
                    return count > 2
                }
            }
            try store.install("tiny", isCancelled: isCancelled)
        }
        #expect(error?.code == .cancelled)
        #expect(root.files.isEmpty)
        try store.install("tiny")
        #expect(isInstalled(try store.verify("tiny")))
    }

    @Test func leftoversOfAKilledProcessAreRemoved() throws {
        try root.write([1], to: ".staging/tiny@1-2/model/network.onnx")
        try root.write([1], to: ".staging/tiny-other@1-2/model/network.onnx")
        try store().install("tiny")
        #expect(root.files.filter { $0.hasPrefix(".staging") } == [".staging/tiny-other@1-2/model/network.onnx"])
    }

    @Test func simultaneousInstallationsGiveOneModel() async throws {
        let store = try store()
        let digests = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<4 { group.addTask { try store.install("tiny").digest } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(digests.count == 1)
        #expect(root.files.count == 4)
    }

    @Test func damageIsFoundAndRepaired() throws {
        let store = try store()
        try store.install("tiny")
        // The same size and date: only hashing can tell.
        let path = "\(root.path)/tiny/network.onnx"
        let date = try #require(FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date)
        var changed = network
        changed[1000] = 8
        try root.write(changed, to: "tiny/network.onnx")
        #expect(reason(try store.status("tiny"))?.contains("network.onnx") == true, "a new date leads to hashing")
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
        #expect(reason(try store.verify("tiny"))?.contains("network.onnx") == true)
        try root.write([1], to: "tiny/network.onnx")
        #expect(reason(try store.status("tiny"))?.contains("size") == true)
        try store.install("tiny")
        #expect(isInstalled(try store.verify("tiny")))
        #expect(root.files.count == 4)
    }

    @Test func copiedFilesWithNewDatesAreFine() throws {
        let store = try store()
        try store.install("tiny")
        try root.write(network, to: "tiny/network.onnx")
        #expect(isInstalled(try store.status("tiny")))
    }

    @Test func removedModelIsGone() throws {
        let store = try store()
        try store.install("tiny")
        try store.remove("tiny")
        try store.remove("tiny")
        #expect(root.files.isEmpty)
    }

    @Test func fileWithoutDigestNeedsConsent() throws {
        let store = try store()
        let error = #expect(throws: InferenceError.self) { try store.install("unknown-digest") }
        #expect(error?.code == .unverified)
        let model = try store.install("unknown-digest", allowUnverified: true)
        #expect(!model.digest.isEmpty)
        #expect(isInstalled(try store.verify("unknown-digest")))
    }

    @Test func sourcesOfDerivationsAreNotKept() throws {
        let text = """
            version: 1
            models:
              - id: derived
                task: test
                family: test
                files:
                  - name: tokenizer.bin
                    size: \(tokenizer.count)
                    sha256: \(hexSHA256(tokenizer))
                    transient: true
                    sources: [{url: "http://127.0.0.1:9/tokenizer.bin"}]
                  - name: tokens.txt
                    size: \(tokens.count)
                    sha256: \(hexSHA256(tokens))
                    derive: {from: tokenizer.bin, recipe: moonshine-tokens}
            """
        let store = ModelStore(
            catalogue: try ModelCatalogue.parse(text: text, fileName: "models.yaml"), root: root.path,
            mirror: mirror.path)
        try store.install("derived")
        #expect(root.files == ["derived/model.json", "derived/tokens.txt"])
        #expect(isInstalled(try store.verify("derived")))
        #expect(try store.digest("derived") == store.catalogue.entry("derived").digest)
    }

    @Test func modelsOfTheUserAreImportedByName() throws {
        try root.write(network, to: "mine/best.onnx")
        try root.write(
            Array(
                """
                version: 1
                models:
                  - {id: my-yolov8, task: object-detection, family: yolov8, files: [{name: best.onnx, sources: [{path: mine/best.onnx}]}]}
                """.utf8), to: ModelStore.ownCatalogueName)
        let shipped = try store().catalogue
        let store = try ModelStore.withOwnModels(
            catalogue: shipped, environment: ["VIDEO_EXTRACT_MODEL_DIR": root.path])
        #expect(store.catalogue.models.map(\.id) == ["tiny", "unknown-digest", "my-yolov8"])
        let model = try store.install("my-yolov8")
        #expect(FileManager.default.contents(atPath: "\(model.folder)/best.onnx") == Data(network))
        #expect(model.digest.count == 64)
        // A changed file of the user does not change what was imported; a missing one is named.
        try root.write([1], to: "mine/best.onnx")
        #expect(isInstalled(try store.verify("my-yolov8")))
        try store.remove("my-yolov8")
        try FileManager.default.removeItem(atPath: "\(root.path)/mine/best.onnx")
        let error = #expect(throws: InferenceError.self) { try store.install("my-yolov8") }
        #expect(error?.message.contains("mine/best.onnx is missing") == true)
        #expect(try ModelStore.withOwnModels(catalogue: shipped, root: "/nonexistent").catalogue.models.count == 2)
    }

    @Test func foldersComeFromTheEnvironment() {
        #expect(ModelStore.defaultRoot(environment: ["VIDEO_EXTRACT_MODEL_DIR": "/m", "HOME": "/h"]) == "/m")
        #expect(ModelStore.defaultRoot(environment: ["XDG_DATA_HOME": "/d"]) == "/d/video-extract/models")
        #expect(ModelStore.defaultRoot(environment: ["HOME": "/h"]) == "/h/.local/share/video-extract/models")
    }
}
