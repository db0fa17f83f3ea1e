import Foundation
import MediaValues
import PluginKit
import Testing
import VideoExtractTesting

@testable import Pipeline

struct OutputFolderTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func claim(_ stem: String, _ content: String, needsSuffix: Bool = false) throws -> String {
        let path = try OutputFolder.claim(
            base: folder.path, stem: stem, identity: .blake3(of: content), needsSuffix: needsSuffix)
        #expect(path.hasPrefix(folder.path + "/"))
        return String(path.dropFirst(folder.path.count + 1))
    }

    private func hash(_ content: String, _ length: Int) -> String {
        String(ContentHash.blake3(of: content).description.prefix(length))
    }

    @Test func theFirstContentGetsThePlainName() throws {
        #expect(try claim("talk", "one") == "talk")
        #expect(try claim("talk", "one") == "talk")
        #expect(folder.names() == ["talk"])
        #expect(folder.names(in: "talk") == [".source"])
    }

    @Test func otherContentsOfTheStemGetASuffixThatStays() throws {
        #expect(try claim("talk", "one") == "talk")
        #expect(try claim("talk", "two") == "talk-" + hash("two", 4))
        #expect(try claim("talk", "three") == "talk-" + hash("three", 4))
        for _ in 0..<2 {
            #expect(try claim("talk", "three") == "talk-" + hash("three", 4))
            #expect(try claim("talk", "one") == "talk")
        }
        #expect(folder.names().count == 3)
    }

    @Test func suffixesAreForcedWhereTheCallerKnowsOfATwin() throws {
        #expect(try claim("talk", "one", needsSuffix: true) == "talk-" + hash("one", 4))
        #expect(try claim("talk", "two", needsSuffix: true) == "talk-" + hash("two", 4))
    }

    @Test func suffixesGrowWhereTheyCollide() throws {
        #expect(try claim("talk", "one") == "talk")
        // Somebody else's folder already has the short name.
        try folder.write(ContentHash.blake3(of: "stranger").description, to: "talk-\(hash("two", 4))/.source")
        #expect(try claim("talk", "two") == "talk-" + hash("two", 8))
        #expect(try claim("talk", "two") == "talk-" + hash("two", 8))
    }

    @Test func aStrangersMarkerIsNotOverwritten() throws {
        try folder.write("", to: "talk/.source")
        #expect(try claim("talk", "one") == "talk-" + hash("one", 4))
    }

    @Test func concurrentClaimsOfOneContentAgree() async throws {
        let pool = BlockingPool(name: "claimers", threads: 8)
        let base = folder.path
        for round in 0..<10 {
            let paths = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        try await pool.run {
                            try OutputFolder.claim(
                                base: base, stem: "clip\(round)", identity: .blake3(of: "content \(number % 2)"),
                                needsSuffix: false)
                        }
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(paths.count == 2, "two contents, two folders")
        }
        #expect(!folder.files().contains { $0.hasSuffix(".tmp") })
    }

    @Test func failuresNameTheFolder() throws {
        try folder.write("", to: "talk")
        let error = try #require(throws: PluginError.self) { try claim("talk", "one") }
        #expect(error.code == .outputFailed)
        #expect(error.message.contains(folder.file("talk")))
    }
}

struct OutputWriterTests {
    private let folder: TemporaryDirectory
    private let writer: OutputWriter

