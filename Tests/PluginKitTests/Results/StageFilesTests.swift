import Foundation
import PluginKit
import Testing
import VideoExtractTesting

struct StageFilesTests {
    @Test(arguments: ["", "/etc/passwd", "../a", "a/../b", "a//b", "./a", "a/", "a/."])
    func pathsOutsideTheFolderAreRefused(path: String) throws {
        let folder = try TemporaryDirectory()
        let files = StageFiles(directory: folder.path)
        let error = try #require(throws: PluginError.self) { try files.prepare(path) }
        #expect(error.code == .outputFailed)
        #expect(folder.files().isEmpty)
    }

    @Test func describesWhatWasWritten() throws {
        let folder = try TemporaryDirectory()
        let files = StageFiles(directory: folder.path)
        try files.write(Data("b".utf8), to: "pictures/b.jpg")
        try files.write(Data("a".utf8), to: "pictures/a.jpg")
        try files.write(Data("x".utf8), to: "draft.txt")
        try files.write(Data("y".utf8), to: "gone.txt")
        files.remove("gone.txt")
        try files.rename("draft.txt", to: "final.txt")
        let output = try files.finish(document: ["k": 1], at: "pictures/list.json", counts: ["n": 2])
        #expect(output.files == ["pictures/list.json", "final.txt", "pictures/a.jpg", "pictures/b.jpg"])
        #expect(output.files.sorted() == folder.files())
        #expect(try output.document(as: [String: Int].self) == ["k": 1])
        #expect(output.counts == ["n": 2])
    }

    @Test func failuresNameTheFile() throws {
        let folder = try TemporaryDirectory()
        try folder.write("", to: "taken")
        let files = StageFiles(directory: folder.path)
        let error = try #require(throws: PluginError.self) { try files.write(Data("x".utf8), to: "taken/x") }
        #expect(error.code == .outputFailed)
        #expect(error.message.contains("taken"))
    }
}
