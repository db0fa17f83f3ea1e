/// One value of a configuration file together with where it stands.
public struct ConfigurationNode: Sendable {
    /// How a scalar was written; quoted ones are always strings.
    public enum ScalarStyle: Sendable, Hashable {
        /// Without quotes: may be read as a number, a truth value or null.
        case plain
        /// In quotes or as a block (`|`, `>`): always a string.
        case quoted
    }

    /// One key of a mapping with its value.
    public struct Entry: Sendable {
        /// The key's text.
        public let key: String
        /// Where the key begins.
        public let keyLocation: SourceLocation
        /// The value.
        public let value: ConfigurationNode
    }

    /// What the node is.
    public indirect enum Kind: Sendable {
        /// A single value, exactly as written (escapes resolved).
        case scalar(text: String, style: ScalarStyle)
        /// A list.
        case sequence([ConfigurationNode])
        /// Keys with values, in the order of the file; keys are unique.
        case mapping([Entry])
    }

    /// What the node is.
    public let kind: Kind
    /// Where the node begins.
    public let location: SourceLocation
    /// The file, as it was named by the caller.
    public let fileName: String
    let nodePath: NodePath?

    init(kind: Kind, location: SourceLocation, fileName: String, nodePath: NodePath?) {
        self.kind = kind
        self.location = location
        self.fileName = fileName
        self.nodePath = nodePath
    }

    /// The way from the root, such as `models[2].files[0].name`; empty for the root.
    public var path: String { NodePath.text(nodePath) }

    /// Whether the node is a plain empty scalar, `~` or `null`.
    public var isNull: Bool {
        guard case .scalar(let text, .plain) = kind else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// An error at this node; for rules that only the reader of the value knows.
    public func failure(_ message: String, code: ConfigurationError.Code = .invalidValue) -> ConfigurationError {
        ConfigurationError(code: code, file: fileName, location: location, keyPath: path, message: message)
    }
}
