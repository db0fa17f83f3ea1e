import Foundation
import Pipeline
import PluginKit

/// Results for people: one line for each piece as it comes, then how every operation ended.
struct TextReport: Sendable {
    /// Width of the first column.
    private let column: Int

    /// Reports on a run that makes `operations`.
    init(operations: [String]) {
        column = max(14, 1 + (operations.map(\.count).max() ?? 0))
    }

    func handle(_ event: RunEvent) {
        switch event {
        case .started, .finished: break
        case .partial(let operation, let data): showPiece(operation, data.json)
        case .ended(let report, let document):
            // What was computed now has been shown piece by piece.
            if report.status == .cached || report.operation == "metadata" { showDocument(report, document) }
            showEnd(report)
        }
    }

    private func showPiece(_ operation: String, _ json: [UInt8]) {
        guard let piece = (try? JSONSerialization.jsonObject(with: Data(json))) as? [String: Any] else { return }
        Console.print(padded(operation) + PieceText.line(piece))
    }

    private func showDocument(_ report: OperationReport, _ document: [UInt8]?) {
        guard let document, let object = (try? JSONSerialization.jsonObject(with: Data(document))) as? [String: Any]
        else { return }
        if report.operation == "metadata" {
            showMetadata(document)
            return
        }
        let pieces = PieceText.lists.lazy.compactMap { object[$0] as? [[String: Any]] }.first
        for piece in pieces ?? [] { Console.print(padded(report.operation) + PieceText.line(piece)) }
    }

    private func showMetadata(_ document: [UInt8]) {
        guard let media = try? ResultEncoding.decoder.decode(MediaDescription.self, from: Data(document)) else {
            return
        }
        var parts = [media.container.formatLongName ?? media.container.formatNames.joined(separator: ",")]
        if let length = media.container.durationMs { parts.append(Amounts.clock(length)) }
        if let size = media.container.sizeBytes { parts.append(Amounts.bytes(size)) }
        Console.print(padded("metadata") + parts.joined(separator: ", "))
        for stream in media.streams { Console.print(padded("metadata") + describe(stream)) }
    }

    private func describe(_ stream: MediaDescription.Stream) -> String {
        var parts = ["#\(stream.index) \(stream.kind)", stream.codec ?? "unknown codec"]
        if let video = stream.video {
            parts.append("\(video.width)×\(video.height)")
            if let rate = video.averageFrameRate?.value { parts.append("\(Amounts.fixed(rate, 2)) frames/s") }
            if video.isVariableFrameRate == true { parts.append("variable frame rate") }
            if video.rotationDegrees != 0 { parts.append("rotated \(video.rotationDegrees)°") }
            if let hdr = video.hdrFormat { parts.append(hdr) }
        }
        if let audio = stream.audio {
            parts.append("\(audio.sampleRate) Hz")
            parts.append(audio.channelLayout ?? Amounts.counted(audio.channels, "channels"))
        }
        if let language = stream.language { parts.append(language) }
        return parts.joined(separator: ", ")
    }

    private func showEnd(_ report: OperationReport) {
        var parts = [report.status.rawValue]
        if let error = report.error { parts.append(error.message) }
        if let reason = report.reason { parts.append(reason) }
        parts += report.counts.sorted { $0.key < $1.key }.filter { $0.value > 0 && $0.key != "samples" }
            .map { Amounts.counted($0.value, $0.key.replacing("_", with: " ")) }
        if report.status != .skipped, report.status != .failed {
            parts.append(Amounts.duration(milliseconds: report.durationMs))
        }
        Console.note(padded(report.operation) + parts.joined(separator: ", "))
        for warning in report.warnings { Console.warn("\(report.operation): \(warning)") }
    }

    private func padded(_ text: String) -> String {
        text + String(repeating: " ", count: max(1, column - text.count))
    }
}
