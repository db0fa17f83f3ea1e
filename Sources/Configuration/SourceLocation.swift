/// A place in a configuration file. Lines and columns count from 1; a column counts Unicode code points.
public struct SourceLocation: Sendable, Hashable, CustomStringConvertible {
    /// Line, from 1.
    public let line: Int
    /// Column in code points, from 1.
    public let column: Int

    /// Creates a location from a line and a column, both counted from 1.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// `line:column`.
    public var description: String { "\(line):\(column)" }
}
