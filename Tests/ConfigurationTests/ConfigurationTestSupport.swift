import Configuration
import Testing

/// The error that parsing `text` as `test.yaml` gives.
func parseError(_ text: String, sourceLocation: Testing.SourceLocation = #_sourceLocation) throws -> ConfigurationError
{
    try readError(sourceLocation: sourceLocation) {
        _ = try ConfigurationDocument.parse(text: text, fileName: "test.yaml")
    }
}

/// The error that reading the root mapping of `text` with `body` gives.
func mappingError(
    _ text: String, sourceLocation: Testing.SourceLocation = #_sourceLocation,
    _ body: (inout MappingReader) throws -> Void
) throws -> ConfigurationError {
    let root = try ConfigurationDocument.parse(text: text, fileName: "test.yaml").root
    return try readError(sourceLocation: sourceLocation) { try MappingReader.read(root, body) }
}

func readError(
    sourceLocation: Testing.SourceLocation, _ body: () throws -> Void
) throws -> ConfigurationError {
    try #require(throws: ConfigurationError.self, sourceLocation: sourceLocation) { try body() }
}

/// Code, line, column and key path of an error, for comparing all at once.
struct ErrorPlace: Equatable {
    let code: ConfigurationError.Code
    let line: Int?
    let column: Int?
    let keyPath: String

    init(_ code: ConfigurationError.Code, _ line: Int?, _ column: Int?, _ keyPath: String) {
        self.code = code
        self.line = line
        self.column = column
        self.keyPath = keyPath
    }

    init(_ error: ConfigurationError) {
        self.init(error.code, error.line, error.column, error.keyPath)
    }
}
