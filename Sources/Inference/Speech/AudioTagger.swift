import CSherpaOnnx
import Synchronization

/// What is heard (speech, music, applause, …), by the audio tagging of sherpa-onnx; loaded.
///
/// Unchecked because it owns the library's handle; the lock lets one thread use it at a time.
public final class AudioTagger: @unchecked Sendable {
    /// Samples per second that ``tag(_:top:)`` expects.
    public static let sampleRate = 16_000
    /// The networks need some frames; shorter audio is filled up with silence to one second.
    private static let minimumSamples = sampleRate

    /// Names of the classes, in the order of the network.
    public let labels: [String]
    private let handle: OpaquePointer
    private let name: String
    private let turn = Mutex(())

    /// Loads a model of family `sherpa-audio-tagging`: one `.onnx` file (CED with one input, Zipformer with two) and one `.csv`
    /// with the labels. Blocks.
    ///
    /// - Throws: ``InferenceError``: `unsupportedModel`, `corruptModel`, `loadFailed`.
    public init(model: InstalledModel, threads: Int = 1) throws {
        guard model.entry.family == "sherpa-audio-tagging" else {
            throw InferenceError(
                .unsupportedModel,
                "model \(model.entry.id) is of family \(model.entry.family), not sherpa-audio-tagging")
        }
        let network = try SherpaNetwork(model, path: model.path("network") { $0.hasSuffix(".onnx") })
        let labelPath = try model.path("label") { $0.hasSuffix(".csv") }
        labels = try AudioLabels.read(labelPath)
        let isZipformer = network.file.inputs.count == 2
        try network.requireInputs(isZipformer ? 2 : 1, axes: 3)
        guard try network.lastAxisOfOutput(0, axes: 2) == labels.count else {
            throw network.unsupported("its output does not have the \(labels.count) classes of \(labelPath)")
        }
        let texts = [CText(network.path), CText(labelPath), CText("cpu")]
        var configuration = SherpaOnnxAudioTaggingConfig()
        if isZipformer {
            configuration.model.zipformer.model = texts[0].pointer
        } else {
            configuration.model.ced = texts[0].pointer
        }
        configuration.model.num_threads = Int32(clamping: max(1, threads))
        configuration.model.provider = texts[2].pointer
        configuration.labels = texts[1].pointer
        configuration.top_k = 5
        guard let handle = withExtendedLifetime(texts, { SherpaOnnxCreateAudioTagging(&configuration) }) else {
            throw InferenceError(
                .loadFailed,
                "model \(model.entry.id) could not be loaded; run: video-extract models verify \(model.entry.id)")
        }
        self.handle = handle
        name = model.entry.id
    }

    deinit { SherpaOnnxDestroyAudioTagging(handle) }

    /// Names what is heard in 16 kHz mono audio (full scale ±1), about 10 s of it at best. Blocks.
    ///
    /// - Returns: the `top` most probable classes, the most probable first; empty for no audio.
    /// - Throws: ``InferenceError`` (`runFailed`).
    public func tag(_ samples: UnsafeBufferPointer<Float>, top: Int = 5) throws -> [AudioTag] {
        guard !samples.isEmpty, top > 0 else { return [] }
        guard samples.count <= Int(Int32.max) else {
            throw InferenceError(.runFailed, "\(samples.count) samples are too many for one piece; cut the audio")
        }
        var audio = samples.map { $0.isFinite ? $0 : 0 }
        if audio.count < Self.minimumSamples {
            audio += [Float](repeating: 0, count: Self.minimumSamples - audio.count)
        }
        return try turn.withLock { _ in
            guard let stream = SherpaOnnxAudioTaggingCreateOfflineStream(handle) else {
                throw InferenceError(.runFailed, "model \(name) could not begin a piece of audio (out of memory?)")
            }
            defer { SherpaOnnxDestroyOfflineStream(stream) }
            SherpaOnnxAcceptWaveformOffline(stream, Int32(Self.sampleRate), audio, Int32(audio.count))
            let wanted = Int32(min(top, labels.count))
            guard let results = SherpaOnnxAudioTaggingCompute(handle, stream, wanted) else {
                throw InferenceError(.runFailed, "model \(name) gave no result")
            }
            defer { SherpaOnnxAudioTaggingFreeResults(results) }
            var tags: [AudioTag] = []
            while let event = results[tags.count] {
                let index = Int(event.pointee.index)
                guard labels.indices.contains(index) else {
                    throw InferenceError(.runFailed, "model \(name) gave the unknown class \(index)")
                }
                tags.append(AudioTag(label: labels[index], index: index, probability: event.pointee.prob))
            }
            return tags
        }
    }
}

/// One class that was heard.
public struct AudioTag: Sendable, Hashable {
    /// Its name.
    public let label: String
    /// Its number in the network.
    public let index: Int
    /// How probable it is, 0…1; classes do not exclude each other.
    public let probability: Float
}

/// The label file of audio tagging: a header line, then lines `number,machine id,"name"`, the numbers counting up from 0.
enum AudioLabels {
    /// - Throws: ``InferenceError`` (`corruptModel`) naming the line that is of another form; the library would end the process.
    static func read(_ path: String) throws -> [String] {
        let text = String(decoding: try ModelFiles.read(path), as: UTF8.self)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // What follows the last line end is no line.
        if lines.last?.isEmpty == true { lines.removeLast() }
        var labels: [String] = []
        for (number, line) in lines.enumerated().dropFirst() {
            let parts = line.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, Int(parts[0]) == number - 1, parts[2].count >= 2, parts[2].first == "\"",
                parts[2].last == "\""
            else {
                throw InferenceError(
                    .corruptModel,
                    "\(path):\(number + 1): expected \(number - 1), an id and a name in quotes; install the model again"
                )
            }
            labels.append(String(parts[2].dropFirst().dropLast()))
        }
        guard !labels.isEmpty else {
            throw InferenceError(.corruptModel, "\(path) names no classes; install the model again")
        }
        return labels
    }
}
