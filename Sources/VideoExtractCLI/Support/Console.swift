import Foundation
import PluginKit
import Synchronization

/// Standard output for results, standard error for everything else; writes are unbuffered and never mix lines.
enum Console {
    private static let lock = Mutex<PluginError?>(nil)
    private static let verbosity = Atomic<Bool>(false)

    /// Whether `--verbose` was given.
    static var isVerbose: Bool {
        get { verbosity.load(ordering: .relaxed) }
        set { verbosity.store(newValue, ordering: .relaxed) }
    }

    static let outputIsTerminal = isatty(STDOUT_FILENO) == 1
    static let errorIsTerminal = isatty(STDERR_FILENO) == 1

    /// A line on standard output.
    static func print(_ text: String) {
        write(Array((text.hasSuffix("\n") ? text : text + "\n").utf8), to: STDOUT_FILENO)
    }

    /// A value on standard output, as readable JSON.
    static func printJSON(_ value: some Encodable) throws {
        print(String(decoding: try ResultEncoding.pretty(value), as: UTF8.self))
    }

    /// A line on standard error.
    static func note(_ text: String) { write(Array((text + "\n").utf8), to: STDERR_FILENO) }

    /// An error on standard error.
    static func error(_ text: String) { note("video-extract: " + text) }

    /// A warning on standard error.
    static func warn(_ text: String) { note("warning: " + text) }

    /// A line on standard error, only with `--verbose`.
    static func detail(_ text: String) { if isVerbose { note(text) } }

    /// Text without a newline on standard error, for progress bars.
    static func status(_ text: String) { write(Array(text.utf8), to: STDERR_FILENO) }

    /// Why standard output could not be written, if so. A reader that has gone away is no reason, as usual in pipes.
    static var outputFailure: PluginError? { lock.withLock { $0 } }

    /// Raw bytes; the first failure on standard output is kept for the end of the program.
    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        lock.withLock { failure in
            do {
                try bytes.withUnsafeBytes {
                    try FileWriting.writeAll($0, to: descriptor, path: "standard output")
                }
            } catch {
                guard descriptor == STDOUT_FILENO, failure == nil, errno != EPIPE else { return }
                failure = PluginError(wrapping: error, code: .outputFailed, doing: "writing standard output")
            }
        }
    }
}
