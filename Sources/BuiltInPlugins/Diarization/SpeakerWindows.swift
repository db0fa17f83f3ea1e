/// Where the encoder listens: windows of 1.6 s every 0.2 s inside each stretch of speech; one in the middle of a stretch
/// that is no longer than a window.
struct SpeakerWindows: Sendable {
    /// Frames (10 ms) of a window.
    static let length = SpeakerFeatures.windowFrames
    /// Frames from one window to the next.
    static let hop = 20
    /// Seconds that one window stands for.
    static let secondsPerWindow = 0.2

    /// A stretch of speech in seconds and in frames.
    struct Stretch: Sendable, Equatable {
        var start: Double
        var end: Double
        var frames: Range<Int>
    }

    /// Stretches in order.
    private(set) var stretches: [Stretch] = []
    /// First frame of each window, stretch by stretch.
    private(set) var starts: [Int] = []
    /// Position of each window within its stretch.
    private(set) var positions: [Int] = []

    /// Lays windows over the stretches of a recording of `frameCount` frames; `segments` are in seconds.
    init(segments: [(start: Double, end: Double)], frameCount: Int) {
        let total = max(frameCount, Self.length)
        let framesPerSecond = Double(SpeakerMel.framesPerSecond)
        for segment in segments {
            let first = Int(segment.start * framesPerSecond)
            let last = min(total, Int(segment.end * framesPerSecond))
            guard first < last else { continue }
            stretches.append(Stretch(start: segment.start, end: segment.end, frames: first..<last))
            var found: [Int] = []
            if last - first <= Self.length {
                found = [max(0, min(total - Self.length, (first + last) / 2 - Self.length / 2))]
            } else {
                found = Array(stride(from: first, through: last - Self.length, by: Self.hop))
                if let final = found.last, final + Self.length < last { found.append(last - Self.length) }
            }
            starts += found
            positions += 0..<found.count
        }
    }

    /// Every `step`-th window of each stretch, by index.
    func sampled(every step: Int) -> [Int] {
        positions.indices.filter { positions[$0].isMultiple(of: step) }
    }
}
