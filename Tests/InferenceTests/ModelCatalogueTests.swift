import Inference
import Testing

struct ModelCatalogueTests {
    private let digest = String(repeating: "ab", count: 32)

    private func catalogue(_ files: String, verified: Bool = true, runtime: String = "openvino") throws
        -> ModelCatalogue
    {
        let text = """
            version: 1
            models:
              - id: tiny
                task: test
                description: a test
                licence: MIT
                default: true
                languages: [en]
                runtime: \(runtime)
                family: test
                digest_verified: \(verified)
                files:
            \(files.split(separator: "\n").map { "      \($0)" }.joined(separator: "\n"))
            """
        return try ModelCatalogue.parse(text: text, fileName: "models.yaml")
    }

    /// The text of the error that reading such files throws.
    private func failure(_ files: String, runtime: String = "openvino") -> String? {
        do {
            _ = try catalogue(files, runtime: runtime)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func entryIsRead() throws {
        let entry = try catalogue(
            """
            - name: a.onnx
              size: 5
              sha256: \(digest)
              sources:
                - wheel: {package: p, version: 1.2.3, wheel_sha256: \(digest), member: p/data/b.onnx}
                - url: https://example.org/c.onnx?x=1
            - name: tokens.txt
              size: 7
              sha256: \(digest)
              derive: {from: a.onnx, recipe: moonshine-tokens}
            """
        ).entry("tiny")
        #expect(entry.isDefault)
        #expect(entry.languages == ["en"])
        #expect(entry.size == 12)
        #expect(entry.files.map(\.name) == ["a.onnx", "tokens.txt"])
        #expect(
            entry.files[0].origin
                == .fetched([
                    .wheel(package: "p", version: "1.2.3", sha256: digest, member: "p/data/b.onnx"),
                    .url("https://example.org/c.onnx?x=1"),
                ]))
        #expect(entry.files[1].origin == .derived(from: "a.onnx", recipe: .moonshineTokens))
    }

    @Test func unverifiedFileMayLackItsDigest() throws {
        let entry = try catalogue("- name: a\n  sources: [{url: 'https://example.org/a'}]", verified: false).entry(
            "tiny")
        #expect(entry.files[0].sha256 == nil)
        #expect(entry.digest == nil)
    }

    @Test func mistakesAreNamed() throws {
        let source = "sources: [{url: 'https://example.org/a'}]"
        let good = "size: 1\n  sha256: \(digest)\n  \(source)"
        #expect(failure("- name: a\n  \(good)") == nil)
        for (files, expected) in [
            ("- name: a\n  size: 1\n  \(source)", "sha256"),
            ("- name: a\n  size: 1\n  sha256: ABC\n  \(source)", "64 lower-case"),
            ("- name: ../a\n  \(good)", "plain file name"),
            ("- name: a\n  \(good)\n- name: a\n  \(good)", "twice"),
            ("- name: a\n  size: 1\n  sha256: \(digest)\n  derive: {from: b, recipe: moonshine-tokens}", "\"b\""),
            ("- name: a\n  size: 1\n  sha256: \(digest)\n  derive: {from: a, recipe: magic}", "recipe"),
            ("- name: a\n  colour: red\n  \(good)", "colour"),
        ] {
            let text = try #require(failure(files), "accepted: \(files)")
            #expect(text.contains(expected), "\(text)")
            #expect(text.contains("models.yaml"), "\(text)")
        }
        #expect(failure("- name: a\n  \(good)", runtime: "magic")?.contains("runtime") == true)
    }

    @Test func transientFilesAreNotFilesOfTheFolder() throws {
        let entry = try catalogue(
            """
            - name: source.bin
              size: 500
              sha256: \(digest)
              transient: true
              sources: [{url: 'https://example.org/source.bin'}]
            - name: tokens.txt
              size: 7
              sha256: \(digest)
              derive: {from: source.bin, recipe: moonshine-tokens}
            """
        ).entry("tiny")
        #expect(entry.files.map(\.name) == ["tokens.txt"])
        #expect(entry.transientFiles.map(\.name) == ["source.bin"])
        #expect(entry.size == 7)
    }

    @Test func cataloguesMergeUnlessAnIdIsTaken() throws {
        let first = try catalogue(
            "- name: a\n  size: 1\n  sha256: \(digest)\n  sources: [{url: 'https://example.org/a'}]")
        let own = try ModelCatalogue.parse(
            text: """
                version: 1
                models:
                  - {id: my-yolov8, task: object-detection, family: yolov8, files: [{name: a.onnx, sources: [{path: /a.onnx}]}]}
                """, fileName: "catalogue.yaml")
        let merged = try first.merging(own)
        #expect(merged.models.map(\.id) == ["tiny", "my-yolov8"])
        #expect(try merged.entry("my-yolov8").runtime == "openvino")
        let error = #expect(throws: InferenceError.self) { try merged.merging(own) }
        #expect(error?.code == .duplicateModel)
        #expect(error?.message.contains("my-yolov8") == true)
    }

    @Test func relativePathNeedsACatalogueFile() {
        #expect(failure("- name: a\n  sources: [{path: a.onnx}]")?.contains("relative path") == true)
    }

    @Test func unknownModelListsTheKnownOnes() throws {
        let known = try catalogue(
            "- name: a\n  size: 1\n  sha256: \(digest)\n  sources: [{url: 'https://example.org/a'}]")
        let error = #expect(throws: InferenceError.self) { try known.entry("tiiny") }
        #expect(error?.code == .unknownModel)
        #expect(error?.message.contains("known: tiny") == true)
    }

    @Test func shippedCatalogueIsValid() throws {
        let catalogue = try ModelCatalogue.load(path: "\(packageRoot)/config/models.yaml")
        #expect(catalogue.preferred(task: "transcription")?.id == "moonshine-tiny-en")
        #expect(catalogue.preferred(task: "vad")?.id == "silero-vad")
        #expect(catalogue.defaults.allSatisfy { $0.digestVerified && $0.digest != nil })
        #expect(catalogue.models.allSatisfy { $0.licence != "not stated" && $0.description != $0.id })
        let defaults = [
            "object-detection": "yolox-nano", "face-detection": "rfb-640", "ocr": "pp-ocr-v4",
            "text-embeddings": "minilm-l6", "diarization": "ge2e",
        ]
        for (task, id) in defaults { #expect(catalogue.preferred(task: task)?.id == id) }
        let optional = [
            "face-identity", "place-classification", "vision-embeddings", "audio-embeddings", "audio-events",
        ]
        for task in optional { #expect(catalogue.preferred(task: task)?.isDefault == false, "\(task)") }
    }
}
