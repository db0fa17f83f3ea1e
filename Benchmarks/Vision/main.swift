// Time of vision operations for each picture, end to end, beside the bare inference of their networks.
// Usage: vision-benchmark FILE [OPERATION,… (default objects,faces,ocr)] [ROUNDS (default 5)] [FOLDER]
// Prints {"objects": {"ms_per_picture", "cpu_ms_per_picture", "bare_ms_per_picture", "bare_cpu_ms_per_picture", "ratio",
// "pictures", "threads"}, …}; ocr has no bare figures. With FOLDER, the pictures that ocr sees are written there as PNG
// first, so that a peer can be given the same.
import Foundation
import Inference
import MediaDecoding
import MediaValues
import VideoExtract

struct BenchmarkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Pictures for each second: many for the short operations, so that starting up and ending weigh little.
func pictureRate(of operation: String) -> Double { operation == "ocr" ? 2 : 10 }

/// A detector that is measured, without anything that an installed identity model would add.
struct Detector {
    let parameters: [String: ParameterValue]
    let model: String
    /// What its network is fed with.
    let range: ClosedRange<Float>

    static let all = [
        "objects": Detector(parameters: ["model": .text("yolox-nano")], model: "yolox-nano", range: 0...255),
        "faces": Detector(
            parameters: ["model": .text("rfb-640"), "identity_model": .text("none")], model: "rfb-640", range: -1...1),
    ]
}

/// Decodes pictures into memory.
func decodedPictures(
    of handle: any MediaHandle, perSecond rate: Double, form: VideoDemand.Form, threads: Int
) async throws -> [VideoFrame] {
    let demand = MediaDemand(video: VideoDemand(.sampled(framesPerSecond: rate), form: form))
    let pass = try await handle.makePass([demand], options: DecodingOptions(threads: threads))
    async let report = pass.run()
    var pictures: [VideoFrame] = []
    if let channel = pass.feeds.first?.video {
        for try await picture in channel { pictures.append(picture) }
    }
    _ = await report
    guard !pictures.isEmpty else { throw BenchmarkError("the file has no pictures") }
    return pictures
}

func writePNG(_ pictures: [VideoFrame], into folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let encoder = PNGEncoder()
    for (index, picture) in pictures.enumerated() {
        let number = String(index + 1)
        let name = String(repeating: "0", count: max(0, 4 - number.count)) + number
        try Data(encoder.encode(picture)).write(to: URL(fileURLWithPath: "\(folder)/\(name).png"))
    }
}

private struct SampledDocument: Decodable {
    var sampling: PictureSamplingRecord
}

/// One operation as the engine runs it, over pictures that are decoded already.
struct OperationRun: Sendable {
    let plugin: any Plugin
    let operation: PluginKit.Operation
    let media: MediaDescription
    let pictures: [VideoFrame]
    let threads: Int

    func callAsFunction() async throws {
        let folder = NSTemporaryDirectory() + "vision-benchmark-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let channel = BoundedChannel<VideoFrame>(capacity: pictures.count)
        for picture in pictures { await channel.push(picture) }
        channel.finish()
        let context = PluginContext(
            mode: .performance, threads: threads, pool: .shared, files: StageFiles(directory: folder),
            emitPartial: { _ in }, emitWarning: { _ in })
        let input = StageInput(operation: operation, media: media, feed: MediaFeed(video: channel))
        let output = try await plugin.execute(input, context: context)
        // A picture that was passed over costs nothing and must not count.
        let seen = try output.document(as: SampledDocument.self).sampling.picturesAnalyzed
        guard seen == pictures.count else {
            throw BenchmarkError("\(operation.name) looked at \(seen) of \(pictures.count) pictures")
        }
    }
}

/// A detector's network alone, on the same pictures made ready beforehand, by a number of workers.
struct BareRun: Sendable {
    let network: InferenceModel
    let shape: [Int]
    /// What a few of the pictures look like to the network; they take turns.
    let inputs: [[Float]]
    let count: Int
    let workers: Int

    /// Compiles the network as a run does.
    init(_ detector: Detector, models: ModelStore, pictures: [VideoFrame], threads: Int, workers: Int) throws {
        let path = try models.installed(detector.model).path("network") { $0.hasSuffix(".onnx") }
        let options = InferenceOptions.forRun(mode: .performance, threads: threads, fastMath: false)
        network = try OpenVINORuntime.shared().compile(path: path, options: options)
        guard let lengths = network.inputs.first?.shape, !lengths.contains(nil) else {
            throw BenchmarkError("the first input of \(path) has no fixed shape")
        }
        let shape = lengths.compactMap { $0 }
        self.shape = shape
        guard shape.count == 4 else { throw BenchmarkError("the first input of \(path) is no picture") }
        // The time depends on the numbers (constant ones lead to denormals in RFB, which then takes twice its time).
        let step = max(1, pictures.count / 8)
        inputs = stride(from: 0, to: pictures.count, by: step).map {
            Self.tensor(of: pictures[$0], height: shape[2], width: shape[3], range: detector.range)
        }
        count = pictures.count
        self.workers = workers
    }

    /// Three planes of the picture's nearest samples, grey: good enough for the time to be that of real pictures.
    private static func tensor(of frame: VideoFrame, height: Int, width: Int, range: ClosedRange<Float>) -> [Float] {
        guard let luma = frame.planes.first else { return [Float](repeating: 0, count: 3 * height * width) }
        let scale = (range.upperBound - range.lowerBound) / 255
        var plane: [Float] = []
        plane.reserveCapacity(height * width)
        for y in 0..<height {
            let row = (luma.baseAddress + y * frame.height / height * luma.bytesPerRow)
                .assumingMemoryBound(to: UInt8.self)
            for x in 0..<width { plane.append(range.lowerBound + Float(row[x * frame.width / width]) * scale) }
        }
        return plane + plane + plane
    }

