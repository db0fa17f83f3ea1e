import Foundation
import PluginKit

/// Reads the class names of a places network.
enum PlaceLabels {
    /// Names by class number. Lines are names, or as in `categories_places365.txt`: `/a/airport_terminal 2`, where the first
    /// letter is a folder and the number that of the class.
    ///
    /// - Throws: `PluginError` with `invalidModel` for numbers that are not those of the lines, or empty names.
    static func parse(_ text: String, name: String) throws -> [String] {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        while let last = lines.last, last.allSatisfy(\.isWhitespace) { lines.removeLast() }
        return try lines.enumerated().map { index, line in
            var label = line.drop { $0.isWhitespace }
            while label.last?.isWhitespace == true { label.removeLast() }
            if let space = label.lastIndex(of: " "), let number = Int(label[label.index(after: space)...]) {
                guard number == index else {
                    throw PluginError(
                        .invalidModel,
                        "\(name), line \(index + 1): class \(number) stands where class \(index) must be; install the "
                            + "model again")
                }
                label = label[..<space]
            }
            if label.first == "/" { label = label.dropFirst().drop { $0 != "/" }.dropFirst() }
            guard !label.isEmpty else {
                throw PluginError(
                    .invalidModel, "\(name), line \(index + 1): a class has no name; install the model again")
            }
            return String(label)
        }
    }
}
