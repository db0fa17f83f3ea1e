import CSherpaOnnx
import Synchronization

/// Who speaks when, by the diarization of sherpa-onnx (pyannote segmentation, speaker embeddings, clustering); loaded.
///
/// Unchecked because it owns the library's handle; the lock lets one thread use it at a time, as the number of speakers is part of
/// the handle's state.
public final class SpeakerDiarizer: @unchecked Sendable {
    /// How a model is loaded.
    public struct Options: Sendable, Hashable {
        /// Threads of each of the two networks.
        public var threads: Int
        /// Speech shorter than this, in seconds, is dropped.
        public var minimumSpeech: Float
        /// Pauses shorter than this, in seconds, do not end a turn.
        public var minimumPause: Float

        /// Creates options; the defaults are those of sherpa-onnx.
        public init(threads: Int = 1, minimumSpeech: Float = 0.3, minimumPause: Float = 0.5) {
            self.threads = threads
            self.minimumSpeech = minimumSpeech
            self.minimumPause = minimumPause
        }
    }

    /// How many people to tell apart.
    public enum Speakers: Sendable, Hashable {
        /// So many.
        case exactly(Int)
        /// As many as there are clusters whose embeddings are farther apart than this cosine distance, 0…2; smaller finds more.
        case atDistance(Float)
    }

    /// Samples per second that ``diarize(_:speakers:)`` expects.
    public static let sampleRate = 16_000

    private let handle: OpaquePointer
    private let name: String
    private let window: SegmentationWindow
    private var configuration: SherpaOnnxOfflineSpeakerDiarizationConfig
    private let texts: [CText]
    private let turn = Mutex(())

    /// Loads a model of family `sherpa-diarization`: one file whose name contains `segmentation`, one with `embedding`. Blocks.
    ///
    /// - Throws: ``InferenceError``: `unsupportedModel`, `corruptModel`, `loadFailed`.
    public init(model: InstalledModel, options: Options = Options()) throws {
        guard model.entry.family == "sherpa-diarization" else {
            throw InferenceError(
                .unsupportedModel,
                "model \(model.entry.id) is of family \(model.entry.family), not sherpa-diarization")
        }
        let segmentation = try SherpaNetwork(
            model, path: model.path("segmentation") { $0.contains("segmentation") && $0.hasSuffix(".onnx") })
        let embedding = try SherpaNetwork(
            model, path: model.path("embedding") { $0.contains("embedding") && $0.hasSuffix(".onnx") })
        window = try SegmentationWindow(segmentation)
        try Self.checkEmbedding(embedding)
        let texts = [CText(segmentation.path), CText(embedding.path), CText("cpu")]
        var configuration = SherpaOnnxOfflineSpeakerDiarizationConfig()
        configuration.segmentation.pyannote.model = texts[0].pointer
        configuration.segmentation.num_threads = Int32(clamping: max(1, options.threads))
        configuration.segmentation.provider = texts[2].pointer
        configuration.embedding.model = texts[1].pointer
        configuration.embedding.num_threads = Int32(clamping: max(1, options.threads))
        configuration.embedding.provider = texts[2].pointer
        configuration.clustering.num_clusters = -1
        configuration.clustering.threshold = 0.5
        configuration.clustering.compute_confidence = 1
        configuration.min_duration_on = max(0, options.minimumSpeech)
        configuration.min_duration_off = max(0, options.minimumPause)
        guard let handle = SherpaOnnxCreateOfflineSpeakerDiarization(&configuration) else {
            throw InferenceError(
                .loadFailed,
                "model \(model.entry.id) could not be loaded; run: video-extract models verify \(model.entry.id)")
        }
        self.handle = handle
        self.configuration = configuration
        self.texts = texts
        name = model.entry.id
    }

    deinit { SherpaOnnxDestroyOfflineSpeakerDiarization(handle) }

