import CFFmpeg
import PluginKit

/// Tags of containers and streams, and the facts that several kinds of tags express.
enum MetadataTags {
    static func read(_ dictionary: OpaquePointer?) -> [String: String] {
        var tags: [String: String] = [:]
        var entry: UnsafeMutablePointer<AVDictionaryEntry>?
        while true {
            entry = av_dict_get(dictionary, "", entry, AV_DICT_IGNORE_SUFFIX)
            guard let found = entry?.pointee else { return tags }
            guard let key = UnsafePointer(found.key).text, let value = UnsafePointer(found.value).text else { continue }
            tags[key] = value
        }
    }

    private static let creationKeys = [
        "com.apple.quicktime.creationdate", "creation_time", "DATE_RECORDED", "date_recorded", "DATE_ENCODED",
    ]

    /// The first creation time that is a date and not a placeholder (the epochs of Unix and of QuickTime).
    static func creationTime(in tagSets: [[String: String]]) -> String? {
        for key in creationKeys {
            for tags in tagSets {
                guard let text = tags[key], text.count >= 10, text.first?.isNumber == true else { continue }
                if text.hasPrefix("1904-01-01") || text.hasPrefix("1970-01-01T00:00:00") { continue }
                return text
            }
        }
        return nil
    }

    private static let locationKeys = [
        "com.apple.quicktime.location.ISO6709", "location", "location-eng", "LOCATION", "xyz", "RECORDING_LOCATION",
    ]

    static func location(in tagSets: [[String: String]]) -> MediaDescription.Location? {
        for key in locationKeys {
            for tags in tagSets {
                if let place = tags[key].flatMap(parseISO6709) { return place }
            }
        }
        return nil
    }

    /// Reads ISO 6709 text such as `+37.3318-122.0312+010.5/`, also in its degree-minute(-second) forms.
    static func parseISO6709(_ text: String) -> MediaDescription.Location? {
        var numbers: [Substring] = []
        var rest = text[...]
        while let sign = rest.first, sign == "+" || sign == "-" {
            let digits = rest.dropFirst().prefix { $0 == "." || ($0.isASCII && $0.isNumber) }
            numbers.append(rest[..<digits.endIndex])
            rest = rest[digits.endIndex...]
        }
        guard numbers.count == 2 || numbers.count == 3, rest.isEmpty || rest.hasPrefix("/") || rest.hasPrefix("CRS"),
            let latitude = degrees(numbers[0], wholeDigits: 2), let longitude = degrees(numbers[1], wholeDigits: 3),
            abs(latitude) <= 90, abs(longitude) <= 180
        else { return nil }
        let altitude = numbers.count == 3 ? Double(numbers[2]) : nil
        return MediaDescription.Location(latitude: latitude, longitude: longitude, altitude: altitude)
    }

    /// `±DD.d`, `±DDMM.m` or `±DDMMSS.s`, told apart by the digits before the point.
    private static func degrees(_ text: Substring, wholeDigits: Int) -> Double? {
        let negative = text.first == "-"
        let body = text.dropFirst()
        let whole = body.prefix { $0 != "." }
        guard !whole.isEmpty, let plain = Double(body) else { return nil }
        let magnitude: Double
        switch whole.count - wholeDigits {
        case 2:
            guard let degrees = Double(whole.prefix(wholeDigits)), let minutes = Double(body.dropFirst(wholeDigits))
            else { return nil }
            magnitude = degrees + minutes / 60
        case 4:
            guard let degrees = Double(whole.prefix(wholeDigits)),
                let minutes = Double(whole.dropFirst(wholeDigits).prefix(2)),
                let seconds = Double(body.dropFirst(wholeDigits + 2))
            else { return nil }
            magnitude = degrees + minutes / 60 + seconds / 3600
        default: magnitude = plain
        }
        return negative ? -magnitude : magnitude
    }
}
