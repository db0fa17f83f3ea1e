import MediaValues
import PluginKit

/// Follows lines of text from picture to picture: what stands at the same place in consecutive pictures and says the same
/// becomes one span.
struct TextTracker {
    private struct Track {
        var span: OnScreenText.Span
        /// Where it was in the last picture; the span keeps the place of its best reading.
        var place: BoundingBox
    }

    private var unfinished: [Track] = []
    private var opened = 0
    private var closed: [OnScreenText.Span] = []

    /// Every span that has closed, by their start and within a picture in reading order.
    var spans: [OnScreenText.Span] { closed.sorted { $0.index < $1.index } }

    /// Adds the next picture, with its lines in reading order.
    ///
    /// - Returns: the spans that it closes.
    mutating func add(_ lines: [TextLine], frame: VideoFrame) -> [OnScreenText.Span] {
        let reference = FrameReference(frame)
        var found = lines.map { line in
            let span = Self.span(line, frame: frame, reference: reference)
            return Track(span: span, place: span.box)
        }
        let pairs = Self.pairs(unfinished, found)
        var isContinued = [Bool](repeating: false, count: unfinished.count)
        for (old, new) in pairs {
            isContinued[old] = true
            found[new].span = Self.merged(unfinished[old].span, found[new].span)
        }
        let ended = zip(unfinished, isContinued).filter { !$1 }.map(\.0.span)
        for index in found.indices where found[index].span.index < 0 {
            found[index].span.index = opened
            opened += 1
        }
        unfinished = found
        return close(ended)
    }

    /// Closes what is still open.
    mutating func finish() -> [OnScreenText.Span] {
        defer { unfinished = [] }
        return close(unfinished.map(\.span))
    }

    private mutating func close(_ spans: [OnScreenText.Span]) -> [OnScreenText.Span] {
        closed += spans
        return spans.sorted { $0.index < $1.index }
    }

    /// A span of one picture, which has no index yet.
    private static func span(_ line: TextLine, frame: VideoFrame, reference: FrameReference) -> OnScreenText.Span {
        let (width, height) = (Double(frame.width), Double(frame.height))
        return OnScreenText.Span(
            index: -1, text: line.text, startMs: reference.startMs, endMs: reference.endMs, frame: reference,
            confidence: min(1, line.confidence).rounded(decimals: 4),
            polygon: line.area.polygon(width: width, height: height), box: line.area.box(width: width, height: height),
            pictures: 1)
    }

    /// The span prolonged, with the better of the two readings.
    private static func merged(_ span: OnScreenText.Span, _ next: OnScreenText.Span) -> OnScreenText.Span {
        var result = next.confidence > span.confidence ? next : span
        result.index = span.index
        result.startMs = span.startMs
        result.endMs = max(span.endMs, next.endMs)
        result.pictures = span.pictures + 1
        return result
    }

    /// Which open span goes on in which new one; each at most once, the best overlap first.
    private static func pairs(_ open: [Track], _ found: [Track]) -> [(old: Int, new: Int)] {
        var candidates: [(overlap: Double, old: Int, new: Int)] = []
        for (old, track) in open.enumerated() {
            for (new, other) in found.enumerated() {
                let overlap = track.place.intersectionOverUnion(other.place)
                if overlap >= 0.3, TextSimilarity.isSame(track.span.text, other.span.text) {
                    candidates.append((overlap, old, new))
                }
            }
        }
        candidates.sort { ($1.overlap, $0.old, $0.new) < ($0.overlap, $1.old, $1.new) }
        var usedOld: Set<Int> = []
        var usedNew: Set<Int> = []
        return candidates.compactMap { candidate in
            guard !usedOld.contains(candidate.old), !usedNew.contains(candidate.new) else { return nil }
            usedOld.insert(candidate.old)
            usedNew.insert(candidate.new)
            return (candidate.old, candidate.new)
        }
    }
}
