import Foundation
import MediaValues
import PluginKit
import Testing
import VideoExtractTesting

@testable import Pipeline

struct ResultCacheTests {
    @Test func whatGoesInComesOut() throws {
        let fixture = try CacheFixture()
        #expect(fixture.lookup("a") == nil)
        let committed = try fixture.commit("a")
        let found = try #require(fixture.lookup("a"))
        #expect(found.directory == committed.directory)
        #expect(found.files == ["op.json", "pictures/a.bin"])
        #expect(found.counts == ["n": 1])
        #expect(found.outcome == .done)
        #expect(try found.document(as: [String: String].self) == ["text": "a"])
        #expect(fixture.lookup("b") == nil)
        #expect(fixture.folder.names(in: "staging").isEmpty)
    }

    @Test func emptyResultsKeepTheirReason() throws {
        let fixture = try CacheFixture()
        let staging = try fixture.cache.makeStaging()
        let output = try StageFiles(directory: staging.directory)
            .finish(document: [Int](), at: "op.json", outcome: .empty(reason: "silence"))
        _ = try fixture.cache.commit(
            staging, output: output, key: CacheFixture.key("a"), manifest: CacheFixture.manifest())
        #expect(fixture.lookup("a")?.outcome == .empty(reason: "silence"))
    }

    @Test func thePluginMayRefuseAnEntryAndItIsRemoved() throws {
        let fixture = try CacheFixture()
        try fixture.commit("a")
        let described = Recorder<CacheEntryDescription>()
        let refused = fixture.cache.lookup(CacheFixture.key("a")) { entry in
            described.append(entry)
            return false
        }
        #expect(refused == nil)
        #expect(described.all.first?.pluginVersion == "1.2")
        #expect(described.all.first?.cacheVersion == 1)
        #expect(described.all.first?.createdAt.hasPrefix("20") == true)
        #expect(fixture.cache.statistics().entries == 0)
    }

    enum Damage: CaseIterable {
        case documentChanged, documentTruncated, pictureMissing, descriptionMissing, descriptionTruncated,
            descriptionOfAnother
    }

    @Test(arguments: Damage.allCases) func damageIsFoundAndRemoved(damage: Damage) throws {
        let fixture = try CacheFixture()
        try fixture.commit("a", size: 5000)
        let entry = fixture.entryFolder("a")
        func overwrite(_ file: String, _ change: (Data) -> Data) throws {
            let url = URL(fileURLWithPath: entry + "/" + file)
            try change(Data(contentsOf: url)).write(to: url)
        }
        switch damage {
        case .documentChanged:
            try overwrite("op.json") { Data($0.map { $0 == UInt8(ascii: "a") ? UInt8(ascii: "b") : $0 }) }
        case .documentTruncated: try overwrite("op.json") { $0.dropLast() }
        case .pictureMissing: try FileManager.default.removeItem(atPath: entry + "/pictures/a.bin")
        case .descriptionMissing: try FileManager.default.removeItem(atPath: entry + "/entry.json")
        case .descriptionTruncated: try overwrite("entry.json") { $0.prefix($0.count / 2) }
        case .descriptionOfAnother:
            try fixture.commit("b")
            let other = try Data(contentsOf: URL(fileURLWithPath: fixture.entryFolder("b") + "/entry.json"))
            try overwrite("entry.json") { _ in other }
        }
        #expect(fixture.lookup("a") == nil)
        #expect(!FileManager.default.fileExists(atPath: entry))
        try fixture.commit("a")
        #expect(fixture.lookup("a") != nil)
        #expect(fixture.folder.names(in: "staging").isEmpty)
    }

    @Test func verifyKeepsTheIntactAndRemovesTheRest() throws {
        let fixture = try CacheFixture()
        for name in ["a", "b", "c"] { try fixture.commit(name) }
        try Data(repeating: 8, count: 100).write(to: URL(fileURLWithPath: fixture.entryFolder("b") + "/pictures/a.bin"))
        let moved = (fixture.entryFolder("c") as NSString).deletingLastPathComponent + "/elsewhere"
        try FileManager.default.moveItem(atPath: fixture.entryFolder("c"), toPath: moved)
        let found = fixture.cache.verify()
        #expect(found.intact == 1)
        #expect(Set(found.removed) == [CacheFixture.key("b").description, "elsewhere"])
        #expect(fixture.lookup("a") != nil)
        #expect(fixture.cache.verify() == .init(intact: 1, removed: []))
    }

