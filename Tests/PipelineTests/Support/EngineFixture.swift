import Foundation
import MediaValues
import Pipeline
import PluginKit
import Testing
import VideoExtractTesting

typealias Operation = PluginKit.Operation

/// What an event says, without times, for comparing whole runs.
enum Happening: Equatable {
    case started(String)
    case partial(String, String)
    case ended(String, OperationStatus, document: Bool)
    case finished

    init(_ event: RunEvent) {
        switch event {
        case .started(let operation): self = .started(operation)
        case .partial(let operation, let data): self = .partial(operation, String(decoding: data.json, as: UTF8.self))
        case .ended(let report, let document):
            self = .ended(report.operation, report.status, document: document != nil)
        case .finished: self = .finished
        }
    }
}

/// An engine over fakes: a cache in a temporary folder, media in memory, and the plugins that most tests need.
struct EngineFixture {
    let folder: TemporaryDirectory
    let media: FakeMediaAccess
    let engine: Engine
    let plugins: [String: FakePlugin]
    let events = Recorder<Happening>()

    static let everyFrame = MediaDemand(video: VideoDemand(.everyFrame))
    static let keyframes = MediaDemand(video: VideoDemand(.keyframes(minimumInterval: 0)))
    static let speech = MediaDemand(audio: .speech)

    /// metadata, scenes, keyframes, audio, transcription (needs the model `asr`), objects (needs keyframes).
    static func plugins() -> [FakePlugin] {
        [
            FakePlugin("metadata", outputs: [.metadata]),
            FakePlugin(
                "scenes", outputs: [.scenes],
                parameters: [
                    ParameterDefinition(name: "threshold", kind: .number, defaultValue: .number(27), minimum: 0)
                ],
                demand: everyFrame),
            FakePlugin(
                "keyframes", outputs: [.keyframes],
                parameters: [
                    ParameterDefinition(name: "max_frames", kind: .integer, defaultValue: .integer(100), minimum: 1)
                ],
                demand: keyframes),
            FakePlugin("audio", outputs: [.audio], demand: speech),
            FakePlugin("transcription", inputs: [.audio], outputs: [.transcription], demand: speech, models: ["asr"]),
            FakePlugin("objects", inputs: [.keyframes], outputs: [DataType("Objects")]),
        ]
    }

    static func content() -> FakeMediaAccess.Content {
        FakeMediaAccess.Content(frames: MadeMedia.frames(50), audio: MadeMedia.silence(seconds: 2))
    }

    /// Assembles an engine; `replacing` and the standard plugins are told apart by name.
    init(
        content: FakeMediaAccess.Content = content(), replacing: [FakePlugin] = [],
        others: [any Plugin] = [], models: [String: String] = ["asr": "digest"], hasCache: Bool = true,
        onResolve: @escaping @Sendable (@escaping @Sendable () -> Bool) async throws -> Void = { _ in }
    ) throws {
        let folder = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: folder.file("tmp"), withIntermediateDirectories: true)
        let names = Set(replacing.map(\.manifest.name))
        let all = Self.plugins().filter { !names.contains($0.manifest.name) } + replacing
        media = FakeMediaAccess(content, onResolve: onResolve)
        engine = Engine(
            registry: try Registry(all + others), media: media, models: FakeModels(installed: models),
            cache: hasCache ? try ResultCache(directory: folder.file("cache")) : nil,
            temporaryDirectory: folder.file("tmp"))
        plugins = Dictionary(uniqueKeysWithValues: all.map { ($0.manifest.name, $0) })
        self.folder = folder
    }

    func executions(_ plugin: String) -> Int { plugins[plugin]?.executions ?? -1 }

    /// Runs operations, `source` standing for any file.
    @discardableResult
    func run(
        _ operations: String, source: DataSource = .file(path: "talk.mp4"), output: Bool = false,
        policy: ExecutionPolicy = .performance(threads: 2), trace: TraceRecorder? = nil
    ) async throws -> RunReport {
        try await run(
            specs: OperationListParser.parse(operations).map { OutputSpec($0) }, source: source, output: output,
            policy: policy, trace: trace)
    }

    @discardableResult
    func run(
        specs: [OutputSpec], source: DataSource = .file(path: "talk.mp4"), output: Bool = false,
        policy: ExecutionPolicy = .performance(threads: 2), trace: TraceRecorder? = nil
    ) async throws -> RunReport {
        let request = ExtractionRequest(
            source: source, outputs: specs, outputDirectory: output ? folder.file("out") : nil)
        return try await withDeadline {
            try await engine.run(request, policy: policy, trace: trace) { events.append(Happening($0)) }
        }
    }

    /// Names left in the folders of running stages.
    var leftovers: [String] { folder.names(in: "cache/staging") + folder.names(in: "tmp") }
}

extension RunReport {
    /// The report of one operation.
    func report(_ operation: String) throws -> OperationReport {
        try #require(operations.first { $0.operation == operation }, "no report of \(operation)")
    }

    /// How one operation ended.
    func status(_ operation: String) -> OperationStatus? { operations.first { $0.operation == operation }?.status }
}
