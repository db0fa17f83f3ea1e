import MediaValues
import PluginKit
import Synchronization

/// A resolved source. The first opening serves both the probe and the first pass.
final class SourceHandle: MediaHandle {
    private struct State {
        var description: MediaDescription?
        /// Opened by the probe, not read from yet; taken by the first pass.
        var unread: MediaInput?
    }

    let identity: ContentHash?
    let formatHint: String?
    private let source: any ByteSource
    private let name: String
    private let state = Mutex(State())

    init(source: any ByteSource, name: String, identity: ContentHash?, formatHint: String?) {
        self.source = source
        self.name = name
        self.identity = identity
        self.formatHint = formatHint
    }

    var byteCount: Int64? { source.byteCount }

    func describe() async throws -> MediaDescription {
        if let known = state.withLock({ $0.description }) { return known }
        return try await opening { handle, interrupt in
            try handle.state.withLock { state in
                if let known = state.description { return known }
                let input = try handle.open(interrupt)
                let description = MediaProber.describe(input, byteCount: handle.byteCount)
                state.description = description
                state.unread = input
                return description
            }
        }
    }

    func makePass(_ demands: [MediaDemand], options: DecodingOptions) async throws -> DecodingPass {
        let description = try await describe()
        let input = try await opening { handle, interrupt in
            let ready = handle.state.withLock { state in
                defer { state.unread = nil }
                return state.unread
            }
            return try ready ?? handle.open(interrupt)
        }
        // Only the flag: the input holds the source, which must not hold the input.
        let interrupt = input.interrupt
        source.setCancellation { interrupt.isSet }
        return DecodePass(input: input, description: description, demands: demands, options: options, name: name)
            .decodingPass
    }

    private func open(_ interrupt: CancellationFlag) throws -> MediaInput {
        source.setCancellation { interrupt.isSet }
        return try MediaInput(source: source, name: name, hint: formatHint, interrupt: interrupt)
    }

    /// Runs blocking work whose native calls stop when the task is cancelled.
    private func opening<T: Sendable>(
        _ work: @escaping @Sendable (SourceHandle, CancellationFlag) throws -> T
    ) async throws -> T {
        let interrupt = CancellationFlag()
        return try await withTaskCancellationHandler {
            do {
                return try await BlockingPool.shared.run { try work(self, interrupt) }
            } catch is CancellationError {
                throw PluginError(.cancelled, "opening \(name) was cancelled")
            }
        } onCancel: {
            interrupt.set()
        }
    }
}
