import MediaValues
import PluginKit
import Synchronization

/// Counts what a pass does and gathers the damage it meets, bounded.
final class PassLedger: Sendable {
    /// What a piece of damage concerns.
    enum Part: Sendable {
        case container, video, audio, subtitles
    }

    private struct Damage {
        var part: Part
        var kind: String
        var count = 0
        var firstAt: MediaTime?
        var reason: String

        var sentence: String {
            let place = firstAt.map { "first at \($0), " } ?? ""
            let times = count == 1 ? "once" : "\(count) times"
            return "the file is damaged: \(kind) (\(times), \(place)\(reason)); results cover what could be decoded"
        }
    }

    private struct State {
        var report = DecodingReport()
        var sentences: [(part: Part, text: String)] = []
        var damage: [Damage] = []
        var furtherWarnings = 0
    }

    /// Most sentences kept.
    static let maximumWarnings = 20

    private let state = Mutex(State())

    func update(_ body: (inout DecodingReport) -> Void) { state.withLock { body(&$0.report) } }

    /// One sentence, once.
    func warn(_ text: String, part: Part = .container) {
        state.withLock { state in
            guard !state.sentences.contains(where: { $0.text == text }) else { return }
            if state.sentences.count < Self.maximumWarnings {
                state.sentences.append((part, text))
            } else {
                state.furtherWarnings += 1
            }
        }
    }

    /// Damage that may repeat: counted per kind (`a video packet could not be decoded`).
    func damage(_ kind: String, at time: MediaTime?, reason: String, part: Part) {
        state.withLock { state in
            if let index = state.damage.firstIndex(where: { $0.kind == kind }) {
                state.damage[index].count += 1
            } else {
                state.damage.append(Damage(part: part, kind: kind, count: 1, firstAt: time, reason: reason))
            }
        }
    }

    /// What was met so far in the given parts of the file.
    func warnings(in parts: [Part]) -> [String] {
        state.withLock { state in
            var texts = state.sentences.filter { parts.contains($0.part) }.map(\.text)
            texts += state.damage.filter { parts.contains($0.part) }.map(\.sentence)
            if state.furtherWarnings > 0 { texts.append("\(state.furtherWarnings) further warnings") }
            return texts
        }
    }

    /// The finished report.
    var report: DecodingReport {
        var report = state.withLock { $0.report }
        report.warnings = warnings(in: [.container, .video, .audio, .subtitles])
        return report
    }
}
