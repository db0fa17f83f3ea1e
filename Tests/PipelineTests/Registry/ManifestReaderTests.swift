import Configuration
import Foundation
import Pipeline
import PluginKit
import Testing
import VideoExtractTesting

struct ManifestReaderTests {
    private static let full = """
        name: speech-cloud
        version: "2.1.0"
        description: Speech to text
        inputs: [Audio, mp4]
        outputs: [Transcription]
        operation:
          name: transcription
          aliases: [asr, speech]
          parameters:
            language:
              type: text
              description: language code
            beam:
              type: integer
              default: 5
              minimum: 1
              maximum: 16
              unit: paths
            style:
              type: text
              default: plain
              choices: [plain, rich]
            events:
              type: list
              default: [cut, fade]
            speed:
              type: number
              default: 1.5
            fast:
              type: boolean
              default: true
          profiles:
            fast:
              beam: 1
        config:
          max_file_size_mb: 500
          requires_gpu: true
          experimental: true
          models: [m1, m2]
        performance:
          avg_processing_time_per_gb: 2m
          memory_per_file_mb: 300
          supports_streaming: true
        cache:
          enabled: false
          version: 4
          invalidate_before: 2026-02-01
        capabilities:
          features: [word_timestamps]
          supported_events: [speech]
          languages: [en, de]
          max_chunk_duration_s: 30.5
          requires_s3: true
          accuracy: 0.93
        cost:
          per_minute: 0.006
          per_frame: 0.001
          per_request: 0.02
          currency: EUR
          as_of: 2026-01-15
        rate_limit:
          requests_per_minute: 60
          concurrent: 4
        implementation:
          process:
            command: [python3, speech.py]
            timeout_s: 12.5
        """

    @Test func everyKeyIsRead() throws {
        let manifest = try ManifestReader.parse(text: Self.full, fileName: "speech.yaml")
        var expected = PluginManifest(
            name: "speech-cloud", version: "2.1.0", summary: "Speech to text", inputs: [.audio, DataType("mp4")],
            outputs: [.transcription],
            operation: .init(
                name: "transcription", aliases: ["asr", "speech"],
                parameters: [
                    .init(name: "language", kind: .text, summary: "language code"),
                    .init(
                        name: "beam", kind: .integer, defaultValue: .integer(5), minimum: 1, maximum: 16, unit: "paths"),
                    .init(name: "style", kind: .text, defaultValue: .text("plain"), choices: ["plain", "rich"]),
                    .init(name: "events", kind: .list, defaultValue: .list(["cut", "fade"])),
                    .init(name: "speed", kind: .number, defaultValue: .number(1.5)),
                    .init(name: "fast", kind: .boolean, defaultValue: .boolean(true)),
                ]),
            implementation: .process(.init(command: ["python3", "speech.py"], timeoutSeconds: 12.5)))
        expected.operation.profiles = [.fast: ["beam": .integer(1)]]
        expected.limits.maximumFileSizeMiB = 500
        expected.limits.requiresGPU = true
        expected.limits.isExperimental = true
        expected.limits.models = ["m1", "m2"]
        expected.performance.secondsPerGigabyte = 120
        expected.performance.memoryPerFileMiB = 300
        expected.performance.supportsStreaming = true
        expected.cache.isEnabled = false
        expected.cache.version = 4
        expected.cache.invalidateBefore = "2026-02-01"
        expected.capabilities.features = ["word_timestamps"]
        expected.capabilities.supportedEvents = ["speech"]
        expected.capabilities.languages = ["en", "de"]
        expected.capabilities.maximumChunkSeconds = 30.5
        expected.capabilities.requiresS3 = true
        expected.capabilities.accuracy = 0.93
        expected.cost.perMinute = 0.006
        expected.cost.perFrame = 0.001
        expected.cost.perRequest = 0.02
        expected.cost.currency = "EUR"
        expected.cost.asOf = "2026-01-15"
        expected.rateLimit.requestsPerMinute = 60
        expected.rateLimit.concurrent = 4
        #expect(manifest == expected)
    }

