import CFFmpeg
import MediaValues
import PluginKit
import Synchronization

/// Counts what a pass does and gathers the damage it meets, bounded.
final class PassLedger: Sendable {
    private struct Damage {
        var count = 0
        var firstAt: MediaTime?
        var reason: String
    }

    private struct State {
        var report = DecodingReport()
        var damage: [(kind: String, entry: Damage)] = []
        var furtherWarnings = 0
    }

    /// Most sentences kept.
    static let maximumWarnings = 20

    private let state = Mutex(State())

    func update(_ body: (inout DecodingReport) -> Void) { state.withLock { body(&$0.report) } }

    /// One sentence, once.
    func warn(_ text: String) {
        state.withLock { state in
            guard !state.report.warnings.contains(text) else { return }
            if state.report.warnings.count < Self.maximumWarnings {
                state.report.warnings.append(text)
            } else {
                state.furtherWarnings += 1
            }
        }
    }

    /// Damage that may repeat: counted per kind (`a video packet could not be decoded`).
    func damage(_ kind: String, at time: MediaTime?, reason: String) {
        state.withLock { state in
            if let index = state.damage.firstIndex(where: { $0.kind == kind }) {
                state.damage[index].entry.count += 1
            } else {
                state.damage.append((kind, Damage(count: 1, firstAt: time, reason: reason)))
            }
        }
    }

    /// The finished report.
    var report: DecodingReport {
        state.withLock { state in
            var report = state.report
            for (kind, entry) in state.damage {
                let place = entry.firstAt.map { "first at \($0), " } ?? ""
                let times = entry.count == 1 ? "once" : "\(entry.count) times"
                report.warnings.append(
                    "the file is damaged: \(kind) (\(times), \(place)\(entry.reason)); "
                        + "results cover what could be decoded")
            }
            if state.furtherWarnings > 0 { report.warnings.append("\(state.furtherWarnings) further warnings") }
            return report
        }
    }
}
