import Foundation

/// Splits text into words as BERT's uncased models were trained on: control characters dropped, accents stripped, lower
/// case, punctuation and CJK ideographs as words of their own (Devlin et al. 2019, `BasicTokenizer`).
///
/// Equal to Hugging Face `tokenizers` (`BertNormalizer`, `BertPreTokenizer`), whose character tables stem from Unicode 8:
/// characters that are younger are ordinary letters to it.
enum BERTNormalizer {
    /// The words of a text. Works on scalars: a Swift `Character` would join what the model sees apart.
    static func words(_ text: String) -> [[Unicode.Scalar]] {
        var words: [[Unicode.Scalar]] = []
        var word: [Unicode.Scalar] = []
        func endWord() {
            if !word.isEmpty { words.append(word) }
            word.removeAll(keepingCapacity: true)
        }
        for scalar in normalized(text) {
            if scalar.properties.isWhitespace {
                endWord()
            } else if isPunctuation(scalar) {
                endWord()
                words.append([scalar])
            } else {
                word.append(scalar)
            }
        }
        endWord()
        return words
    }

    static func normalized(_ text: String) -> String.UnicodeScalarView {
        let cleaned = cleaned(text)
        var result = String.UnicodeScalarView()
        for scalar in String(cleaned).decomposedStringWithCanonicalMapping.unicodeScalars where !isMark(scalar) {
            if scalar.isASCII {
                result.append(scalar.properties.isUppercase ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
            } else {
                // Scalar by scalar: of a whole string, the sigma that ends a word would become another letter.
                result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            }
        }
        return result
    }

    private static func cleaned(_ text: String) -> String.UnicodeScalarView {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0, 0xFFFD: continue
            case 0x09, 0x0A, 0x0D: result.append(" ")
            case 0x20...0x7E: result.append(scalar)
            default:
                if isControl(scalar) { continue }
                if scalar.properties.isWhitespace {
                    result.append(" ")
                } else if isIdeograph(scalar.value) {
                    result.append(contentsOf: [" ", scalar, " "])
                } else {
                    result.append(scalar)
                }
            }
        }
        return result
    }

    /// Categories Cc, Cf, Co and Cs.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .privateUse, .surrogate: true
        case .format: isKnown(scalar)
        default: false
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x300: false
        // Spacing since Unicode 14 and 12.
        case 0x1734, 0x1171E: true
        // Nonspacing since Unicode 9 and 11.
        case 0x1885, 0x1886, 0xA9BD, 0x111C9: false
        default: scalar.properties.generalCategory == .nonspacingMark && isKnown(scalar)
        }
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return true
        case 0...0x7F: return false
        // Canadian syllabics chi sign and Sharada sandhi mark: punctuation until Unicode 12 and 11.
        case 0x166D, 0x111C9: return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            return isKnown(scalar)
        default: return false
        }
    }

    private static func isKnown(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.age.map { $0.major <= 8 } ?? false
    }

    /// The blocks that BERT's authors took as Chinese; of extension E, `tokenizers` leaves out the first 256.
    private static func isIdeograph(_ value: UInt32) -> Bool {
        switch value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }
}
