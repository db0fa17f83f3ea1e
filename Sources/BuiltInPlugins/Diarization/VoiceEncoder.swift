import Inference
import MediaValues
import PluginKit

/// Runs the speaker encoder GE2E (Wan et al. 2018) over the windows of a recording.
struct VoiceEncoder: Sendable {
    /// Values of an embedding.
    static let dimensions = 256
    /// Windows of one run of the network: 2.4 ms each on two cores, alone 6 to 9 ms.
    private static let batch = 32

    private let signature: NetworkSignature

    /// - Throws: `PluginError` with `invalidModel` where the network is another one.
    init(network: InferenceModel, model: String) throws {
        signature = NetworkSignature(network: network, model: model)
        let input = TensorRequirement(
            .index(0), .f32, [nil, .length(SpeakerWindows.length), .length(SpeakerMel.bands)])
        try signature.require(inputs: [input], outputs: [Self.output(windows: nil)])
    }

    private static func output(windows: Int?) -> TensorRequirement {
        TensorRequirement(.index(0), .f32, [.length(windows), .length(dimensions)])
    }

    /// The embedding of every window, each of length 1.
    ///
    /// - Throws: `PluginError` with `invalidModel` where the network fails; `CancellationError`.
    func encode(
        _ windows: SpeakerWindows, mel: SpeakerMel, gain: Float, context: PluginContext
    ) async throws -> VoiceVectors {
        let starts = windows.starts
        let batches = (starts.count + Self.batch - 1) / Self.batch
        let workers = max(1, min(context.threads, batches))
        let parts = try await withThrowingTaskGroup(of: [(Int, [Float])].self) { group in
            for worker in 0..<workers {
                group.addTask {
                    var done: [(Int, [Float])] = []
                    for batch in stride(from: worker, to: batches, by: workers) {
                        try Task.checkCancellation()
                        let range = (batch * Self.batch)..<min(starts.count, (batch + 1) * Self.batch)
                        let values = try await context.pool.run {
                            try run(Array(starts[range]), mel: mel, gain: gain)
                        }
                        done.append((batch, values))
                    }
                    return done
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        var values: [Float] = []
        values.reserveCapacity(starts.count * Self.dimensions)
        for part in parts.sorted(by: { $0.0 < $1.0 }) { values += part.1 }
        return VoiceVectors(dimensions: Self.dimensions, values: values)
    }

    /// Blocks.
    private func run(_ starts: [Int], mel: SpeakerMel, gain: Float) throws -> [Float] {
        let size = SpeakerWindows.length * SpeakerMel.bands
        let input = [Float](unsafeUninitializedCapacity: starts.count * size) { buffer, count in
            guard let values = buffer.baseAddress else { return }
            for (index, start) in starts.enumerated() {
                mel.copy(first: start, count: SpeakerWindows.length, gain: gain, into: values + index * size)
            }
            count = starts.count * size
        }
        let shape = [starts.count, SpeakerWindows.length, SpeakerMel.bands]
        return try signature.floats(of: Self.output(windows: starts.count)) { session in
            try input.withUnsafeBufferPointer { try session.run([.floats(.index(0), $0, shape: shape)]) }
        }
    }
}
