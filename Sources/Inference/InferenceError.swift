/// Why a model could not be found, installed, loaded or run.
public struct InferenceError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure, for programs.
    public enum Code: String, Sendable {
        /// No such entry in the catalogue.
        case unknownModel
        /// Two catalogues name a model alike.
        case duplicateModel
        /// The model is not installed.
        case missingModel
        /// Installed files differ from what was installed, or are no model files.
        case corruptModel
        /// A file has another digest or size than the catalogue says.
        case wrongDigest
        /// The catalogue gives no digest for a file and the caller did not accept that.
        case unverified
        /// No source could deliver a file.
        case sourceFailed
        /// The model folder cannot be read or written.
        case storage
        /// The runtime does not know this family or file format.
        case unsupportedModel
        /// The runtime reported an error while loading.
        case loadFailed
        /// The runtime reported an error while running, or was given a tensor of the wrong size.
        case runFailed
        /// The caller asked to stop.
        case cancelled
    }

    /// The kind of failure.
    public let code: Code
    /// What happened, where, why, and what to do next.
    public let message: String
    /// The library's or system's own words, where there are any.
    public let underlying: String?

    package init(_ code: Code, _ message: String, underlying: String? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    /// Message and underlying text in one line.
    public var description: String { message + (underlying.map { " (\($0))" } ?? "") }
}
