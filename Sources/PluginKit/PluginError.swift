/// Why an operation could not be done: a code to act on, and a sentence for the person who asked.
///
/// `message` says what failed, where, why and what to do next; it never holds credentials. `details` holds what a
/// library or child process said, for verbose output only.
public struct PluginError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Kinds of failure.
    public enum Code: String, Sendable, Codable, Hashable {
        /// The source does not exist, or is a directory.
        case sourceNotFound = "source_not_found"
        /// The source exists but cannot be read.
        case sourceUnreadable = "source_unreadable"
        /// The source is empty.
        case sourceEmpty = "source_empty"
        /// The bytes are no media that can be opened.
        case notMedia = "not_media"
        /// The media is damaged beyond use.
        case corruptMedia = "corrupt_media"
        /// The address, scheme or format is not allowed.
        case refused
        /// A network failure.
        case network
        /// No such operation or plugin.
        case unknownOperation = "unknown_operation"
        /// A parameter that does not exist or is out of range.
        case invalidParameter = "invalid_parameter"
        /// A manifest, specification or list that cannot be read.
        case invalidConfiguration = "invalid_configuration"
        /// No registered plugin can make the output.
        case noPlugin = "no_plugin"
        /// A model is not installed.
        case missingModel = "missing_model"
        /// A model is damaged or of the wrong kind.
        case invalidModel = "invalid_model"
        /// An operation that this one depends on failed.
        case dependencyFailed = "dependency_failed"
        /// Writing results failed: disk full, read-only folder.
        case outputFailed = "output_failed"
        /// An out-of-process plugin misbehaved.
        case pluginProcess = "plugin_process"
        /// A plugin broke the rules that the engine relies on.
        case pluginFault = "plugin_fault"
        /// The time limit passed.
        case timedOut = "timed_out"
        /// The process died in native code while working on the file.
        case crashed
        /// Somebody asked to stop.
        case cancelled
        /// A native library reported an error.
        case native
    }

    /// Kind of failure.
    public let code: Code
    /// One or two sentences for people.
    public let message: String
    /// Text of the library or process underneath, if any.
    public let details: String?

    /// Creates an error.
    public init(_ code: Code, _ message: String, details: String? = nil) {
        self.code = code
        self.message = message
        self.details = details
    }

    /// The message.
    public var description: String { message }

    /// Message and underlying text together.
    public var fullDescription: String {
        details.map { "\(message) (\($0))" } ?? message
    }

    /// Wraps any error: a `PluginError` passes through, cancellation becomes `cancelled`.
    public init(wrapping error: any Error, code: Code = .native, doing action: String) {
        if let known = error as? PluginError {
            self = known
        } else if error is CancellationError {
            self.init(.cancelled, "\(action) was cancelled")
        } else {
            self.init(code, "\(action) failed: \(error)")
        }
    }
}
