import Foundation

/// Quantities for people.
enum Amounts {
    /// `1.5 GiB`.
    static func bytes(_ count: Int64) -> String {
        var value = Double(count)
        for unit in ["B", "KiB", "MiB", "GiB"] {
            if value < 1024 || unit == "GiB" {
                return unit == "B" ? "\(count) B" : "\(fixed(value, 1)) \(unit)"
            }
            value /= 1024
        }
        return "\(count) B"
    }

    /// `1:02:03.456` or `02:03.456`.
    static func clock(_ milliseconds: Int64) -> String {
        let total = max(0, milliseconds)
        let tail = "\(padded(total / 60_000 % 60, 2)):\(padded(total / 1000 % 60, 2)).\(padded(total % 1000, 3))"
        return total >= 3_600_000 ? "\(total / 3_600_000):\(tail)" : tail
    }

    /// `0.31 s` or `12 ms`.
    static func duration(milliseconds: Double) -> String {
        milliseconds < 1000 ? "\(Int(milliseconds.rounded())) ms" : "\(fixed(milliseconds / 1000, 2)) s"
    }

    /// `1:05` for an estimate.
    static func estimate(seconds: Double) -> String {
        let total = Int64(max(0, seconds).rounded(.up))
        let tail = "\(padded(total / 60 % 60, total >= 3600 ? 2 : 1)):\(padded(total % 60, 2))"
        return total >= 3600 ? "\(total / 3600):\(tail)" : tail
    }

    /// `3 scenes`, `1 scene`, `1 duplicate dropped`, `1 entity`: the first word that ends in s is made singular for one.
    static func counted(_ count: Int, _ plural: String) -> String {
        var words = plural.split(separator: " ").map(String.init)
        if count == 1, let position = words.firstIndex(where: { $0.hasSuffix("s") }) {
            let word = words[position]
            words[position] = word.hasSuffix("ies") ? word.dropLast(3) + "y" : String(word.dropLast())
        }
        return "\(count) \(words.joined(separator: " "))"
    }

    /// With a fixed number of decimals.
    static func fixed(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
