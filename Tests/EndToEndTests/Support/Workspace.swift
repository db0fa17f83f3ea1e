import Foundation
import Testing
import VideoExtractTesting

/// Everything one test needs to run the program: a folder that goes with the test, with a cache, a folder for temporary
/// files and a working folder of its own.
final class Workspace: Sendable {
    static let program = BinaryRunner.builtProduct("video-extract")

    let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        for name in ["tmp", "work"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        }
    }

    /// The absolute path of something in the working folder.
    func file(_ relative: String) -> String { folder.file("work/" + relative) }

    /// Variables that keep the program inside the folder.
    var environment: [String: String] {
        [
            "VIDEO_EXTRACT_CACHE_DIR": folder.file("cache"), "VIDEO_EXTRACT_PLUGIN_DIR": folder.file("plugins"),
            "VIDEO_EXTRACT_USE_PROXY": "", "TMPDIR": folder.file("tmp"),
        ]
    }

    /// Runs the program in the working folder.
    func run(
        _ arguments: [String], input: Data = Data(), environment: [String: String] = [:], seconds: Double = 60
    ) async throws -> ProgramResult {
        try await BinaryRunner.run(
            Self.program, arguments, input: input,
            environment: self.environment.merging(environment) { _, new in new }, directory: folder.file("work"),
            seconds: seconds)
    }

    /// Starts the program in the working folder.
    func start(_ arguments: [String], environment: [String: String] = [:]) throws -> BinaryRunner.Running {
        try BinaryRunner.start(
            Self.program, arguments, environment: self.environment.merging(environment) { _, new in new },
            directory: folder.file("work"))
    }

    /// Runs `perf FILE --ops OPERATIONS --output-dir out` and the arguments after that.
    func perf(
        _ file: String, _ operations: String, _ arguments: [String] = [], environment: [String: String] = [:]
    ) async throws -> Run {
        let result = try await run(
            ["perf", file, "--ops", operations, "--stream", "--output-dir", "out"] + arguments, environment: environment
        )
        return try Run(result)
    }

    /// A document below the working folder.
    func document(_ relative: String) throws -> JSONValue {
        try JSONValue(parsing: try Data(contentsOf: URL(fileURLWithPath: file(relative))))
    }

    /// What a run must not leave behind: temporary files, unfinished entries of the cache, half-written outputs.
    var leftovers: [String] {
        folder.files(below: "tmp").map { "tmp/" + $0 } + folder.names(in: "tmp").map { "tmp/" + $0 }
            + folder.names(in: "cache/results/staging").map { "staging/" + $0 }
            + folder.files(below: "work").filter { $0.hasSuffix(".tmp") }
    }

    /// All files of an output folder with their content, apart from `run.json` (it holds timings) and hidden files (they
    /// are the program's own notes on the folder).
    func contents(of relative: String) throws -> [String: Data] {
        let names = folder.files(below: "work/" + relative).filter { !$0.hasSuffix("run.json") && !$0.hasPrefix(".") }
        return try Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, try Data(contentsOf: URL(fileURLWithPath: file(relative + "/" + $0))))
            })
    }
}

/// What a run with `--stream` wrote.
struct Run {
    let result: ProgramResult
    let events: [JSONValue]

    init(_ result: ProgramResult) throws {
        self.result = result
        events = try result.output.split(separator: UInt8(ascii: "\n")).map { try JSONValue(parsing: Data($0)) }
    }

    /// The run report, from the last line.
    var report: JSONValue? { events.last.flatMap { $0["event"]?.string == "finished" ? $0["data"] : nil } }

    /// How an operation ended, from the report.
    func operation(_ name: String) -> JSONValue? {
        report?["operations"]?.array.first { $0["operation"]?.string == name }
    }

    func status(_ name: String) -> String? { operation(name)?["status"]?.string }

    /// The output folder, as the report names it; relative to the working folder.
    var stem: String { report?["output_directory"]?.string ?? "no-output-folder" }

    /// The document of an operation, from its `complete` line.
    func document(_ name: String) -> JSONValue? {
        events.first { $0["event"]?.string == "complete" && $0["operation"]?.string == name }?["data"]
    }

    /// The pieces of an operation, in order.
    func partials(_ name: String) -> [JSONValue] {
        events.filter { $0["event"]?.string == "partial" && $0["operation"]?.string == name }.compactMap { $0["data"] }
    }
}

/// The repository that the tests were built from.
enum Repository {
    static let path = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().path
        .components(separatedBy: "/Tests/EndToEndTests/")[0]
}

/// Folder with media from outside, where `VIDEO_EXTRACT_TEST_MEDIA` names one.
let externalMedia = ProcessInfo.processInfo.environment["VIDEO_EXTRACT_TEST_MEDIA"].flatMap { $0.isEmpty ? nil : $0 }

/// Folder of the installed models; `make test` installs the default ones.
private let modelFolder: String = {
    let environment = ProcessInfo.processInfo.environment
    let data = environment["XDG_DATA_HOME"] ?? NSHomeDirectory() + "/.local/share"
    return environment["VIDEO_EXTRACT_MODEL_DIR"] ?? data + "/video-extract/models"
}()

/// Whether models are there.
func hasModels(_ ids: [String]) -> Bool {
    ids.allSatisfy { FileManager.default.fileExists(atPath: modelFolder + "/" + $0) }
}

extension Trait where Self == ConditionTrait {
    /// For tests that run real speech models.
    static var needsModels: Self { needsModels("moonshine-tiny-en", "silero-vad") }

    /// For tests that run real models.
    static func needsModels(_ ids: String...) -> Self {
        .enabled(
            if: hasModels(ids),
            "not every one of these models is installed; run: video-extract models install \(ids.joined(separator: " "))"
        )
    }
}

/// Waits until `condition` holds, looking often; for things that other processes do.
///
/// - Throws: `DeadlinePassed`.
func waitUntil(seconds: Double = 30, _ condition: @escaping @Sendable () -> Bool) async throws {
    try await withDeadline(seconds: seconds) {
        while !condition() { try await Task.sleep(for: .milliseconds(2)) }
    }
}

/// All end-to-end tests: one at a time, because several measure how fast the program reacts.
@Suite(.serialized) struct EndToEnd {}