    @Test func whatIsLeftOutHasDefaults() throws {
        let text = "name: a\nversion: 1.0.0\ninputs: [Media]\noutputs: [Audio]\nimplementation: {builtin: audio}\n"
        let manifest = try ManifestReader.parse(text: text, fileName: "a.yaml")
        #expect(
            manifest
                == PluginManifest(
                    name: "a", version: "1.0.0", inputs: [.media], outputs: [.audio], operation: .init(name: "a"),
                    implementation: .builtIn(factory: "audio")))
    }

    /// A line of the full manifest, what stands there instead, and the key and words that the error must name.
    @Test(arguments: [
        ("name: speech-cloud", "name: 5 stars", "name", "must start with a letter"),
        ("description: Speech to text", "summary: x", "summary", "unknown key"),
        ("inputs: [Audio, mp4]", "inputs: []", "inputs", "must hold at least one entry"),
        ("inputs: [Audio, mp4]", "inputs: Audio", "inputs", "a list of strings"),
        ("  aliases: [asr, speech]", "  alias: [asr]", "operation.alias", "unknown key"),
        ("      type: integer", "      type: whole", "operation.parameters.beam.type", "integer"),
        (
            "      default: 5", "      default: 17", "operation.parameters.beam.default",
            "a whole number from 1 to 16 paths"
        ),
        ("      default: plain", "      default: bold", "operation.parameters.style.default", "one of plain, rich"),
        ("      beam: 1", "      beam: 0", "operation.profiles.fast.beam", "a whole number from 1 to 16 paths"),
        ("      beam: 1", "      bean: 1", "operation.profiles.fast.bean", "no parameter 'bean'"),
        ("  max_file_size_mb: 500", "  max_file_size_mb: 0", "config.max_file_size_mb", "at least 1"),
        ("  requires_gpu: true", "  requires_gpu: maybe", "config.requires_gpu", "true or false"),
        (
            "  avg_processing_time_per_gb: 2m", "  avg_processing_time_per_gb: soon",
            "performance.avg_processing_time_per_gb", "30s, 2m or 1h"
        ),
        ("  version: 4", "  version: 0", "cache.version", "at least 1"),
        (
            "  invalidate_before: 2026-02-01", "  invalidate_before: 2026-13-01", "cache.invalidate_before",
            "a day such as"
        ),
        ("  accuracy: 0.93", "  accuracy: 93", "capabilities.accuracy", "between 0.0 and 1.0"),
        ("  per_minute: 0.006", "  per_minute: -1", "cost.per_minute", "between 0.0"),
        ("  as_of: 2026-01-15", "  as_of: yesterday", "cost.as_of", "a day such as"),
        ("  concurrent: 4", "  concurrent: 0", "rate_limit.concurrent", "between 1"),
        ("    timeout_s: 12.5", "    timeout_s: 0", "implementation.process.timeout_s", "between 0.1"),
        ("    timeout_s: 12.5", "    shell: true", "implementation.process.shell", "unknown key"),
        (
            "    command: [python3, speech.py]", "    command: []", "implementation.process.command",
            "must hold at least one entry"
        ),
        ("    timeout_s: 12.5", "  builtin: x", "implementation", "more than one of"),
        ("  concurrent: 4", "  requests_per_minute: 4", "rate_limit.requests_per_minute", "already set on line"),
        ("  version: 4", "\tversion: 4", "", "tab"),
    ])
    func mistakesNameFileLineAndKey(line: String, replacement: String, key: String, words: String) throws {
        let lines = Self.full.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let index = try #require(lines.firstIndex(of: line), "the manifest has no line '\(line)'")
        var changed = lines
        changed[index] = replacement
        let error = try #require(throws: ConfigurationError.self) {
            try ManifestReader.parse(text: changed.joined(separator: "\n"), fileName: "speech.yaml")
        }
        #expect(error.file == "speech.yaml")
        #expect(error.keyPath == key, "\(error)")
        #expect(error.message.contains(words), "\(error)")
        if replacement != "  builtin: x" { #expect(error.line == index + 1, "\(error)") }
        #expect(error.description.hasPrefix("speech.yaml:"), "\(error)")
    }

    @Test(arguments: ["name", "version", "inputs", "outputs", "implementation"])
    func essentialKeysMayNotBeMissing(key: String) throws {
        let lines = ["name: a", "version: '1'", "inputs: [Media]", "outputs: [Audio]", "implementation: {builtin: a}"]
        let text = lines.filter { !$0.hasPrefix(key + ":") }.joined(separator: "\n")
        let error = try #require(throws: ConfigurationError.self) {
            try ManifestReader.parse(text: text, fileName: "a.yaml")
        }
        #expect(error.code == .missingKey)
        #expect(error.keyPath == key)
    }

    @Test func anImplementationNeedsAKind() throws {
        let text = "name: a\nversion: '1'\ninputs: [Media]\noutputs: [Audio]\nimplementation: {}\n"
        let error = try #require(throws: ConfigurationError.self) {
            try ManifestReader.parse(text: text, fileName: "a.yaml")
        }
        #expect(error.message.contains("'builtin', 'process' or 'provider'"))
        #expect(error.line == 5)
    }

    @Test func everyShippedManifestIsValid() throws {
        let repository = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().path
            .components(separatedBy: "/Tests/PipelineTests/")[0]
        let folder = repository + "/config/plugins"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }
        #expect(!names.isEmpty)
        var factories = PluginFactories()
        for name in names {
            let manifest = try ManifestReader.load(path: folder + "/" + name)
            #expect(manifest.name + ".yaml" == name)
            if case .builtIn(let factory) = manifest.implementation {
                factories.addBuiltIn(factory) { FakePlugin(manifest: $0) }
            }
        }
        let registry = try Registry.discover(directories: [folder], factories: factories)
        #expect(registry.plugins.count == names.count)
        #expect(registry.operationNames.contains("transcription"))
    }
}
