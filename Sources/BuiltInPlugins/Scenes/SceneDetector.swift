import MediaValues
import PluginKit

/// Finds where scenes begin, from frames in order. A pure value: the same frames give the same scenes.
///
/// A frame begins a scene when its difference from the frame before (0…100)
/// - reaches `threshold`,
/// - stands out of what is usual around it by `adaptiveRatio` (so that motion raises the bar),
/// - and is no flash: nothing within `flashWindow` on one side looks like what is on the other side.
/// A black stretch between two pictures is one boundary, at its middle, whatever led into it.
struct SceneDetector {
    struct Settings: Sendable {
        var threshold: Double
        var minimumSceneSeconds: Double
        var adaptiveRatio = 2.2
        var flashSeconds = 0.3
        /// True when the frames are keyframes, seconds apart: no motion baseline, no flashes.
        var isSparse = false
    }

    /// The first frame of a scene.
    struct Boundary: Sendable, Equatable {
        var time: MediaTime
        var frameNumber: Int?
        var transition: SceneList.Transition
        var score: Double
    }

    private struct Entry {
        var signature: FrameSignature
        var change: Double
    }

    /// Frames kept on each side of the one under judgement.
    private static let longestContext = 24

    private let settings: Settings
    private var entries: [Entry] = []
    /// Index in `entries` of the next frame to judge.
    private var next = 1
    private var lastBoundary: MediaTime?
    private var blackRun: [Entry] = []
    private(set) var frameCount = 0

    init(settings: Settings) { self.settings = settings }

    /// Takes the next frame.
    ///
    /// - Returns: scene starts that are certain by now, in order; the first frame's is the first of all.
    mutating func add(_ signature: FrameSignature) -> [Boundary] {
        frameCount += 1
        let change = entries.last.map { signature.difference(from: $0.signature) } ?? 0
        entries.append(Entry(signature: signature, change: change))
        if frameCount == 1 {
            lastBoundary = signature.time
            // Black that the video begins with is no fade.
            if signature.isBlack { blackRun = entries }
            return [Boundary(time: signature.time, frameNumber: signature.frameNumber, transition: .start, score: 0)]
        }
        var found: [Boundary] = []
        let lookahead = settings.isSparse ? 0 : Self.longestContext
        while next + lookahead < entries.count { found += judge() }
        return found
    }

    /// Judges the frames that were held back for their context.
    mutating func finish() -> [Boundary] {
        var found: [Boundary] = []
        while next < entries.count { found += judge() }
        return found
    }

    private mutating func judge() -> [Boundary] {
        defer {
            next += 1
            if next > 2 * Self.longestContext {
                entries.removeFirst(next - Self.longestContext)
                next = Self.longestContext
            }
        }
        let entry = entries[next]
        if entry.signature.isBlack {
            blackRun.append(entry)
            return []
        }
        if let boundary = endBlackRun(before: entry) { return accept(boundary) }
        guard entry.change >= settings.threshold, stands(out: next), !isFlash(next) else { return [] }
        return accept(
            Boundary(
                time: entry.signature.time, frameNumber: entry.signature.frameNumber, transition: .cut,
                score: entry.change.rounded(decimals: 2)))
    }

    /// A boundary at the middle of the black frames just passed; none when the video begins with them.
    private mutating func endBlackRun(before entry: Entry) -> Boundary? {
        guard let first = blackRun.first else { return nil }
        defer { blackRun = [] }
        let middle = blackRun[blackRun.count / 2]
        let isOpening = first.signature.time == lastBoundary || startsVideo(first)
        guard !isOpening else { return nil }
        return Boundary(
            time: middle.signature.time, frameNumber: middle.signature.frameNumber, transition: .fade,
            score: max(first.change, entry.change).rounded(decimals: 2))
    }

    private func startsVideo(_ entry: Entry) -> Bool {
        guard let first = lastBoundary else { return true }
        return entry.signature.time.seconds - first.seconds < 1e-9
    }

    private mutating func accept(_ boundary: Boundary) -> [Boundary] {
        if let last = lastBoundary, boundary.time.seconds - last.seconds < settings.minimumSceneSeconds { return [] }
        lastBoundary = boundary.time
        return [boundary]
    }

    /// Whether the change at `index` is well above what is usual around it.
    private func stands(out index: Int) -> Bool {
        guard !settings.isSparse else { return true }
        let window = 6
        let lower = max(1, index - window)
        let upper = min(entries.count - 1, index + window)
        var others: [Double] = []
        for position in lower...upper where position != index { others.append(entries[position].change) }
        guard others.count >= 2 else { return true }
        let mean = others.reduce(0, +) / Double(others.count)
        return entries[index].change >= settings.adaptiveRatio * max(mean, 1)
    }

    /// Whether a picture shortly before `index` looks like one shortly after it: then something only flashed past.
    private func isFlash(_ index: Int) -> Bool {
        guard !settings.isSparse else { return false }
        let pivot = entries[index].signature
        let limit = min(settings.threshold, entries[index].change * 0.5)
        func isNear(_ other: FrameSignature) -> Bool {
            abs(other.time.seconds - pivot.time.seconds) <= settings.flashSeconds
        }
        // The picture before comes back within the window: this is the start of a flash.
        let before = entries[index - 1].signature
        var position = index + 1
        while position < entries.count, isNear(entries[position].signature) {
            if entries[position].signature.difference(from: before) < limit { return true }
            position += 1
        }
        // This picture was there already just before: this is the end of a flash.
        position = index - 2
        while position >= 0, isNear(entries[position].signature) {
            if entries[position].signature.difference(from: pivot) < limit { return true }
            position -= 1
        }
        return false
    }
}
