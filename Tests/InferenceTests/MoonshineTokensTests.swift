@testable import Inference
import Testing

struct MoonshineTokensTests {
    private func text(_ bytes: [UInt8]) throws -> String {
        String(decoding: try MoonshineTokens.tokensFile(fromTokenizer: bytes), as: UTF8.self)
    }

    @Test func tokensBecomeBase64LinesWithIndex() throws {
        let bytes: [UInt8] = [5] + Array("<unk>".utf8) + [3] + Array("<s>".utf8) + [4] + Array("</s>".utf8) + [1, 0xff]
        #expect(try text(bytes) == "PHVuaz4= 0\nPHM+ 1\nPC9zPg== 2\n/w== 3\n")
    }

    @Test func longTokenHasTwoLengthBytes() throws {
        // 300 = 2 × 128 + 172 − 128
        let bytes: [UInt8] = [172, 2] + [UInt8](repeating: 0, count: 300)
        #expect(try text(bytes) == String(repeating: "AAAA", count: 100) + " 0\n")
    }

    @Test(arguments: [[], [5, 1, 2], [200], [200, 1, 0], [1, 65, 9]] as [[UInt8]])
    func damagedBytesAreRefused(bytes: [UInt8]) {
        #expect(throws: InferenceError.self) { try text(bytes) }
    }
}
