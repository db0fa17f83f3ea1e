/// A parsed YAML or JSON file (JSON is read by the same parser, being a subset).
///
/// Files are treated as untrusted: size, depth and number of values are bounded, aliases and anchors are refused (so
/// nothing can expand), keys are unique, and there is one document in UTF-8 per file.
public struct ConfigurationDocument: Sendable {
    /// The largest accepted file, in bytes (8 MiB).
    public static let maximumBytes = 8 << 20
    /// The deepest nesting of lists and mappings; the root is level 1.
    public static let maximumDepth = 64
    /// The largest number of keys and values together; bounds memory to a few hundred megabytes.
    public static let maximumNodes = 500_000

    /// The top value.
    public let root: ConfigurationNode

    /// Parses `text`; `fileName` only appears in messages.
    ///
    /// Throws ``ConfigurationError``.
    public static func parse(text: String, fileName: String) throws -> ConfigurationDocument {
        try parse(bytes: Array(text.utf8), fileName: fileName)
    }

    /// Parses UTF-8 bytes (a byte order mark is skipped); `fileName` only appears in messages.
    ///
    /// Throws ``ConfigurationError``.
    public static func parse(bytes: [UInt8], fileName: String) throws -> ConfigurationDocument {
        guard bytes.count <= maximumBytes else { throw tooLarge(fileName) }
        try SourceText.checkEncoding(bytes, fileName: fileName)
        let body = JSONEscapes.joiningSurrogates(bytes.dropFirst(SourceText.byteOrderMarkLength(bytes)))
        do {
            var builder = NodeBuilder(bytes: body, fileName: fileName)
            return ConfigurationDocument(root: try builder.document())
        } catch let problem as YAMLSyntaxProblem {
            throw syntaxError(problem, in: body, fileName: fileName)
        }
    }

    /// Reads and parses the file at `path`.
    ///
    /// Throws ``ConfigurationError``; `unreadableFile` carries the system's reason.
    public static func load(path: String) throws -> ConfigurationDocument {
        // One byte more than allowed tells a file at the limit from one beyond it.
        let bytes = try FileBytes.read(path: path, limit: maximumBytes + 1)
        return try parse(bytes: bytes, fileName: path)
    }

    private static func tooLarge(_ fileName: String) -> ConfigurationError {
        ConfigurationError(
            code: .tooLarge, file: fileName, location: nil,
            message: "the file is larger than \(maximumBytes >> 20) MiB, the limit for configuration files")
    }

    private static func syntaxError(
        _ problem: YAMLSyntaxProblem, in bytes: ArraySlice<UInt8>, fileName: String
    ) -> ConfigurationError {
        let location: SourceLocation
        switch problem.place {
        case .location(let place): location = place
        case .byteOffset(let offset): location = SourceText.location(ofByte: offset, in: bytes)
        }
        var message = problem.message
        if SourceText.indentationHasTab(onLine: location.line, in: bytes) {
            message = "a tab cannot be used for indentation; use spaces"
        }
        return ConfigurationError(code: .syntax, file: fileName, location: location, message: message)
    }
}
