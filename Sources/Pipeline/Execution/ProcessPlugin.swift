import Foundation
import MediaValues
public import PluginKit

/// A plugin that runs as a child process and speaks JSON lines; the protocol is described in docs/process-plugins.md.
///
/// Each execution starts one child in its own process group: it gets one request line on standard input and answers
/// with any number of `partial`, `warning` and `log` lines and one `result` or `error` line. A child that dies, stays
/// silent past the limit or prints anything else fails its operation, and only that.
public struct ProcessPlugin: Plugin {
    /// Read from the plugin's own YAML file.
    public let manifest: PluginManifest
    private let command: PluginManifest.ProcessCommand
    private let directory: String

    /// Version of the line protocol.
    public static let protocolVersion = 1

    /// Creates the plugin of a manifest that lies in `directory`.
    public init(manifest: PluginManifest, command: PluginManifest.ProcessCommand, directory: String) {
        self.manifest = manifest
        self.command = command
        self.directory = directory
    }

    private struct Request: Encodable {
        struct Input: Encodable {
            var type: String
            var document: String
            var files: [String]
        }
        var protocolVersion = ProcessPlugin.protocolVersion
        var operation: String
        var parameters: [String: ParameterValue]
        var media: MediaDescription
        var inputs: [Input]
        var outputDirectory: String
    }

    /// Runs the child and turns its answer into the stage's result.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        let results = try await input.results()
        let request = Request(
            operation: input.operation.name, parameters: input.operation.parameters, media: input.media,
            inputs: results.outputs.sorted { $0.key < $1.key }.map { type, output in
                Request.Input(
                    type: type.rawValue, document: output.directory + "/" + output.documentPath,
                    files: output.files.map { output.directory + "/" + $0 })
            },
            outputDirectory: context.files.directory)
        let line = try ResultEncoding.compact(request) + [UInt8(ascii: "\n")]
        let child = try ChildProcess(arguments: resolvedCommand(), name: "plugin \(manifest.name)")
        let lines = BoundedChannel<ChildProcess.Line>(capacity: 16)
        let timeout = command.timeoutSeconds
        async let pumping: Void = context.pool.run { child.converse(request: line, into: lines, silenceLimit: timeout) }
        defer { child.terminate() }
        let answer = try await withTaskCancellationHandler {
            try await readAnswer(lines, context: context)
        } onCancel: {
            child.terminate()
        }
        child.terminate()
        try await pumping
        return try answer.output(for: self, context: context)
    }

    private func resolvedCommand() -> [String] {
        guard let program = command.command.first else { return [] }
        let isPlainName = !program.contains("/")
        let resolved = program.hasPrefix("/") || isPlainName ? program : directory + "/" + program
        // Arguments that name files beside the manifest work from any working directory.
        let rest = command.command.dropFirst().map { argument in
            let beside = directory + "/" + argument
            return !argument.hasPrefix("-") && !argument.hasPrefix("/") && access(beside, R_OK) == 0 ? beside : argument
        }
        return [resolved] + rest
    }

    private func readAnswer(_ lines: BoundedChannel<ChildProcess.Line>, context: PluginContext) async throws -> Answer {
        for try await line in lines {
            switch line {
            case .text(let bytes):
                switch try Message(bytes, plugin: manifest.name) {
                case .partial(let json): await context.emit(PartialResult(json: json))
                case .warning(let text): context.warn("\(manifest.name): \(text)")
                case .log: break
                case .answer(let answer): return answer
                case .failure(let text):
                    throw PluginError(.pluginProcess, "plugin \(manifest.name) says: \(text)")
                }
            case .ended(let description, let errorText):
                throw PluginError(
                    .pluginProcess, "plugin \(manifest.name) \(description) before it answered",
                    details: errorText.isEmpty ? nil : errorText)
            case .endless(let byteCount):
                throw PluginError(
                    .pluginProcess, "plugin \(manifest.name) printed \(byteCount >> 20) MiB without ending the line")
            case .silent(let seconds):
                throw PluginError(
                    .timedOut,
                    "plugin \(manifest.name) said nothing for \(seconds) s and was ended; raise "
                        + "implementation.process.timeout_s if it needs longer")
            }
        }
        throw PluginError(.pluginProcess, "plugin \(manifest.name) gave no answer")
    }
}

/// The result line of a child.
struct Answer: Sendable {
    var document: [UInt8]
    var emptyReason: String?
    var files: [String]
    var counts: [String: Int]

    func output(for plugin: ProcessPlugin, context: PluginContext) throws -> StageOutput {
        for file in files {
            let path = try context.files.prepare(file)
            guard access(path, R_OK) == 0 else {
                throw PluginError(
                    .pluginProcess, "plugin \(plugin.manifest.name) announced the file '\(file)' but did not write it")
            }
        }
        let documentPath = plugin.manifest.operation.name + ".json"
        try context.files.write(ResultEncoding.prettified(document), to: documentPath)
        return StageOutput(
            directory: context.files.directory, documentPath: documentPath, files: [documentPath] + files.sorted(),
            outcome: emptyReason.map { .empty(reason: $0) } ?? .done, counts: counts)
    }
}

/// One line of a child's standard output.
enum Message {
    case partial([UInt8])
    case warning(String)
    case log
    case answer(Answer)
    case failure(String)

    /// Decodes a line.
    ///
    /// - Throws: `PluginError` with `pluginProcess`, quoting the start of a line that is not of the protocol.
    init(_ bytes: [UInt8], plugin: String) throws {
        func rubbish(_ problem: String) -> PluginError {
            let excerpt = String(decoding: bytes.prefix(80), as: UTF8.self)
                .unicodeScalars.map { $0.value < 0x20 ? "?" : String($0) }.joined()
            return PluginError(.pluginProcess, "plugin \(plugin) printed a line that \(problem): \(excerpt)")
        }
        guard let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any],
            let kind = object["type"] as? String
        else { throw rubbish("is no message of the protocol") }
        switch kind {
        case "partial":
            guard let data = object["data"] else { throw rubbish("lacks 'data'") }
            self = .partial([UInt8](try Self.json(data)))
        case "warning": self = .warning(object["message"] as? String ?? "")
        case "log": self = .log
        case "error": self = .failure(object["message"] as? String ?? "it failed without a message")
        case "result":
            guard let data = object["data"], data is [String: Any] || data is [Any] else {
                throw rubbish("lacks an object or array 'data'")
            }
            func optional<Value>(_ key: String, _ type: Value.Type, _ expected: String) throws -> Value? {
                guard let value = object[key], !(value is NSNull) else { return nil }
                guard let typed = value as? Value else { throw rubbish("has a '\(key)' that is not \(expected)") }
                return typed
            }
            self = .answer(
                Answer(
                    document: [UInt8](try Self.json(data)),
                    emptyReason: try optional("empty", String.self, "a text"),
                    files: try optional("files", [String].self, "a list of texts") ?? [],
                    counts: try optional("counts", [String: Int].self, "an object of whole numbers") ?? [:]))
        default: throw rubbish("has the unknown type '\(kind)'")
        }
    }

    private static func json(_ value: Any) throws -> Data {
        try JSONSerialization.data(
            withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed])
    }
}
