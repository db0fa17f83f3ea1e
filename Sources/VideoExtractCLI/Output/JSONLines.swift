import Foundation
import Pipeline
import PluginKit

/// Events as JSON lines: the stream format of performance mode.
///
/// `{"event":"started|partial|complete|failed|finished","operation":…,"data":…,"duration_ms":…,"cached":…}`. Every
/// operation that was asked for ends in exactly one `complete` or `failed` line; the last line is `finished` with the
/// run report. `status` tells done, cached, empty and skipped apart.
struct JSONLines: Sendable {
    private let write: @Sendable ([UInt8]) throws -> Void

    init(write: @escaping @Sendable ([UInt8]) throws -> Void) { self.write = write }

    func handle(_ event: RunEvent) throws {
        switch event {
        case .started(let operation):
            try line([("event", quoted("started")), ("operation", quoted(operation))])
        case .partial(let operation, let data):
            try line([("event", quoted("partial")), ("operation", quoted(operation)), ("data", data.json)])
        case .ended(let report, let document):
            try line(try fields(report, document: document))
        case .finished(let report):
            try line([("event", quoted("finished")), ("data", try ResultEncoding.compact(report))])
        }
    }

    private func fields(_ report: OperationReport, document: [UInt8]?) throws -> [(String, [UInt8])] {
        let isFailure = report.status == .failed
        var fields: [(String, [UInt8])] = [
            ("event", quoted(isFailure ? "failed" : "complete")), ("operation", quoted(report.operation)),
            ("status", quoted(report.status.rawValue)),
            ("duration_ms", try ResultEncoding.compact(report.durationMs)),
            ("cached", try ResultEncoding.compact(report.status == .cached)),
        ]
        if let reason = report.reason { fields.append(("reason", quoted(reason))) }
        if let error = report.error { fields.append(("error", try ResultEncoding.compact(error))) }
        if !report.warnings.isEmpty { fields.append(("warnings", try ResultEncoding.compact(report.warnings))) }
        if !report.files.isEmpty { fields.append(("files", try ResultEncoding.compact(report.files))) }
        if let document { fields.append(("data", document)) }
        return fields
    }

    private func quoted(_ text: String) -> [UInt8] { (try? ResultEncoding.compact(text)) ?? Array("\"\"".utf8) }

    private func line(_ fields: [(String, [UInt8])]) throws {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += quoted(field.0) + [UInt8(ascii: ":")] + field.1
        }
        try write(bytes + Array("}\n".utf8))
    }
}
