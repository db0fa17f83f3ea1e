/// What is wrong with a configuration file, and where.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The class of the error; messages may change, codes do not.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The file cannot be opened or read.
        case unreadableFile
        /// The file is larger than ``ConfigurationDocument/maximumBytes``.
        case tooLarge
        /// The bytes are not UTF-8.
        case invalidEncoding
        /// The text is not well-formed YAML or JSON.
        case syntax
        /// The file holds no document.
        case emptyDocument
        /// The file holds more than one document.
        case multipleDocuments
        /// The file uses an anchor (`&name`) or an alias (`*name`).
        case aliasNotAllowed
        /// The file uses an explicit tag (`!!str`, `!name`).
        case tagNotAllowed
        /// Nesting is deeper than ``ConfigurationDocument/maximumDepth``.
        case tooDeep
        /// More values than ``ConfigurationDocument/maximumNodes``.
        case tooManyNodes
        /// A mapping holds the same key twice.
        case duplicateKey
        /// A key is empty, too long, or not a scalar.
        case invalidKey
        /// The value has another type than the one expected.
        case wrongType
        /// A number lies outside the allowed range.
        case outOfRange
        /// A word is not among the allowed ones.
        case invalidChoice
        /// A required key is missing.
        case missingKey
        /// A key that nothing reads.
        case unknownKey
        /// A value refused by the reader's own rule.
        case invalidValue
    }

    /// The class of the error.
    public let code: Code
    /// The file as it was named by the caller.
    public let file: String
    /// Where in the file, or `nil` when the error concerns the file as a whole.
    public let location: SourceLocation?
    /// The key concerned, such as `models[2].files[0].name`; empty at the top level.
    public let keyPath: String
    /// What is wrong and what to do about it.
    public let message: String

    /// Creates an error; `keyPath` is empty for the top level.
    public init(code: Code, file: String, location: SourceLocation?, keyPath: String = "", message: String) {
        self.code = code
        self.file = file
        self.location = location
        self.keyPath = keyPath
        self.message = message
    }

    /// Line, from 1; `nil` when the error concerns the file as a whole.
    public var line: Int? { location?.line }

    /// Column in code points, from 1; `nil` when the error concerns the file as a whole.
    public var column: Int? { location?.column }

    /// `file:line:column: key.path: message`, leaving out what is not known.
    public var description: String {
        var text = file
        if let location { text += ":\(location)" }
        if !keyPath.isEmpty { text += ": \(keyPath)" }
        return text + ": " + message
    }
}
