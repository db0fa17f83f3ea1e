import Testing

@testable import BuiltInPlugins

struct CharacterDecoderTests {
    // Classes: blank, a, b, c, space.
    private let decoder = CharacterDecoder(characters: ["a", "b", "c"])

    /// Steps with the named class at 0.9 and what is left on the blank; `space` is put on the space.
    private func decode(_ steps: String, space: [Int: Float] = [:]) -> CharacterDecoder.Reading {
        let classes: [Character: Int] = ["-": 0, "a": 1, "b": 2, "c": 3, " ": 4]
        var values = [Float](repeating: 0.01, count: steps.count * decoder.classes)
        for (step, name) in steps.enumerated() {
            values[step * decoder.classes + (classes[name] ?? 0)] = 0.9
            if let trace = space[step] { values[step * decoder.classes + 4] = trace }
        }
        return values.withUnsafeBufferPointer { decoder.decode($0) }
    }

    @Test func repeatsAndBlanksAreLeftOut() {
        #expect(decode("--aa-bb--").text == "ab")
        #expect(decode("aa-a").text == "aa")
        #expect(decode("abc").text == "abc")
        #expect(decode("----").text == "")
        #expect(decode("").text == "")
    }

    @Test func spacesAreRecoveredFromTheirTrace() {
        #expect(decode("a--b", space: [1: 0.04]).text == "a b")
        #expect(decode("a--b", space: [1: 0.02]).text == "ab")
        #expect(decode("aaab", space: [2: 0.04]).text == "a b", "the repeats of a letter lie between, too")
        #expect(decode("a--b", space: [0: 0.5]).text == "ab", "only what lies between counts")
        #expect(decode("-a-b", space: [0: 0.5]).text == "ab", "no space before the first letter")
        #expect(decode("a-b--", space: [4: 0.5]).text == "ab", "and none after the last")
        #expect(decode("a - b", space: [2: 0.5]).text == "a  b", "the network's own spaces are taken as they are")
        #expect(decode("a b", space: [:]).text == "a b", "a space that is read is not doubled")
    }

    @Test func confidenceIsTheMeanOfTheCharacters() {
        #expect(abs(decode("a-b").confidence - 0.9) < 1e-6)
        #expect(decode("---").confidence == 0)
        var values: [Float] = [0.2, 0.8, 0, 0, 0, 0.4, 0, 0.6, 0, 0]
        values += [0.3, 0, 0.7, 0, 0]
        let reading = values.withUnsafeBufferPointer { decoder.decode($0) }
        #expect(reading.text == "ab")
        #expect(abs(reading.confidence - 0.7) < 1e-6, "the first column of a letter counts")
    }

    @Test func theGreatestOfManyClassesIsFound() {
        let decoder = CharacterDecoder(characters: (0..<40).map(String.init))
        for wanted in [1, 15, 16, 17, 31, 32, 40] {
            var values = [Float](repeating: 0.001, count: decoder.classes)
            values[wanted] = 0.5
            #expect(values.withUnsafeBufferPointer { decoder.decode($0) }.text == String(wanted - 1))
        }
    }
}