    /// Finds the turns of speakers in 16 kHz mono audio (full scale ±1). Blocks.
    ///
    /// - Returns: turns in order of their start; turns of different speakers may overlap. Empty where nobody speaks.
    /// - Throws: ``InferenceError`` (`runFailed`).
    public func diarize(
        _ samples: UnsafeBufferPointer<Float>, speakers: Speakers = .atDistance(0.5)
    ) throws -> [SpeakerTurn] {
        guard !samples.isEmpty else { return [] }
        // The library counts samples in 32 bits, and ends the process where the network hears speech in the padding of the
        // last window; so the windows are filled here.
        let padded = window.paddedCount(samples.count)
        guard padded <= Int(Int32.max) else {
            throw InferenceError(.runFailed, "\(samples.count) samples are too many for one diarization; cut the audio")
        }
        let audio = [Float](unsafeUninitializedCapacity: padded) { buffer, count in
            for index in 0..<samples.count { buffer[index] = samples[index].isFinite ? samples[index] : 0 }
            buffer[samples.count...].update(repeating: 0)
            count = padded
        }
        let seconds = Double(samples.count) / Double(Self.sampleRate)
        return try turn.withLock { _ in
            switch speakers {
            case .exactly(let count): configuration.clustering.num_clusters = Int32(clamping: max(1, count))
            case .atDistance(let distance):
                configuration.clustering.num_clusters = -1
                configuration.clustering.threshold = distance.isFinite ? min(2, max(0, distance)) : 0.5
            }
            SherpaOnnxOfflineSpeakerDiarizationSetConfig(handle, &configuration)
            guard let result = SherpaOnnxOfflineSpeakerDiarizationProcess(handle, audio, Int32(padded)) else {
                throw InferenceError(.runFailed, "model \(name) gave no result")
            }
            defer { SherpaOnnxOfflineSpeakerDiarizationDestroyResult(result) }
            let count = Int(SherpaOnnxOfflineSpeakerDiarizationResultGetNumSegments(result))
            guard count > 0, let segments = SherpaOnnxOfflineSpeakerDiarizationResultSortByStartTime(result) else {
                return []
            }
            defer { SherpaOnnxOfflineSpeakerDiarizationDestroySegment(segments) }
            return UnsafeBufferPointer(start: segments, count: count).compactMap { segment in
                let start = max(0, Double(segment.start))
                let end = min(seconds, Double(segment.end))
                guard start < end else { return nil }
                return SpeakerTurn(
                    start: start, end: end, speaker: Int(segment.speaker),
                    confidence: segment.confidence >= -1 ? segment.confidence : nil)
            }
        }
    }

    private static func checkEmbedding(_ network: SherpaNetwork) throws {
        let framework = try network.text("framework", of: ["wespeaker", "3d-speaker", "nemo"])
        let dimensions = try network.number("output_dim", in: 1...65_536)
        _ = try network.number("sample_rate", in: sampleRate...sampleRate)
        try network.text("language")
        let isNeMo = framework == "nemo"
        if isNeMo {
            _ = try network.number("feat_dim", in: 1...1024)
            _ = try network.number("window_size_ms", in: 1...1000)
            _ = try network.number("window_stride_ms", in: 1...1000)
        } else {
            _ = try network.number("normalize_samples", in: 0...1)
        }
        if network.file.metadata["feature_normalize_type"]?.isEmpty == false {
            try network.text("feature_normalize_type", of: [isNeMo ? "per_feature" : "global-mean"])
        }
        try network.requireInputs(isNeMo ? 2 : 1, axes: 3)
        // NeMo's first output are the logits.
        if let length = try network.lastAxisOfOutput(isNeMo ? 1 : 0, axes: 2), length != dimensions {
            throw network.unsupported("its output has \(length) values, its metadata says \(dimensions)")
        }
    }
}

/// One stretch of speech of one speaker.
public struct SpeakerTurn: Sendable, Hashable {
    /// Where it begins, in seconds.
    public let start: Double
    /// Where it ends, in seconds.
    public let end: Double
    /// Number of the speaker, from 0.
    public let speaker: Int
    /// How sure the assignment is, -1…1; nil where it could not be told.
    public let confidence: Float?
}

/// The window that a segmentation network looks at, in samples.
struct SegmentationWindow {
    private let size: Int
    private let shift: Int

    /// - Throws: ``InferenceError`` (`unsupportedModel`) unless the network is one of pyannote's as sherpa-onnx exports them.
    init(_ network: SherpaNetwork) throws {
        let rate = SpeakerDiarizer.sampleRate
        _ = try network.number("sample_rate", in: rate...rate)
        size = try network.number("window_size", in: rate...(600 * rate))
        shift = size / 10
        _ = try network.number("receptive_field_size", in: 1...size)
        let step = try network.number("receptive_field_shift", in: 80...(size / 10))
        let speakers = try network.number("num_speakers", in: 1...16)
        let together = try network.number("powerset_max_classes", in: 1...2)
        let classes = 1 + speakers + (together == 2 ? speakers * (speakers - 1) / 2 : 0)
        _ = try network.number("num_classes", in: classes...classes)
        try network.requireInputs(1, axes: 3)
        if let length = try network.lastAxisOfOutput(0, axes: 3), length != classes {
            throw network.unsupported("its output has \(length) classes, its metadata says \(classes)")
        }
        if let frames = network.file.outputs[0].shape?[1], frames > size / step + 1 {
            throw network.unsupported("its output has \(frames) frames, more than its window holds")
        }
    }

    /// The length up to which audio must be filled so that it is a whole number of windows.
    func paddedCount(_ count: Int) -> Int {
        count <= size ? size : size + (count - size + shift - 1) / shift * shift
    }
}
