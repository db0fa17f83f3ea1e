/// The words by which people name what a detector calls by a class name.
///
/// A class `traffic light` or `living_room` is named by its words, in the singular or plural, and by a few everyday
/// synonyms of the COCO classes. Nothing is guessed beyond that.
struct VisualWords {
    /// Ways to say a class, each a list of words in lower case.
    private var phrases: [String: [(words: [String], label: Int)]] = [:]

    /// Learns the names; a label is known by its position.
    init(labels: [String]) {
        for (index, label) in labels.enumerated() {
            for phrase in Self.phrases(for: label) {
                if let first = phrase.first { phrases[first, default: []].append((phrase, index)) }
            }
        }
    }

    /// The labels that a text names, with the words that do; each label once.
    func mentions(in words: [String]) -> [(label: Int, phrase: String)] {
        var found: [Int: String] = [:]
        for (position, word) in words.enumerated() {
            for phrase in phrases[word] ?? [] where found[phrase.label] == nil {
                if words[position...].starts(with: phrase.words) {
                    found[phrase.label] = phrase.words.joined(separator: " ")
                }
            }
        }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Words of a text in lower case, without punctuation; what follows an apostrophe is left out (`dog's` is `dog`).
    static func words(of text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isSuffix = false
        for character in text.lowercased() {
            if character.isLetter || character.isNumber {
                if !isSuffix { word.append(character) }
            } else if character == "'" || character == "’" {
                isSuffix = !word.isEmpty
            } else {
                if !word.isEmpty { words.append(word) }
                word = ""
                isSuffix = false
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    private static func phrases(for label: String) -> Set<[String]> {
        var names = [label]
        // Places365 writes `b/beach`, `living_room` and `restaurant/outdoor`.
        let parts = label.split(separator: "/").map(String.init)
        if parts.count > 1 {
            let views: Set<String> = ["indoor", "outdoor", "interior", "exterior", "public", "natural", "urban"]
            names = parts.filter { $0.count > 1 && !views.contains($0) }
        }
        var result: Set<[String]> = []
        for name in names {
            for spoken in [name] + (synonyms[name.lowercased()] ?? []) {
                let words = Self.words(of: spoken.replacing("_", with: " "))
                guard let last = words.last else { continue }
                for form in forms(of: last) { result.insert(words.dropLast() + [form]) }
            }
        }
        return result
    }

    /// A noun in singular and plural.
    static func forms(of noun: String) -> [String] {
        if let plural = irregularPlurals[noun] { return [noun, plural] }
        let vowels = "aeiou"
        if noun.hasSuffix("y"), let before = noun.dropLast().last, !vowels.contains(before) {
            return [noun, noun.dropLast() + "ies"]
        }
        if ["s", "x", "z", "ch", "sh"].contains(where: noun.hasSuffix) { return [noun, noun + "es"] }
        return [noun, noun + "s"]
    }

    private static let irregularPlurals = [
        "person": "people", "man": "men", "woman": "women", "child": "children", "knife": "knives", "mouse": "mice",
        "sheep": "sheep", "skis": "skis", "scissors": "scissors", "bus": "buses", "broccoli": "broccoli",
        "lady": "ladies",
        "wolf": "wolves", "shelf": "shelves", "aircraft": "aircraft", "cattle": "cattle", "luggage": "luggage",
    ]

    private static let synonyms = [
        "person": ["man", "woman", "child", "boy", "girl", "kid", "guy", "lady"],
        "bicycle": ["bike"], "motorcycle": ["motorbike"], "car": ["automobile"], "truck": ["lorry"],
        "airplane": ["plane", "aeroplane", "aircraft"], "boat": ["ship"], "tv": ["television"],
        "couch": ["sofa"], "dining table": ["table"], "potted plant": ["plant", "houseplant"],
        "cell phone": ["phone", "mobile", "smartphone", "cellphone"], "sports ball": ["ball"],
        "refrigerator": ["fridge"], "donut": ["doughnut"], "hair drier": ["hair dryer"], "handbag": ["purse"],
        "suitcase": ["luggage"], "cup": ["mug"], "tie": ["necktie"], "remote": ["remote control"], "cow": ["cattle"],
        "teddy bear": ["teddy"], "wine glass": ["glass"],
    ]
}
