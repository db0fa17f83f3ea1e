import CSherpaOnnx
import Synchronization

/// A speech recognition model of sherpa-onnx, loaded.
///
/// Unchecked because it owns the recogniser's handle. Decoding only reads the networks, so families known to keep no state of
/// their own in it decode on several threads at once; the others take turns.
public final class SpeechRecognizer: @unchecked Sendable {
    /// How a model is loaded.
    public struct Options: Sendable, Hashable {
        /// Threads of one decoding.
        public var threads: Int
        /// BCP 47 language of the speech; nil lets multilingual models find it.
        public var language: String?
        /// Ask Whisper for the time of each token; only exports with cross-attention outputs can.
        public var tokenTimestamps: Bool

        /// Creates options.
        public init(threads: Int = 1, language: String? = nil, tokenTimestamps: Bool = false) {
            self.threads = threads
            self.language = language
            self.tokenTimestamps = tokenTimestamps
        }
    }

    /// Samples per second that ``transcribe(_:)`` expects.
    public static let sampleRate = 16_000

    /// Longest piece of audio in seconds that the family handles well; cut longer audio at pauses.
    public let maximumSeconds: Double
    /// Whether several threads may decode at the same time.
    public let decodesInParallel: Bool

    private let handle: OpaquePointer
    private let name: String
    private let turn = Mutex(())

    /// Whether several threads may decode at the same time with one recogniser of the model; known before it is loaded.
    ///
    /// - Throws: ``InferenceError`` (`unsupportedModel`).
    public static func decodesInParallel(_ model: InstalledModel) throws -> Bool {
        try RecognizerFamily(model).decodesInParallel
    }

    /// Loads a model. Blocks: Moonshine tiny takes 0.3 s.
    ///
    /// - Throws: ``InferenceError``: `unsupportedModel`, `corruptModel`, `loadFailed`.
    public init(model: InstalledModel, options: Options = Options()) throws {
        let family = try RecognizerFamily(model)
        let configuration = try RecognizerConfiguration(model: model, family: family, options: options)
        guard let handle = configuration.withPointer({ SherpaOnnxCreateOfflineRecognizer($0) }) else {
            throw InferenceError(
                .loadFailed,
                "model \(model.entry.id) could not be loaded; run: video-extract models verify \(model.entry.id)")
        }
        self.handle = handle
        name = model.entry.id
        maximumSeconds = family.maximumSeconds
        decodesInParallel = family.decodesInParallel
    }

    deinit { SherpaOnnxDestroyOfflineRecognizer(handle) }

    /// Recognises one piece of 16 kHz mono audio (full scale ±1). Blocks: about 20 ms per second of audio with Moonshine tiny.
    ///
    /// - Throws: ``InferenceError`` (`runFailed`).
    public func transcribe(_ samples: UnsafeBufferPointer<Float>) throws -> RecognizedSpeech {
        guard !samples.isEmpty else { return RecognizedSpeech(nothing: ()) }
        guard samples.count <= Int(Int32.max) else {
            throw InferenceError(.runFailed, "\(samples.count) samples are too many for one piece; cut it at pauses")
        }
        return try decodesInParallel ? decode(samples) : turn.withLock { _ in try decode(samples) }
    }

    private func decode(_ samples: UnsafeBufferPointer<Float>) throws -> RecognizedSpeech {
        guard let stream = SherpaOnnxCreateOfflineStream(handle) else {
            throw InferenceError(.runFailed, "model \(name) could not begin a piece of audio (out of memory?)")
        }
        defer { SherpaOnnxDestroyOfflineStream(stream) }
        SherpaOnnxAcceptWaveformOffline(stream, Int32(Self.sampleRate), samples.baseAddress, Int32(samples.count))
        SherpaOnnxDecodeOfflineStream(handle, stream)
        guard let result = SherpaOnnxGetOfflineStreamResult(stream) else {
            throw InferenceError(.runFailed, "model \(name) gave no result")
        }
        defer { SherpaOnnxDestroyOfflineRecognizerResult(result) }
        return RecognizedSpeech(result.pointee)
    }
}

extension RecognizedSpeech {
    fileprivate init(nothing: Void) {
        text = ""
        language = nil
        tokens = []
        timestamps = nil
        durations = nil
        logProbabilities = nil
        segments = nil
    }

    fileprivate init(_ result: SherpaOnnxOfflineRecognizerResult) {
        let count = Int(result.count)
        func string(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
        func list(_ values: UnsafePointer<Float>?, _ count: Int) -> [Double]? {
            guard let values, count > 0 else { return nil }
            return UnsafeBufferPointer(start: values, count: count).map(Double.init)
        }
        text = Self.trim(string(result.text))
        // Whisper writes <|en|>, SenseVoice too.
        let language = string(result.lang).filter { !"<|>".contains($0) }
        self.language = language.isEmpty ? nil : language
        tokens = result.tokens_arr.map { array in (0..<count).map { string(array[$0]) } } ?? []
        timestamps = list(result.timestamps, tokens.count)
        durations = list(result.durations, tokens.count)
        logProbabilities = list(result.ys_log_probs, tokens.count)
        let segmentCount = Int(result.segment_count)
        if let starts = list(result.segment_timestamps, segmentCount),
            let lengths = list(result.segment_durations, segmentCount), let texts = result.segment_texts_arr
        {
            segments = (0..<segmentCount).map {
                Segment(text: Self.trim(string(texts[$0])), start: starts[$0], duration: lengths[$0])
            }
        } else {
            segments = nil
        }
    }

    private static func trim(_ text: String) -> String {
        var part = Substring(text)
        while let first = part.first, first.isWhitespace { part.removeFirst() }
        while let last = part.last, last.isWhitespace { part.removeLast() }
        return String(part)
    }
}
