import Foundation
import PluginKit

/// The languages that Tesseract reads, by their ISO 639-1 codes, and where their data is.
enum TesseractLanguages {
    /// Name of the language data for a code; nil where there is none. The names themselves are codes too.
    static func dataName(_ language: String) -> String? {
        let code = language.lowercased()
        if let known = names[code] { return known }
        return names.values.contains(code) ? code : nil
    }

    /// The codes, for messages.
    static var known: [String] { names.keys.sorted() }

    /// The folder with the data of all languages: `TESSDATA_PREFIX`, else where distributions put it.
    ///
    /// - Throws: `PluginError` (`missingModel`) naming the packages that bring what is missing.
    static func folder(
        for names: [String], environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> String {
        let own = environment["TESSDATA_PREFIX"].flatMap { $0.isEmpty ? nil : $0 }
        let folders = own.map { [$0, $0 + "/tessdata"] } ?? usualFolders
        func missing(in folder: String) -> [String] {
            names.filter { !FileManager.default.fileExists(atPath: "\(folder)/\($0).traineddata") }
        }
        if let folder = folders.first(where: { missing(in: $0).isEmpty }) { return folder }
        let lacking = folders.map(missing).min { $0.count < $1.count } ?? names
        // Data names use underscores, packages hyphens.
        let packages = lacking.map { "tesseract-ocr-" + $0.replacing("_", with: "-") }
        throw PluginError(
            .missingModel,
            "Tesseract has no language data for \(lacking.joined(separator: ", ")); install the Debian package "
                + "\(packages.joined(separator: " ")), or name the folder of the data in TESSDATA_PREFIX")
    }

    private static let usualFolders = [
        "/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tesseract-ocr/4.00/tessdata", "/usr/share/tessdata",
        "/usr/share/tesseract/tessdata", "/usr/local/share/tessdata",
    ]

    /// From the list of language data of Tesseract 5 (tessdata, file names).
    private static let names: [String: String] = [
        "af": "afr", "am": "amh", "ar": "ara", "as": "asm", "az": "aze", "be": "bel", "bg": "bul", "bn": "ben",
        "bo": "bod", "br": "bre", "bs": "bos", "ca": "cat", "cs": "ces", "cy": "cym", "da": "dan", "de": "deu",
        "dz": "dzo", "el": "ell", "en": "eng", "eo": "epo", "es": "spa", "et": "est", "eu": "eus", "fa": "fas",
        "fi": "fin", "fo": "fao", "fr": "fra", "fy": "fry", "ga": "gle", "gd": "gla", "gl": "glg", "gu": "guj",
        "he": "heb", "hi": "hin", "hr": "hrv", "ht": "hat", "hu": "hun", "hy": "hye", "id": "ind", "is": "isl",
        "it": "ita", "iu": "iku", "ja": "jpn", "jv": "jav", "ka": "kat", "kk": "kaz", "km": "khm", "kn": "kan",
        "ko": "kor", "ku": "kmr", "ky": "kir", "la": "lat", "lb": "ltz", "lo": "lao", "lt": "lit", "lv": "lav",
        "mi": "mri", "mk": "mkd", "ml": "mal", "mn": "mon", "mr": "mar", "ms": "msa", "mt": "mlt", "my": "mya",
        "ne": "nep", "nl": "nld", "no": "nor", "oc": "oci", "or": "ori", "pa": "pan", "pl": "pol", "ps": "pus",
        "pt": "por", "qu": "que", "ro": "ron", "ru": "rus", "sa": "san", "sd": "snd", "si": "sin", "sk": "slk",
        "sl": "slv", "sq": "sqi", "sr": "srp", "su": "sun", "sv": "swe", "sw": "swa", "ta": "tam", "te": "tel",
        "tg": "tgk", "th": "tha", "ti": "tir", "to": "ton", "tr": "tur", "tt": "tat", "ug": "uig", "uk": "ukr",
        "ur": "urd", "uz": "uzb", "vi": "vie", "yi": "yid", "yo": "yor", "zh": "chi_sim", "zh-hant": "chi_tra",
    ]
}
