import MediaValues

/// A line of text in a picture.
struct TextLine: Sendable, Hashable {
    var text: String
    /// Mean probability, 0…1.
    var confidence: Double
    /// Around it, in pixels.
    var area: Quadrilateral
}

/// Reads the text off one picture. Blocks; several pictures may be read at one time.
protocol TextReader: Sendable {
    /// The lines in reading order, the doubtful ones too.
    ///
    /// - Throws: `PluginError`; `CancellationError` once `cancellation` is set.
    func lines(in frame: VideoFrame, cancellation: CancellationFlag) throws -> [TextLine]
}

/// Smaller pictures hold no text that could be read, in pixels on either side.
let leastReadableSide = 8
