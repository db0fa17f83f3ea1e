import Foundation
import MediaValues
import PluginKit
import Synchronization
import Testing
import VideoExtractTesting

@testable import Pipeline

/// Several users of one cache at a time, and users that are killed.
struct CacheConcurrencyTests {
    @Test func manyCommitsOfOneKeyLeaveOneEntryThatAllCanUse() async throws {
        let fixture = try CacheFixture()
        let path = fixture.folder.path
        let pool = BlockingPool(name: "committers", threads: 8)
        let outputs = try await withThrowingTaskGroup(of: StageOutput.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    try await pool.run {
                        // An object of its own each, as other clients in the process have.
                        try CacheFixture.commit(to: ResultCache(directory: path), "same", size: 20_000)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outputs.count == 16)
        #expect(Set(outputs.map(\.directory)).count == 1)
        for output in outputs { #expect(try output.document(as: [String: String].self) == ["text": "same"]) }
        #expect(fixture.cache.verify() == .init(intact: 1, removed: []))
        #expect(fixture.folder.names(in: "staging").isEmpty)
    }

    @Test func twoCachesOfOneFolderNeverShareAStagingFolder() throws {
        let fixture = try CacheFixture()
        let other = try ResultCache(directory: fixture.folder.path)
        let folders = try (0..<10).flatMap { _ in
            [try fixture.cache.makeStaging().directory, try other.makeStaging().directory]
        }
        #expect(Set(folders).count == 20)
        #expect(fixture.folder.names(in: "staging").count == 20)
        other.abandonStaging()
        #expect(fixture.folder.names(in: "staging").isEmpty)
    }

    @Test func theLoserOfARaceGetsTheWinnersFiles() throws {
        let fixture = try CacheFixture()
        let (staging, output) = try CacheFixture.stage(in: fixture.cache, "late")
        try CacheFixture.commit(to: fixture.cache, "k", text: "early")
        let result = try fixture.cache.commit(
            staging, output: output, key: CacheFixture.key("k"), manifest: CacheFixture.manifest())
        #expect(try result.document(as: [String: String].self) == ["text": "early"])
        #expect(fixture.folder.names(in: "staging").isEmpty)
    }

    @Test func aDamagedEntryDoesNotWinARace() throws {
        let fixture = try CacheFixture()
        try fixture.commit("k")
        try FileManager.default.removeItem(atPath: fixture.entryFolder("k") + "/op.json")
        let result = try CacheFixture.commit(to: fixture.cache, "k", text: "whole")
        #expect(try result.document(as: [String: String].self) == ["text": "whole"])
        #expect(fixture.lookup("k") != nil)
    }

    @Test func readersNeverSeeHalfAnEntryWhileOthersCommitAndRemove() async throws {
        let fixture = try CacheFixture()
        let expected = Data(try ResultEncoding.pretty(["text": "k"]))
        let isOver = Recorder<Bool>()
        let pool = BlockingPool(name: "cache-users", threads: 4)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await pool.run {
                    for _ in 0..<60 {
                        try fixture.commit("k", size: 3000)
                        fixture.cache.remove(fixture.entryFolder("k"))
                    }
                    isOver.append(true)
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    try await pool.run {
                        while isOver.all.isEmpty {
                            guard let found = fixture.lookup("k") else { continue }
                            // It may be gone by now, but it is never half there.
                            if let data = try? found.documentData() { #expect(data == expected) }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(fixture.cache.verify().removed.isEmpty)
        #expect(fixture.folder.names(in: "staging").isEmpty)
    }

    @Test func whatDeadProcessesLeftIsSwept() async throws {
        let fixture = try CacheFixture()
        // A process that has certainly ended.
        let ended = try await BinaryRunner.run("sh", ["-c", "echo $$"])
        let dead = try #require(Int32(ended.outputText.trimmingSpaces))
        try fixture.folder.write("half", to: "staging/\(dead)-1/op.json")
        try fixture.folder.write("half", to: "staging/\(dead)-2/pictures/a.bin")
        // One that lives, and this one.
        try fixture.folder.write("live", to: "staging/1-1/op.json")
        let own = try fixture.cache.makeStaging()
        _ = try ResultCache(directory: fixture.folder.path)
        #expect(fixture.folder.names(in: "staging") == ["1-1", (own.directory as NSString).lastPathComponent].sorted())
    }

    @Test func whatAnEarlierProcessOfThisNumberLeftIsSweptAtTheFirstOpening() throws {
        let folder = try TemporaryDirectory()
        try folder.write("half", to: "staging/\(getpid())-7/op.json")
        _ = try ResultCache(directory: folder.path)
        #expect(folder.names(in: "staging").isEmpty)
    }

    /// Commits entry after entry until the process is killed, at a moment that has nothing to do with the commits.
    static func commitUntilKilled(_ path: String) throws {
        let cache = try ResultCache(directory: path)
        let count = Guarded(0)
        let wanted = 3 + Int.random(in: 0..<5)
        let spins = Int.random(in: 0..<20_000)
        Thread {
            while count.withLock({ $0 }) < wanted { sched_yield() }
            for _ in 0..<spins { sched_yield() }
            kill(getpid(), SIGKILL)
        }.start()
        let process = getpid()
        for number in 0... {
            try CacheFixture.commit(to: cache, "\(process)-\(number)", size: 60_000)
            count.withLock { $0 += 1 }
        }
    }

    @Test func aKilledProcessNeverLeavesHalfAnEntry() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path
        for _ in 0..<3 {
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
                try CacheConcurrencyTests.commitUntilKilled(path)
            }
        }
        let cache = try ResultCache(directory: path)
        #expect(folder.names(in: "staging").isEmpty)
        let found = cache.verify()
        #expect(found.removed.isEmpty)
        #expect(found.intact >= 9)
        #expect(cache.statistics().entries == found.intact)
    }
}
