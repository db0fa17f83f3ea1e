/// The way from the root to a node, as a chain of steps.
///
/// A chain rather than a finished string: thousands of nodes share the steps above them, and the text is needed only
/// when an error is reported.
final class NodePath: Sendable {
    enum Step: Sendable {
        case key(String)
        case index(Int)
    }

    private let parent: NodePath?
    private let step: Step

    init(parent: NodePath?, step: Step) {
        self.parent = parent
        self.step = step
    }

    /// `models[2].files[0].name`; a key that is not a plain name is quoted: `config["a.b"]`.
    static func text(_ path: NodePath?) -> String {
        var steps: [Step] = []
        var current = path
        while let node = current {
            steps.append(node.step)
            current = node.parent
        }
        var text = ""
        for step in steps.reversed() {
            switch step {
            case .index(let index): text += "[\(index)]"
            case .key(let key) where isPlainName(key): text += text.isEmpty ? key : ".\(key)"
            case .key(let key): text += "[\"\(Excerpt.of(key))\"]"
            }
        }
        return text
    }

    private static func isPlainName(_ key: String) -> Bool {
        key.utf8.count <= 80
            && key.unicodeScalars.allSatisfy {
                $0 == "_" || $0 == "-" || $0.properties.isAlphabetic || ("0"..."9") ~= $0
            }
    }
}

/// Shortens foreign text for a one-line message.
enum Excerpt {
    static let maximumLength = 60

    /// At most ``maximumLength`` characters of `text`, control characters written as escapes.
    static func of(_ text: String) -> String {
        let head = text.unicodeScalars.prefix(maximumLength + 1)
        var result = ""
        for scalar in head.prefix(maximumLength) {
            result += scalar.value < 0x20 || scalar.value == 0x7F ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return head.count > maximumLength ? result + "…" : result
    }
}
