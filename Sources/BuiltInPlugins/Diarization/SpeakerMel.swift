/// Mel frames of a recording, of which those near speech are kept and the rest are let go.
///
/// A second of 40 bands takes 16 kB, so three hours of unbroken speech take 173 MB and any length of silence almost
/// nothing.
struct SpeakerMel: Sendable {
    /// Bands of a frame.
    static let bands = 40
    /// Frames in a second.
    static let framesPerSecond = 100
    private static let blockFrames = 100

    /// Frames seen so far.
    private(set) var frameCount = 0
    /// Full blocks by number, and the last one as it fills.
    private var blocks: [Int: [Float]] = [:]
    private var oldest = 0

    /// Number of floats held, for tests.
    var heldValues: Int { blocks.values.reduce(0) { $0 + $1.count } }

    /// Appends frames of ``bands`` values each.
    mutating func append(_ values: [Float]) {
        var position = 0
        while position < values.count {
            let block = frameCount / Self.blockFrames
            let room = Self.blockFrames - frameCount % Self.blockFrames
            let frames = min(room, (values.count - position) / Self.bands)
            guard frames > 0 else { return }
            blocks[block, default: []] += values[position..<(position + frames * Self.bands)]
            frameCount += frames
            position += frames * Self.bands
        }
    }

    /// Lets go of frames before `frame` outside of `kept`, ranges of frames in ascending order.
    mutating func release(before frame: Int, except kept: ArraySlice<Range<Int>>) {
        while (oldest + 1) * Self.blockFrames <= frame {
            let range = (oldest * Self.blockFrames)..<((oldest + 1) * Self.blockFrames)
            if !kept.contains(where: { $0.overlaps(range) }) { blocks[oldest] = nil }
            oldest += 1
        }
    }

    /// Copies `count` frames from `first` on, each value times `gain`; frames that are not there are silent.
    func copy(first: Int, count: Int, gain: Float, into values: UnsafeMutablePointer<Float>) {
        var frame = first
        let end = first + count
        while frame < end {
            let start = frame % Self.blockFrames
            let length = min(Self.blockFrames - start, end - frame)
            let block = blocks[frame / Self.blockFrames] ?? []
            let target = values + (frame - first) * Self.bands
            for index in 0..<(length * Self.bands) {
                let source = start * Self.bands + index
                target[index] = source < block.count ? block[source] * gain : 0
            }
            frame += length
        }
    }
}
