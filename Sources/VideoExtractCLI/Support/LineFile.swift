import Foundation
import PluginKit
import Synchronization

/// A file that grows line by line. The first error stops it and is thrown by `close`.
final class LineFile: Sendable {
    private struct State {
        var descriptor: Int32
        var failure: (any Error)?
    }

    private let path: String
    private let state: Mutex<State>

    /// Creates or truncates the file, or appends to it.
    ///
    /// - Throws: `PluginError` with `outputFailed`.
    init(path: String, appends: Bool = false) throws {
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (appends ? O_APPEND : O_TRUNC)
        let descriptor = open(path, flags, 0o644)
        guard descriptor >= 0 else { throw FileWriting.failure("create", path) }
        self.path = path
        state = Mutex(State(descriptor: descriptor, failure: nil))
    }

    deinit { state.withLock { if $0.descriptor >= 0 { Foundation.close($0.descriptor) } } }

    /// Writes bytes.
    func write(_ bytes: [UInt8]) throws {
        try state.withLock { state in
            try bytes.withUnsafeBytes { try FileWriting.writeAll($0, to: state.descriptor, path: path) }
        }
    }

    /// Does something that writes; keeps the first error.
    func attempt(_ body: () throws -> Void) {
        guard state.withLock({ $0.failure == nil }) else { return }
        do { try body() } catch { state.withLock { $0.failure = error } }
    }

    /// Waits until everything written is on the disk.
    func sync() { state.withLock { _ = fsync($0.descriptor) } }

    /// Ends the file.
    ///
    /// - Throws: the first error met.
    func close() throws {
        try state.withLock { state in
            Foundation.close(state.descriptor)
            state.descriptor = -1
            if let failure = state.failure { throw failure }
        }
    }
}
