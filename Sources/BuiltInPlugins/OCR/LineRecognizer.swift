import Dispatch
import Inference
import MediaValues

/// Reads lines of text with the PP-OCR recognition network, one line a request.
struct LineRecognizer: Sendable {
    /// Height of the networks' input in pixels.
    static let lineHeight = 48
    /// Longer lines are squeezed, so that a picture cannot ask for any amount of memory.
    static let longestLine = 3840
    /// Lines at least this much taller than wide are taken to run downwards.
    static let tallRatio = 1.5

    /// Width of the orientation network's input in pixels: it sees the beginning of a line.
    private static let orientationWidth = 192
    private static let orientationOutput = TensorRequirement(.index(0), .f32, [1, 2])

    private let signature: NetworkSignature
    private let orientation: NetworkSignature?
    private let decoder: CharacterDecoder
    /// The probability of every character at every step.
    private let output: TensorRequirement

    /// - Parameter orientation: the network that tells upside-down lines, where they are to be turned.
    /// - Throws: `PluginError` (`invalidModel`) where a network is another one, or the decoder's characters are not those
    ///   of its classes.
    init(network: InferenceModel, decoder: CharacterDecoder, orientation: InferenceModel?, model: String) throws {
        signature = NetworkSignature(network: network, model: model)
        self.decoder = decoder
        output = TensorRequirement(.index(0), .f32, [1, nil, .length(decoder.classes)])
        self.orientation = orientation.map { NetworkSignature(network: $0, model: model) }
        try signature.require(inputs: [Self.input(width: nil)], outputs: [output])
        try self.orientation?.require(
            inputs: [Self.input(width: Self.orientationWidth)], outputs: [Self.orientationOutput])
    }

    private static func input(width: Int?) -> TensorRequirement {
        TensorRequirement(.index(0), .f32, [1, 3, .length(lineHeight), .length(width)])
    }

    /// Reads the lines, `lanes` at a time; the result has one reading for each, in the same order. Blocks.
    ///
    /// - Throws: `PluginError`; `CancellationError` once `cancellation` is set.
    func read(
        _ lines: [Quadrilateral], in picture: TextPicture, lanes: Int, cancellation: CancellationFlag
    ) throws -> [TextLine] {
        // The longest first: one of them at the end would leave the other lanes idle.
        let order = lines.indices.sorted { (-lines[$0].width, $0) < (-lines[$1].width, $1) }
        let work = Guarded(Work(results: [TextLine?](repeating: nil, count: lines.count)))
        let lanes = max(1, min(lanes, lines.count))
        DispatchQueue.concurrentPerform(iterations: lanes) { _ in
            while let turn = work.withLock({ $0.take(of: order.count) }) {
                let index = order[turn]
                do {
                    if cancellation.isSet { throw CancellationError() }
                    let line = try read(lines[index], in: picture)
                    work.withLock { $0.results[index] = line }
                } catch {
                    work.withLock { $0.failure = $0.failure ?? error }
                }
            }
        }
        let done = work.withLock { $0 }
        if let failure = done.failure { throw failure }
        return done.results.compactMap { $0 }
    }

    private struct Work: Sendable {
        var results: [TextLine?]
        var failure: (any Error)?
        private var next = 0

        init(results: [TextLine?]) { self.results = results }

        mutating func take(of count: Int) -> Int? {
            guard failure == nil, next < count else { return nil }
            defer { next += 1 }
            return next
        }
    }

    private func read(_ line: Quadrilateral, in picture: TextPicture) throws -> TextLine {
        guard line.height >= Self.tallRatio * line.width else {
            return try readTurning(line, in: picture)
        }
        var best = try readTurning(line.readDownwards, in: picture)
        // Unsure: it may run upwards, or be a single letter that stands upright. Letters on their head are read as others
        // with 0.8 and more.
        if best.confidence < 0.95 {
            for other in [line.readDownwards.turnedOver, line] {
                let reading = try recognize(other, in: picture)
                if reading.confidence > best.confidence { best = reading }
            }
        }
        return best
    }

    private func readTurning(_ line: Quadrilateral, in picture: TextPicture) throws -> TextLine {
        guard let orientation, try isUpsideDown(line, in: picture, network: orientation) else {
            return try recognize(line, in: picture)
        }
        return try recognize(line.turnedOver, in: picture)
    }

    private func recognize(_ line: Quadrilateral, in picture: TextPicture) throws -> TextLine {
        let wanted = (Double(Self.lineHeight) * line.width / max(1, line.height)).rounded(.up)
        let width = max(8, min(Self.longestLine, Int(wanted)))
        let padded = Self.paddedWidth(width)
        let input = picture.cropped(line, width: width, height: Self.lineHeight, paddedWidth: padded)
        let reading = try signature.withOutput(output) { session in
            try input.withUnsafeBufferPointer { values in
                try session.run([.floats(.index(0), values, shape: [1, 3, Self.lineHeight, padded])])
            }
        } read: { probabilities, _ in
            decoder.decode(probabilities)
        }
        return TextLine(text: reading.text, confidence: reading.confidence, area: line)
    }

    /// A new width costs every stream about as much time as a line, and memory, so widths are rounded up by a quarter to a
    /// third: 64, 96, 128, 160, 192, 256, 320, 384, 512, …
    static func paddedWidth(_ width: Int) -> Int {
        var step = 32
        while width > 6 * step { step *= 2 }
        return max(64, (width + step - 1) / step * step)
    }

    /// The orientation network's second class is "upside down".
    private func isUpsideDown(
        _ line: Quadrilateral, in picture: TextPicture, network: NetworkSignature
    ) throws -> Bool {
        let width = Self.orientationWidth
        let wanted = Int((Double(Self.lineHeight) * line.width / max(1, line.height)).rounded(.up))
        let input = picture.cropped(
            line, width: max(8, min(width, wanted)), height: Self.lineHeight, paddedWidth: width)
        return try network.withOutput(Self.orientationOutput) { session in
            try input.withUnsafeBufferPointer { values in
                try session.run([.floats(.index(0), values, shape: [1, 3, Self.lineHeight, width])])
            }
        } read: { probabilities, _ in
            probabilities[1] > 0.9
        }
    }
}