    func callAsFunction() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<workers {
                let share = count / workers + (worker < count % workers ? 1 : 0)
                group.addTask { try await BlockingPool.shared.run { try run(times: share) } }
            }
            try await group.waitForAll()
        }
    }

    private func run(times: Int) throws {
        try network.withSession { session in
            for turn in 0..<times {
                try inputs[turn % inputs.count].withUnsafeBufferPointer {
                    try session.run([.floats(.index(0), $0, shape: shape)])
                }
            }
        }
    }
}

/// Time that one run took, in milliseconds.
struct Cost {
    var wall: Double
    /// Of all threads of the process.
    var processor: Double

    static func measure(_ work: () async throws -> Void) async rethrows -> Cost {
        let before = processorTime()
        let wall = try await ContinuousClock().measure(work) / .milliseconds(1)
        return Cost(wall: wall, processor: processorTime() - before)
    }

    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
    }
}

struct Measurement: Encodable {
    var pictures: Int
    var threads: Int
    var msPerPicture: Double
    var cpuMsPerPicture: Double
    var bareMsPerPicture: Double?
    var bareCpuMsPerPicture: Double?
    var ratio: Double?

    /// - Parameter bare: the costs of each way to run the network; the fastest way counts.
    init(pictures: Int, threads: Int, whole: [Cost], bare: [[Cost]]) {
        func perPicture(_ values: [Double]) -> Double {
            let sorted = values.sorted()
            let median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
            return Self.rounded(median / Double(pictures))
        }
        self.pictures = pictures
        self.threads = threads
        msPerPicture = perPicture(whole.map(\.wall))
        cpuMsPerPicture = perPicture(whole.map(\.processor))
        let ways = bare.map { (wall: perPicture($0.map(\.wall)), processor: perPicture($0.map(\.processor))) }
        guard let best = ways.min(by: { $0.wall < $1.wall }) else { return }
        bareMsPerPicture = best.wall
        bareCpuMsPerPicture = best.processor
        ratio = Self.rounded(msPerPicture / best.wall)
    }

    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}

/// Alternates the contestants, every other round in reverse order; a first round that warms up is not counted.
func measure(_ whole: OperationRun, _ bare: [BareRun], rounds: Int) async throws -> Measurement {
    var wholeCosts: [Cost] = []
    var bareCosts: [[Cost]] = bare.map { _ in [] }
    for round in 0...rounds {
        let turns = Array(0...bare.count)
        for turn in round.isMultiple(of: 2) ? turns : turns.reversed() {
            let cost = try await Cost.measure {
                if turn == bare.count { try await whole() } else { try await bare[turn]() }
            }
            guard round > 0 else { continue }
            if turn == bare.count { wholeCosts.append(cost) } else { bareCosts[turn].append(cost) }
        }
    }
    return Measurement(
        pictures: whole.pictures.count, threads: whole.threads, whole: wholeCosts, bare: bareCosts)
}

func measureVision(file: String, names: [String], rounds: Int, folder: String?) async throws {
    let client = try Client.builder().build()
    let registry = client.engine.registry
    let threads = ProcessInfo.processInfo.activeProcessorCount
    let handle = try await FFmpegMediaAccess().resolve(.file(path: file), isCancelled: { false })
    let media = try await handle.describe()
    if let folder {
        let form = VideoDemand.Form.converted(.rgb24, maximumSide: nil)
        try writePNG(
            await decodedPictures(of: handle, perSecond: pictureRate(of: "ocr"), form: form, threads: threads),
            into: folder)
    }
    var results: [String: Measurement] = [:]
    for name in names {
        let rate = pictureRate(of: name)
        let detector = Detector.all[name]
        var operation = PluginKit.Operation(name, parameters: detector?.parameters ?? [:])
        operation.parameters["sample"] = .text("frames")
        operation.parameters["fps"] = .number(rate)
        operation = try registry.normalized(operation)
        guard let plugin = registry.plugins(for: operation.name).first else {
            throw BenchmarkError("no plugin does \(name)")
        }
        // The plugin says itself in which form it takes its pictures.
        let form = try plugin.mediaDemand(for: operation).video?.form ?? .fullSize
        let pictures = try await decodedPictures(of: handle, perSecond: rate, form: form, threads: threads)
        let whole = OperationRun(
            plugin: plugin, operation: operation, media: media, pictures: pictures, threads: threads)
        // A worker for each thread, or one more as the operations have: whichever is faster is the bare inference.
        let bare = try [threads, threads + 1].compactMap { workers in
            try detector.map {
                try BareRun(
                    $0, models: client.models, pictures: pictures, threads: threads, workers: workers)
            }
        }
        results[name] = try await measure(whole, bare, rounds: rounds)
    }
    print(String(decoding: try ResultEncoding.compact(results), as: UTF8.self))
}

let arguments = Array(CommandLine.arguments.dropFirst())
do {
    guard let file = arguments.first else {
        throw BenchmarkError("usage: vision-benchmark FILE [OPERATION,…] [ROUNDS] [FOLDER]")
    }
    let names = arguments.count > 1 ? arguments[1] : "objects,faces,ocr"
    let rounds = arguments.count > 2 ? Int(arguments[2]) : nil
    try await measureVision(
        file: file, names: names.split(separator: ",").map(String.init), rounds: max(1, rounds ?? 5),
        folder: arguments.count > 3 ? arguments[3] : nil)
} catch {
    FileHandle.standardError.write(Data("vision-benchmark: \(error)\n".utf8))
    exit(1)
}
