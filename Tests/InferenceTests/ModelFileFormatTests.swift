@testable import Inference
import Testing

struct ModelFileFormatTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func network(_ bytes: [UInt8]) throws {
        try folder.write(bytes, to: "file")
        try ModelFileFormat.checkNetwork("\(folder.path)/file")
    }

    private func tokens(_ text: String) throws {
        try folder.write(Array(text.utf8), to: "file")
        try ModelFileFormat.checkTokens("\(folder.path)/file")
    }

    @Test func networksAreKnownByTheirFirstBytes() throws {
        try network([0x24, 0, 0, 0] + Array("ORTM".utf8) + [1, 2])
        try network([0x08, 0x08, 0x12, 0x07])
    }

    @Test(arguments: [[], [0x08], Array("<html>404</html>".utf8), Array("version https://git-lfs".utf8)] as [[UInt8]])
    func otherFilesAreRefused(bytes: [UInt8]) {
        #expect(throws: InferenceError.self) { try network(bytes) }
    }

    @Test func missingFileIsRefused() {
        #expect(throws: InferenceError.self) { try ModelFileFormat.checkNetwork("\(folder.path)/none") }
    }

    @Test(arguments: ["PHM+ 0\nPHVuaz4= 1\n", "<blk> 0\r\n  1\r\n", "a 0"])
    func tokenFilesAreAccepted(text: String) throws {
        try tokens(text)
    }

    @Test(arguments: ["", "\n", "a 0\nb\n", "a x\n", "0\n", "a 0\nb 1x\n"])
    func brokenTokenFilesAreRefused(text: String) {
        #expect(throws: InferenceError.self) { try tokens(text) }
    }
}