    init() throws {
        folder = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: folder.file("out"), withIntermediateDirectories: true)
        writer = OutputWriter(directory: folder.file("out"))
    }

    private func output(_ files: [String], document: String) throws -> StageOutput {
        let source = folder.file(UUID().uuidString)
        for path in files {
            try folder.write("content of \(path)", to: (source as NSString).lastPathComponent + "/" + path)
        }
        return StageOutput(directory: source, documentPath: document, files: files)
    }

    private func key(_ name: String) -> CacheKey {
        let manifest = PluginManifest(
            name: "test", version: "1", inputs: [.media], outputs: [.scenes], operation: .init(name: "test"),
            implementation: .builtIn(factory: "test"))
        return CacheKey(
            source: .blake3(of: name), plugin: manifest, operation: PluginKit.Operation("test"), modelDigests: [],
            inputs: [])
    }

    private func inode(_ path: String) -> UInt64 {
        var status = stat()
        return lstat(folder.file("out/" + path), &status) == 0 ? UInt64(status.st_ino) : 0
    }

    @Test func anUntouchedResultIsNotWrittenAgain() throws {
        let result = try output(["words.json"], document: "words.json")
        _ = try writer.write(result, operation: "test", key: key("a"))
        let before = inode("words.json")
        #expect(try writer.write(result, operation: "test", key: key("a")) == ["words.json"])
        #expect(inode("words.json") == before)
        // Another result, or a touched file, is written.
        _ = try writer.write(result, operation: "test", key: key("b"))
        let replaced = inode("words.json")
        #expect(replaced != before)
        try folder.write("edited by somebody", to: "out/words.json")
        _ = try writer.write(result, operation: "test", key: key("b"))
        #expect(folder.text("out/words.json") == "content of words.json")
    }

    @Test func filesThatTheNewResultLacksVanish() throws {
        _ = try writer.write(
            output(["words.json", "words.srt"], document: "words.json"), operation: "test", key: key("a"))
        try folder.write("not ours", to: "out/notes.txt")
        _ = try writer.write(output(["words.json"], document: "words.json"), operation: "test", key: key("b"))
        #expect(folder.text("out/words.srt") == nil)
        #expect(folder.text("out/notes.txt") == "not ours")
    }

    @Test func aFolderOfItsOwnIsReplacedAsAWhole() throws {
        let first = try output(
            ["frames/frames.json", "frames/0.jpg", "frames/1.jpg", "frames/deep/x"], document: "frames/frames.json")
        #expect(try writer.write(first, operation: "test", key: nil) == first.files)
        #expect(folder.files(below: "out") == ["frames/0.jpg", "frames/1.jpg", "frames/deep/x", "frames/frames.json"])
        let second = try output(["frames/frames.json", "frames/7.jpg"], document: "frames/frames.json")
        _ = try writer.write(second, operation: "test", key: nil)
        #expect(folder.files(below: "out") == ["frames/7.jpg", "frames/frames.json"])
        #expect(folder.names(in: "out") == ["frames"])
    }

    @Test func otherFilesAreReplacedOneByOne() throws {
        try folder.write("kept", to: "out/notes.txt")
        try folder.write("old", to: "out/words.json")
        _ = try writer.write(
            try output(["words.json", "extra/a.txt"], document: "words.json"), operation: "test", key: nil)
        #expect(folder.files(below: "out") == ["extra/a.txt", "notes.txt", "words.json"])
        #expect(folder.text("out/words.json") == "content of words.json")
        #expect(folder.text("out/notes.txt") == "kept")
    }

    @Test func aFailedCopyLeavesTheOldResultAndNoTemporaries() throws {
        _ = try writer.write(
            try output(["frames/frames.json", "frames/0.jpg"], document: "frames/frames.json"), operation: "test",
            key: nil)
        var broken = try output(["frames/frames.json"], document: "frames/frames.json")
        broken.files.append("frames/missing.jpg")
        #expect(throws: PluginError.self) { try writer.write(broken, operation: "test", key: nil) }
        #expect(folder.files(below: "out") == ["frames/0.jpg", "frames/frames.json"])
        #expect(folder.names(in: "out") == ["frames"])
        var flat = try output(["words.json"], document: "words.json")
        flat.files.append("gone.txt")
        #expect(throws: PluginError.self) { try writer.write(flat, operation: "test", key: nil) }
        #expect(!folder.files(below: "out").contains { $0.contains(".tmp") })
    }

    @Test func foldersThatCannotBeWrittenAreNamed() throws {
        let blocked = try output(["frames/frames.json"], document: "frames/frames.json")
        let elsewhere = OutputWriter(directory: try folder.write("a file", to: "file"))
        let error = try #require(throws: PluginError.self) { try elsewhere.write(blocked, operation: "test", key: nil) }
        #expect(error.code == .outputFailed)
        #expect(error.message.contains(folder.file("file")))
        #expect(throws: PluginError.self) { try elsewhere.write([1], to: "run.json") }
    }

    /// Permissions do not bind the super-user, so this one runs for everybody else.
    @Test(.enabled(if: geteuid() != 0)) func readOnlyFoldersAreNamedWithAHint() throws {
        chmod(folder.file("out"), 0o555)
        defer { chmod(folder.file("out"), 0o755) }
        let error = try #require(throws: PluginError.self) { try writer.write([1], to: "run.json") }
        #expect(error.message.contains("choose a folder that you may write to"))
    }

    @Test func manyWritersOfOneFileLeaveOneWholeFile() async throws {
        let pool = BlockingPool(name: "writers", threads: 8)
        let result = try output(["words.json"], document: "words.json")
        let writer = writer
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<32 {
                group.addTask { _ = try await pool.run { try writer.write(result, operation: "test", key: nil) } }
            }
            try await group.waitForAll()
        }
        #expect(folder.files(below: "out") == ["words.json"])
        #expect(folder.text("out/words.json") == "content of words.json")
    }
}
