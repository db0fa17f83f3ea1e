import Foundation
public import Inference
import MediaValues
public import PluginKit

/// The models of a process, loaded once and shared by every file that needs them.
public struct SharedModels: Sendable, ModelProviding {
    /// Catalogue identifier of the voice detector.
    static let voiceDetector = "silero-vad"

    /// What is installed.
    public let store: ModelStore
    private let sessions: ModelSessions
    private let recognizers: SpeechRecognizers
    let diarizers = SpeakerDiarizers()
    let taggers = AudioTaggers()

    /// Creates the set; nothing is loaded yet.
    public init(store: ModelStore) {
        self.store = store
        sessions = ModelSessions()
        recognizers = SpeechRecognizers()
    }

    /// Whether a model is installed, and its digest.
    public func state(of model: String) -> ModelState {
        do {
            return .installed(digest: try store.digest(model))
        } catch let error as InferenceError {
            return .missing(reason: error.message)
        } catch {
            return .missing(reason: "model \(model): \(error)")
        }
    }

    /// For processes that live long: lets go of each model some time after its last use, until the task is cancelled.
    public func run(unloadingAfter age: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await sessions.run(unloadingAfter: age) }
            group.addTask { await recognizers.run(unloadingAfter: age) }
            group.addTask { await diarizers.run(unloadingAfter: age) }
            group.addTask { await taggers.run(unloadingAfter: age) }
        }
    }

    func voiceDetectorModel() async throws -> InferenceModel {
        do {
            let model = try store.installed(Self.voiceDetector)
            return try await sessions.model(
                path: SileroVAD.networkPath(of: model),
                options: SileroVAD.options(cacheFolder: store.compiledFolder(Self.voiceDetector)))
        } catch {
            throw Self.translated(error)
        }
    }

    /// A network of an installed model, compiled for the way the run works.
    ///
    /// - Parameters:
    ///   - file: which file of the model; its only network when not given.
    ///   - streams: requests that run at once; as many as the run has threads when not given.
    /// - Throws: `PluginError` with `invalidModel`, naming the command that mends it.
    func network(
        _ name: String, file: String? = nil, context: PluginContext, streams: Int? = nil
    ) async throws -> (network: InferenceModel, model: InstalledModel) {
        do {
            let model = try store.installed(name)
            let path = try model.path("network") { candidate in
                file.map { $0 == candidate } ?? Self.networkSuffixes.contains { candidate.hasSuffix($0) }
            }
            // In bulk every file has a thread, and all share the network.
            let threads =
                context.mode == .bulk
                ? max(context.threads, ProcessInfo.processInfo.activeProcessorCount) : context.threads
            var options = InferenceOptions.forRun(
                mode: context.mode, threads: threads, fastMath: context.usesFastMath)
            if let streams { options.streams = streams }
            options.cacheFolder = store.compiledFolder(name)
            return (try await sessions.model(path: path, options: options), model)
        } catch {
            throw Self.translated(error)
        }
    }

    private static let networkSuffixes = [".onnx", ".tflite", ".xml"]

    func recognizer(_ name: String, language: String?, threads: Int) async throws -> SpeechRecognizer {
        do {
            let model = try store.installed(name)
            // Several pieces at a time use the cores better than several threads on one piece do.
            let threads = try SpeechRecognizer.decodesInParallel(model) ? 1 : threads
            return try await recognizers.recognizer(
                model, options: SpeechRecognizer.Options(threads: threads, language: language))
        } catch {
            throw Self.translated(error)
        }
    }

    /// The model that an operation names by its parameter `model`.
    ///
    /// - Throws: `PluginError` with `invalidParameter` for a model that the catalogue does not have for the task.
    func model(of operation: PluginKit.Operation, task: String) throws -> String {
        try checkedModel(operation.text("model") ?? "", task: task, operation: operation.name)
    }

    /// The name, if the catalogue has a model of it for the task. Of several names, separated by `|`, the first one that
    /// is installed, or else the last.
    ///
    /// - Throws: `PluginError` with `invalidParameter`, naming those that it has.
    func checkedModel(_ names: String, task: String, operation: String, parameter: String = "model") throws -> String {
        let choices = try names.split(separator: "|", omittingEmptySubsequences: false).map {
            try knownModel(String($0), task: task, operation: operation, parameter: parameter)
        }
        let installed = choices.first { if case .installed = state(of: $0) { true } else { false } }
        return installed ?? choices.last ?? names
    }

    private func knownModel(_ name: String, task: String, operation: String, parameter: String) throws -> String {
        let known = store.catalogue.models.filter { $0.task == task }.map(\.id)
        guard known.contains(name) else {
            let nearest = Suggestions.nearest(to: name, in: known)
            throw PluginError(
                .invalidParameter,
                "\(operation): parameter \(parameter) cannot be '\(name)': it must be one of \(known.joined(separator: ", "))"
                    + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
        }
        return name
    }

    /// Refuses a language that the model does not know.
    func checkLanguage(_ language: String?, of name: String) throws {
        guard let language, let entry = try? store.catalogue.entry(name) else { return }
        let base = String(language.prefix { $0 != "-" && $0 != "_" }).lowercased()
        guard entry.languages.contains("*") || entry.languages.contains(base) else {
            throw PluginError(
                .invalidParameter,
                "transcription: parameter language cannot be '\(language)' with the model \(name): it knows "
                    + "\(entry.languages.joined(separator: ", ")); choose another with model=…")
        }
    }

    /// The language of a model that knows just one.
    func onlyLanguage(of name: String) -> String? {
        guard let languages = try? store.catalogue.entry(name).languages, languages.count == 1 else { return nil }
        return languages.first.flatMap { $0 == "*" ? nil : $0 }
    }

    /// The error as plugins throw it; what is none of the inference library's comes back as it is.
    static func translated(_ error: any Error) -> any Error {
        guard let known = error as? InferenceError else { return error }
        return PluginError(
            known.code == .cancelled ? .cancelled : .invalidModel, known.message, details: known.underlying)
    }
}
