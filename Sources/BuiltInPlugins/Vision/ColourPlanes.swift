import MediaValues

/// The planes of a decoded frame of luma and two chroma, whose chroma is halved both ways or not at all.
struct ColourPlanes: Sendable {
    let luma: PixelPlane
    let cb: PixelPlane
    let cr: PixelPlane
    /// Luma samples from one chroma sample to the next, along either axis: 2 for `yuv420`, 1 for `yuv444`.
    let chromaStep: Int

    /// Nil for other layouts, and for frames without pixels.
    init?(_ frame: VideoFrame) {
        switch frame.layout {
        case .yuv420: chromaStep = 2
        case .yuv444: chromaStep = 1
        default: return nil
        }
        guard frame.planes.count == 3, frame.width > 0, frame.height > 0 else { return nil }
        (luma, cb, cr) = (frame.planes[0], frame.planes[1], frame.planes[2])
    }

    /// Position in a plane of chroma for one in luma, both in samples. A chroma sample lies in the middle of the luma
    /// samples that share it.
    func chromaPosition<Position: BinaryFloatingPoint>(_ luma: Position) -> Position {
        (luma + 0.5) / Position(chromaStep) - 0.5
    }
}