    @Test func statisticsCountByPlugin() throws {
        let fixture = try CacheFixture(sizeLimit: 1 << 20)
        try fixture.commit("a", size: 1000)
        try fixture.commit("b", size: 1000)
        try fixture.commit("c", size: 1000, plugin: "q")
        let document = try ResultEncoding.pretty(["text": "a"]).count
        let statistics = fixture.cache.statistics()
        #expect(statistics.entries == 3)
        #expect(statistics.sizeBytes == Int64(3 * (1000 + document)))
        #expect(statistics.limitBytes == 1 << 20)
        #expect(statistics.entriesByPlugin == ["p": 2, "q": 1])
        #expect(statistics.sizeBytesByPlugin["q"] == Int64(1000 + document))
    }

    @Test func clearingOnePluginSparesTheOthers() throws {
        let fixture = try CacheFixture()
        try fixture.commit("a")
        try fixture.commit("b", plugin: "q")
        let first = fixture.cache.clear(plugin: "p")
        #expect(first.entries == 1 && first.bytes > 100)
        #expect(fixture.lookup("a") == nil)
        #expect(fixture.lookup("b", plugin: "q") != nil)
        #expect(fixture.cache.clear().entries == 1)
        #expect(fixture.cache.statistics().entries == 0)
        #expect(fixture.folder.names(in: "staging").isEmpty)
    }

    @Test func evictionTakesTheLeastRecentlyUsedFirst() throws {
        let fixture = try CacheFixture()
        for name in ["old", "middle", "new"] { try fixture.commit(name, size: 1000) }
        fixture.age("old", seconds: 9000)
        fixture.age("middle", seconds: 6000)
        fixture.age("new", seconds: 3000)
        // Using an entry makes it recent.
        #expect(fixture.lookup("old") != nil)
        fixture.cache.evict(toSize: 2500)
        #expect(fixture.lookup("middle") == nil)
        #expect(fixture.lookup("old") != nil)
        #expect(fixture.lookup("new") != nil)
    }

    @Test func evictionSparesWhatWasJustUsed() throws {
        let fixture = try CacheFixture()
        for name in ["a", "b"] { try fixture.commit(name, size: 1000) }
        fixture.age("a", seconds: 590)
        fixture.age("b", seconds: 610)
        fixture.cache.evict(toSize: 0)
        #expect(fixture.cache.statistics().entries == 1)
        #expect(fixture.lookup("a") != nil)
        fixture.cache.evict(toSize: 0, graceSeconds: 600, now: Date(timeIntervalSinceNow: 1000))
        #expect(fixture.cache.statistics().entries == 0)
    }

    @Test func passingTheLimitEvicts() throws {
        let fixture = try CacheFixture(sizeLimit: 10_000)
        for number in 0..<9 {
            try fixture.commit("\(number)", size: 1000)
            fixture.age("\(number)", seconds: 10_000 - number)
        }
        #expect(fixture.cache.statistics().entries == 9)
        try fixture.commit("last", size: 1000)
        #expect(fixture.cache.statistics().sizeBytes <= 9000)
        #expect(fixture.lookup("0") == nil)
        #expect(fixture.lookup("last") != nil)
    }

    @Test func aFolderThatCannotBeMadeIsNamed() throws {
        let folder = try TemporaryDirectory()
        try folder.write("", to: "taken")
        let error = try #require(throws: PluginError.self) { try ResultCache(directory: folder.file("taken/cache")) }
        #expect(error.code == .outputFailed)
        #expect(error.message.contains("taken/cache") && error.message.contains("--no-cache"))
    }

    @Test func aMissingFileIsNotCommitted() throws {
        let fixture = try CacheFixture()
        let (staging, output) = try CacheFixture.stage(in: fixture.cache, "a")
        var wrong = output
        wrong.files.append("missing.bin")
        #expect(throws: PluginError.self) {
            try fixture.cache.commit(
                staging, output: wrong, key: CacheFixture.key("a"), manifest: CacheFixture.manifest())
        }
        #expect(fixture.lookup("a") == nil)
        #expect(fixture.folder.names(in: "staging").isEmpty)
    }
}
