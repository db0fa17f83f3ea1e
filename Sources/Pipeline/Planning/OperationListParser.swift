public import PluginKit

/// Reads the command line's list of operations.
///
/// Grammar (white space is free):
/// ```
/// list      = group *( ( "," / ";" ) group )
/// group     = "[" list "]" / operation
/// operation = name [ "(" [ key "=" value *( "," key "=" value ) ] ")" ]
/// ```
/// `;` and brackets are the origin's notation for "afterwards" and "side by side"; dependencies decide the real
/// order, so they group but do not change the result.
public enum OperationListParser {
    /// Parses `text`.
    ///
    /// - Throws: `PluginError` with `invalidConfiguration`, naming the position.
    public static func parse(_ text: String) throws -> [Operation] {
        var scanner = Scanner(text: Array(text))
        let operations = try scanner.list()
        guard scanner.isAtEnd else { throw scanner.failure("unexpected '\(scanner.text[scanner.position])'") }
        guard !operations.isEmpty else {
            throw PluginError(
                .invalidConfiguration, "the list of operations is empty; name at least one: --ops transcription")
        }
        return operations
    }

    private struct Scanner {
        let text: [Character]
        var position = 0
        var depth = 0

        init(text: [Character]) { self.text = text }

        var isAtEnd: Bool { position >= text.count }

        func failure(_ problem: String) -> PluginError {
            PluginError(
                .invalidConfiguration, "operations '\(String(text))', character \(position + 1): \(problem)")
        }

        mutating func skipSpaces() {
            while position < text.count, text[position].isWhitespace { position += 1 }
        }

        mutating func accept(_ character: Character) -> Bool {
            skipSpaces()
            guard position < text.count, text[position] == character else { return false }
            position += 1
            return true
        }

        mutating func list() throws -> [Operation] {
            var operations: [Operation] = []
            repeat {
                skipSpaces()
                if accept("[") {
                    depth += 1
                    guard depth <= 64 else { throw failure("brackets are nested more than 64 deep") }
                    operations += try list()
                    depth -= 1
                    guard accept("]") else { throw failure("']' is missing") }
                } else if let operation = try operation() {
                    operations.append(operation)
                }
            } while accept(",") || accept(";")
            skipSpaces()
            return operations
        }

        mutating func operation() throws -> Operation? {
            let name = word()
            guard !name.isEmpty else {
                skipSpaces()
                if isAtEnd || ",;]".contains(text[position]) { return nil }
                throw failure("an operation's name was expected")
            }
            var parameters: [String: ParameterValue] = [:]
            if accept("(") {
                while !accept(")") {
                    skipSpaces()
                    let key = word()
                    guard !key.isEmpty else {
                        throw failure(isAtEnd ? "')' is missing" : "a parameter's name was expected")
                    }
                    guard accept("=") else { throw failure("'=' is missing after '\(key)'") }
                    guard parameters.updateValue(.text(try value()), forKey: key) == nil else {
                        throw failure("'\(key)' is given twice")
                    }
                    if !accept(",") {
                        guard accept(")") else { throw failure("',' or ')' is missing") }
                        break
                    }
                }
            }
            return Operation(name, parameters: parameters)
        }

        mutating func word() -> String {
            skipSpaces()
            let start = position
            while position < text.count,
                text[position].isLetter || text[position].isNumber || "-_".contains(text[position])
            {
                position += 1
            }
            return String(text[start..<position])
        }

        /// A bare value up to `,` or `)`, or a double-quoted one.
        mutating func value() throws -> String {
            if accept("\"") {
                let start = position
                while position < text.count, text[position] != "\"" { position += 1 }
                guard position < text.count else { throw failure("a closing '\"' is missing") }
                position += 1
                return String(text[start..<(position - 1)])
            }
            let start = position
            while position < text.count, !",)".contains(text[position]) { position += 1 }
            let raw = String(text[start..<position]).trimmingSpaces
            guard !raw.isEmpty else { throw failure("a value was expected") }
            return raw
        }
    }
}
