import Foundation
import MediaValues
import Testing

@Suite struct ContentHashTests {
    private let abc = "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85"

    @Test func hexRoundTrip() throws {
        let hash = ContentHash.blake3(of: "abc")
        #expect(hash.description == abc)
        #expect(ContentHash(hex: abc) == hash)
        #expect(ContentHash(hex: abc.uppercased()) == hash)
        #expect(ContentHash(bytes: hash.bytes) == hash)
        #expect(hash.bytes.count == ContentHash.byteCount)
        #expect(hash.bytes.first == 0x64 && hash.bytes.last == 0x85)
    }

    @Test(arguments: [
        "", "64", String(repeating: "0", count: 63), String(repeating: "0", count: 65),
        String(repeating: "g", count: 64), String(repeating: "é", count: 32), "0x" + String(repeating: "0", count: 62),
    ])
    func refusesOtherText(_ text: String) {
        #expect(ContentHash(hex: text) == nil)
    }

    @Test func refusesOtherLengths() {
        #expect(ContentHash(bytes: [UInt8](repeating: 0, count: 31)) == nil)
        #expect(ContentHash(bytes: [UInt8](repeating: 0, count: 33)) == nil)
    }

    @Test func codableIsTheHexString() throws {
        let hash = ContentHash.blake3(of: "abc")
        let json = try JSONEncoder().encode([hash])
        #expect(String(decoding: json, as: UTF8.self) == "[\"\(abc)\"]")
        #expect(try JSONDecoder().decode([ContentHash].self, from: json) == [hash])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([ContentHash].self, from: Data("[\"abc\"]".utf8))
        }
    }
}
