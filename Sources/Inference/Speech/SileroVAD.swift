/// Silero voice activity detection on a stream of 16 kHz mono samples.
///
/// The network takes windows of 512 samples (32 ms), each preceded by the 64 samples before it, and carries a state. Feed
/// pieces of any length; probabilities come as windows fill. Input and output names, sizes and the zero start follow the
/// model's own wrapper (snakers4/silero-vad 6, `silero_vad_16k_sequence.onnx`).
public struct SileroVAD: Sendable {
    /// Samples per probability.
    public static let windowSize = 512
    /// Samples per second that the network expects.
    public static let sampleRate = 16_000

    private static let context = 64
    private static let stateSize = 128
    /// Windows per run of the network: 2 s, 150 KB. Measured for 32 s of audio: 1 window per run 83 ms, 8 windows 28 ms,
    /// 31 windows 27 ms, 1000 windows 73 ms (out of the processor's cache).
    private static let batch = 64

    private let model: InferenceModel
    private var h = [Float](repeating: 0, count: stateSize)
    private var c = [Float](repeating: 0, count: stateSize)
    /// What a batch of digital silence gave that left the state as it was: the next such batch gives the same, so hours of
    /// silence cost one comparison each.
    private var silence: (h: [Float], c: [Float], probabilities: [Float])?
    /// The 64 samples before the next window, then what has come of it.
    private var pending = [Float](repeating: 0, count: context)

    /// Options under which this network compiles and runs fastest: it is too small for several threads.
    public static func options(cacheFolder: String?) -> InferenceOptions {
        InferenceOptions(hint: .latency, threads: 1, streams: 1, cacheFolder: cacheFolder)
    }

    /// The network file of an installed model.
    ///
    /// - Throws: ``InferenceError`` (`unsupportedModel`).
    public static func networkPath(of model: InstalledModel) throws -> String {
        guard model.entry.family == "silero-vad-sequence" else {
            throw InferenceError(
                .unsupportedModel, "model \(model.entry.id) is of family \(model.entry.family), not silero-vad-sequence"
            )
        }
        return try model.path("network") { $0.hasSuffix(".onnx") }
    }

    /// Begins a stream; `model` is the compiled network of ``networkPath(of:)``.
    public init(model: InferenceModel) { self.model = model }

    /// Takes samples (full scale ±1; values that are not finite count as silence). Blocks, about 1 ms per second of audio.
    ///
    /// - Returns: the probability of speech, 0…1, of each window that became full, in order.
    /// - Throws: ``InferenceError`` (`runFailed`).
    public mutating func feed(_ samples: UnsafeBufferPointer<Float>) throws -> [Float] {
        var probabilities: [Float] = []
        var position = 0
        while position < samples.count {
            // Fill at most one batch, so that memory does not depend on the size of the piece.
            let room = Self.context + Self.batch * Self.windowSize - pending.count
            let part = UnsafeBufferPointer(rebasing: samples[position..<min(samples.count, position + room)])
            pending.reserveCapacity(pending.count + part.count)
            for sample in part { pending.append(sample.isFinite ? sample : 0) }
            position += part.count
            let windows = (pending.count - Self.context) / Self.windowSize
            guard windows > 0 else { continue }
            probabilities += try run(windows: windows)
            pending.removeFirst(windows * Self.windowSize)
        }
        return probabilities
    }

    /// Ends the stream: the last, partly filled window is completed with silence.
    ///
    /// - Returns: its probability; nil when no samples are left over.
    /// - Throws: ``InferenceError`` (`runFailed`).
    public mutating func finish() throws -> Float? {
        let left = pending.count - Self.context
        guard left > 0 else { return nil }
        let silence = [Float](repeating: 0, count: Self.windowSize - left)
        return try silence.withUnsafeBufferPointer { try feed($0) }.first
    }

    private mutating func run(windows: Int) throws -> [Float] {
        let isSilent = windows == Self.batch && pending.allSatisfy { $0 == 0 }
        if isSilent, let silence, Self.isSettled(h, silence.h), Self.isSettled(c, silence.c) {
            return silence.probabilities
        }
        let before = (h: h, c: c)
        let probabilities = try infer(windows: windows)
        if isSilent, Self.isSettled(before.h, h), Self.isSettled(before.c, c) {
            silence = (before.h, before.c, probabilities)
        }
        return probabilities
    }

    /// Whether two states are the same as far as any probability can tell.
    private static func isSettled(_ left: [Float], _ right: [Float]) -> Bool {
        zip(left, right).allSatisfy { abs($0 - $1) <= 1e-6 }
    }

    private mutating func infer(windows: Int) throws -> [Float] {
        let width = Self.context + Self.windowSize
        let pending = pending
        let input = [Float](unsafeUninitializedCapacity: windows * width) { buffer, count in
            pending.withUnsafeBufferPointer { source in
                for window in 0..<windows {
                    let from = source[(window * Self.windowSize)..<(window * Self.windowSize + width)]
                    _ = buffer[(window * width)..<((window + 1) * width)].update(fromContentsOf: from)
                }
            }
            count = windows * width
        }
        return try model.withSession { session in
            try input.withUnsafeBufferPointer { input in
                try h.withUnsafeBufferPointer { h in
                    try c.withUnsafeBufferPointer { c in
                        try session.run([
                            .floats(.name("input"), input, shape: [windows, width]),
                            .floats(.name("h"), h, shape: [1, 1, Self.stateSize]),
                            .floats(.name("c"), c, shape: [1, 1, Self.stateSize]),
                        ])
                    }
                }
            }
            h = try Self.values(session, "hn", count: Self.stateSize)
            c = try Self.values(session, "cn", count: Self.stateSize)
            return try Self.values(session, "speech_probs", count: windows)
        }
    }

    private static func values(_ session: InferenceSession, _ name: String, count: Int) throws -> [Float] {
        try session.withFloats(.name(name)) { values, shape in
            guard values.count == count else {
                throw InferenceError(.runFailed, "output \(name) of the voice detector has the shape \(shape)")
            }
            return Array(values)
        }
    }
}
