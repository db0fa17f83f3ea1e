import Inference
import Testing

struct SHA256Tests {
    // FIPS 180-4 example vectors (NIST CSRC, SHA256.pdf), and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func publishedVector(text: String, digest: String) {
        #expect(hexSHA256(Array(text.utf8)) == digest)
    }

    @Test func millionLetters() {
        let digest = hexSHA256([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
        #expect(digest == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func piecesDoNotMatter() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let whole = hexSHA256(bytes)
        for step in [1, 3, 63, 64, 65, 127, 200] {
            var hash = SHA256()
            for start in stride(from: 0, to: bytes.count, by: step) {
                bytes[start..<min(bytes.count, start + step)].withUnsafeBytes { hash.update($0) }
            }
            #expect(hash.hexDigest() == whole, "step \(step)")
        }
    }
}
