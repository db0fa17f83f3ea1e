import Foundation
import Pipeline
import PluginKit

/// What the supervisor of a bulk run tells its worker process, and what it hears back: one JSON value a line.
enum BulkProtocol {
    /// First line to the worker.
    struct Setup: Codable {
        var outputs: [OutputSpec]
        var outputDirectory: String
        var workers: Int
        var threads: Int
        var profile: Profile
        var usesFastMath: Bool
        var timeoutSeconds: Double?
        var usesCache: Bool
        var cacheDirectory: String?
        /// Where the files of running stages go without a cache; the supervisor removes it, however the worker ends.
        var temporaryDirectory: String?
        var cacheSizeLimit: Int64?
        var pluginDirectories: [String]
        var allowsPrivateAddresses: Bool
        var isVerbose: Bool
    }

    /// Each further line to the worker: a file to work on.
    struct Job: Codable {
        var index: Int
        var source: String
        var needsFolderSuffix: Bool
    }

    /// Each line from the worker.
    struct Answer: Codable {
        var index: Int
        /// Absent while the file is merely begun.
        var outcome: BulkOutcome?
    }
}

/// How one file of a bulk run ended, as recorded in the journal and the summary.
struct BulkOutcome: Codable, Sendable {
    enum Status: String, Codable, Sendable {
        case done
        case failed
        /// It crashed the worker process.
        case quarantined
        case timedOut = "timed_out"
    }

    var source: String
    var status: Status
    var folder: String?
    var durationMs: Double
    var operations: [String: String]
    var errors: [String]
    var warnings: [String]

    init(_ result: BulkResult, durationMs: Double) {
        source = result.source.displayName
        folder = result.report?.outputDirectory
        self.durationMs = durationMs
        let requested = result.report?.requestedOperations ?? []
        operations = Dictionary(requested.map { ($0.operation, $0.status.rawValue) }) { first, _ in first }
        errors = FailureText.sentences(requested)
        warnings = requested.flatMap { report in report.warnings.map { "\(report.operation): \($0)" } }
        if let failure = result.failure { errors.append(failure.message) }
        status = result.failure?.code == .timedOut ? .timedOut : (result.hasFailures ? .failed : .done)
    }

    /// A file that the supervisor gives up on.
    init(source: String, status: Status, message: String, durationMs: Double) {
        self.source = source
        self.status = status
        folder = nil
        self.durationMs = durationMs
        operations = [:]
        errors = [message]
        warnings = []
    }
}
