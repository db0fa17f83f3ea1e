public import PluginKit

/// How a network is compiled.
public struct InferenceOptions: Sendable, Hashable {
    /// What the runtime optimises for.
    public enum Hint: String, Sendable {
        /// One request at a time, as fast as possible.
        case latency = "LATENCY"
        /// Several requests at once.
        case throughput = "THROUGHPUT"
    }

    /// Arithmetic.
    public enum Precision: String, Sendable {
        /// 32-bit floats: the same results on every processor.
        case f32
        /// The fastest the processor has, such as bf16; results differ between machines.
        case fastest
    }

    /// What to optimise for.
    public var hint: Hint
    /// Threads for one model; nil leaves it to the runtime.
    public var threads: Int?
    /// Requests that run at once; nil leaves it to the runtime.
    public var streams: Int?
    /// Arithmetic.
    public var precision: Precision
    /// Folder in which compiled networks are kept, or nil. The next process then loads one in a quarter of the time.
    public var cacheFolder: String?
    /// Preparation of pictures inside the network, or nil.
    public var picture: PictureInput?
    /// Another shape for the first input, in the network's own layout, or nil; only networks made for it accept one.
    public var inputShape: [Int]?

    /// Creates options; the defaults give one request at a time with results equal on every machine.
    public init(
        hint: Hint = .latency, threads: Int? = nil, streams: Int? = nil, precision: Precision = .f32,
        cacheFolder: String? = nil, picture: PictureInput? = nil, inputShape: [Int]? = nil
    ) {
        self.hint = hint
        self.threads = threads
        self.streams = streams
        self.precision = precision
        self.cacheFolder = cacheFolder
        self.picture = picture
        self.inputShape = inputShape
    }

    /// The options of a stage of a run, which never use more threads than the stage may.
    ///
    /// Each request runs on one thread, and `threads` requests at once, because a network split over threads wastes some of
    /// them: YOLOX-nano takes 21 ms of processor time on one thread and 22 to 29 ms on two. So callers use as many sessions at
    /// once as they have threads.
    ///
    /// - Parameters:
    ///   - threads: threads that the stage may keep busy.
    ///   - fastMath: allow the processor's fastest arithmetic.
    public static func forRun(
        mode: ExecutionMode, threads: Int, fastMath: Bool, picture: PictureInput? = nil, inputShape: [Int]? = nil
    ) -> InferenceOptions {
        let threads = max(1, threads)
        return InferenceOptions(
            hint: mode == .bulk ? .throughput : .latency, threads: threads, streams: threads,
            precision: fastMath ? .fastest : .f32, picture: picture, inputShape: inputShape)
    }

    var properties: [(key: String, value: String)] {
        var list = [("PERFORMANCE_HINT", hint.rawValue)]
        if let threads { list.append(("INFERENCE_NUM_THREADS", String(threads))) }
        if let streams { list.append(("NUM_STREAMS", String(streams))) }
        // OpenVINO's default on processors with bf16 is bf16.
        if precision == .f32 { list.append(("INFERENCE_PRECISION_HINT", "f32")) }
        if let cacheFolder { list.append(("CACHE_DIR", cacheFolder)) }
        return list
    }
}
