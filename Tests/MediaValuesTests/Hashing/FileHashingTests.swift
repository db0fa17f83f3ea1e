import Foundation
import Testing

@testable import MediaValues

@Suite struct FileHashingTests {
    @Test(arguments: [0, 1, FileHashing.readBytes, FileHashing.readBytes + 1, 2 * FileHashing.readBytes + 1025])
    func sameAsInMemory(_ length: Int) throws {
        let bytes = Data((0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) })
        try withTemporaryFile(bytes) { path in
            let result = try FileHashing.hash(fileAt: path)
            #expect(result.hash == ContentHash.blake3(of: bytes))
            #expect(result.byteCount == Int64(length))
        }
    }

    @Test func missingFileNamesPathAndReason() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        let error = try #require(throws: FileHashingError.self) { try FileHashing.hash(fileAt: path) }
        #expect(error.code == .cannotOpen)
        #expect(error.errorNumber == ENOENT)
        #expect(error.message.contains(path))
        #expect(error.message.contains("No such file or directory"))
    }

    @Test func directoryCannotBeRead() throws {
        let path = FileManager.default.temporaryDirectory.path
        let error = try #require(throws: FileHashingError.self) { try FileHashing.hash(fileAt: path) }
        #expect(error.code == .cannotRead)
        #expect(error.errorNumber == EISDIR)
    }

    @Test func pathWithNulIsNotCutShort() throws {
        try withTemporaryFile(Data([1])) { path in
            #expect(throws: FileHashingError.self) { try FileHashing.hash(fileAt: path + "\0.mp4") }
        }
    }

    @Test func cancellationStopsBetweenReads() throws {
        try withTemporaryFile(Data(count: 4 * FileHashing.readBytes)) { path in
            var asked = 0
            #expect(throws: CancellationError.self) {
                try FileHashing.hash(fileAt: path) {
                    asked += 1
                    return asked > 2
                }
            }
            #expect(asked == 3)
        }
    }

    private func withTemporaryFile(_ bytes: Data, _ body: (String) throws -> Void) throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("hashing-\(UUID().uuidString)")
        try bytes.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try body(file.path)
    }
}
