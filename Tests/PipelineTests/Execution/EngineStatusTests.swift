import Foundation
import MediaValues
import Pipeline
import PluginKit
import Testing
import VideoExtractTesting

/// Every operation ends as done, cached, empty, skipped or failed, and says why.
struct EngineStatusTests {
    @Test func aFirstRunComputesASecondOneAnswersFromTheCache() async throws {
        let fixture = try EngineFixture()
        let first = try await fixture.run("scenes,transcription")
        #expect(first.operations.map(\.status) == [.done, .done])
        #expect(try first.report("scenes").counts == ["frames": 50])
        #expect(fixture.media.counters.passes == 1)

        let second = try await fixture.run("scenes,transcription")
        #expect(second.operations.map(\.status) == [.cached, .cached])
        #expect(try second.report("scenes").counts == ["frames": 50])
        #expect(try second.report("scenes").cacheKey == first.report("scenes").cacheKey)
        #expect(try first.report("scenes").cacheKey != nil)
        #expect(second.decoding == nil)
        #expect(fixture.media.counters == .init(resolves: 2, probes: 1, passes: 1, framesSent: 50))
        #expect(fixture.executions("scenes") == 1)
        #expect(fixture.leftovers.isEmpty)
    }

    @Test func onePassServesEveryDemand() async throws {
        let fixture = try EngineFixture()
        let report = try await fixture.run("scenes,keyframes,audio,transcription,objects,metadata")
        #expect(report.operations.allSatisfy { $0.status == .done })
        #expect(fixture.media.counters.passes == 1)
        #expect(report.decoding?.framesDecoded == 50)
        #expect(report.decoding?.samplesDecoded == 32000)
        #expect(try report.report("keyframes").counts == ["frames": 5])
    }

    @Test func onlyWhatIsMissingIsComputed() async throws {
        let fixture = try EngineFixture()
        try await fixture.run("objects")
        #expect(fixture.executions("keyframes") == 1)
        let report = try await fixture.run("objects,scenes")
        #expect(report.status("objects") == .cached)
        #expect(report.status("scenes") == .done)
        #expect(report.status("keyframes") == nil, "nobody needs it any more")
        #expect(fixture.executions("keyframes") == 1)
    }

    @Test func aCachedInputServesANewUser() async throws {
        let fixture = try EngineFixture()
        try await fixture.run("keyframes")
        let report = try await fixture.run("objects")
        #expect(report.status("keyframes") == .cached)
        #expect(report.status("objects") == .done)
        #expect(fixture.media.counters.passes == 1)
    }

    @Test func otherParametersContentOrModelsAreComputedAnew() async throws {
        let fixture = try EngineFixture()
        try await fixture.run("scenes")
        #expect(try await fixture.run("scenes(threshold=30)").status("scenes") == .done)
        #expect(try await fixture.run("scenes(threshold=27)").status("scenes") == .cached)
        fixture.media.change { $0.identity = .blake3(of: "other") }
        #expect(try await fixture.run("scenes").status("scenes") == .done)
    }

    @Test func emptyResultsSayWhyAndAreCachedToo() async throws {
        let silent = FakePlugin("audio", outputs: [.audio], demand: EngineFixture.speech) { input, context in
            if let audio = input.feed.audio { for try await _ in audio {} }
            return try context.files.finish(
                document: [Int](), at: "audio.json", outcome: .empty(reason: "only silence"))
        }
        let fixture = try EngineFixture(replacing: [silent])
        let first = try await fixture.run("audio").report("audio")
        #expect(first.status == .empty)
        #expect(first.reason == "only silence")
        let second = try await fixture.run("audio").report("audio")
        #expect(second.status == .cached)
        #expect(second.reason == "only silence")
        #expect(fixture.executions("audio") == 1)
    }

    @Test func filesWithoutTheStreamAreSkipped() async throws {
        let sound = try EngineFixture(content: .init(audio: MadeMedia.silence(seconds: 1)))
        let report = try await sound.run("scenes,objects,audio")
        #expect(report.status("scenes") == .skipped)
        #expect(try report.report("scenes").reason == "the file has no video track")
        #expect(report.status("objects") == .skipped)
        #expect(
            try report.report("objects").reason == "it needs keyframes, which was skipped: the file has no video track")
        #expect(report.status("audio") == .done)
        #expect(!report.hasFailures)

        let mute = try EngineFixture(content: .init(frames: MadeMedia.frames(3)))
        #expect(try await mute.run("audio").report("audio").reason == "the file has no audio track")
    }

    @Test func aMissingModelSkipsTheOperationAndRunsNothing() async throws {
        let fixture = try EngineFixture(models: [:])
        let report = try await fixture.run("transcription").report("transcription")
        #expect(report.status == .skipped)
        #expect(report.reason == "the model asr is not installed; run: video-extract models install asr")
        #expect(fixture.executions("transcription") == 0)
        #expect(fixture.media.counters.passes == 0)
        #expect(fixture.media.counters.probes == 0)
    }

    @Test func filesAboveAPluginsLimitAreSkipped() async throws {
        let manifest = {
            var manifest = FakePlugin("scenes", outputs: [.scenes]).manifest
            manifest.limits.maximumFileSizeMiB = 1
            return manifest
        }()
        let plugin = FakePlugin(manifest: manifest, demand: EngineFixture.everyFrame)
        let fixture = try EngineFixture(replacing: [plugin])
        fixture.media.change { $0.byteCount = 1 << 20 }
        #expect(try await fixture.run("scenes", policy: .bulk()).status("scenes") == .done)
        fixture.media.change {
            $0.byteCount = (1 << 20) + 1
            $0.identity = .blake3(of: "larger")
        }
        let report = try await fixture.run("scenes").report("scenes")
        #expect(report.status == .skipped)
        #expect(report.reason == "the file is larger than the 1 MiB that scenes takes")
    }

    @Test func aFailureReachesOnlyWhatDependsOnIt() async throws {
        let broken = FakePlugin("keyframes", outputs: [.keyframes], demand: EngineFixture.keyframes) { _, _ in
            throw PluginError(.corruptMedia, "no picture could be decoded", details: "avcodec: -1")
        }
        let fixture = try EngineFixture(replacing: [broken])
        let report = try await fixture.run("objects,scenes,audio")
        #expect(report.status("scenes") == .done)
        #expect(report.status("audio") == .done)
        let keyframes = try report.report("keyframes")
        #expect(keyframes.status == .failed && keyframes.isRequested == false)
        #expect(keyframes.error?.code == .corruptMedia)
        #expect(keyframes.error?.details == "avcodec: -1")
        let objects = try report.report("objects")
        #expect(objects.status == .failed)
        #expect(objects.error?.code == .dependencyFailed)
        #expect(objects.error?.message == "it needs keyframes, which failed: no picture could be decoded")
        #expect(report.hasFailures)
        #expect(fixture.leftovers.isEmpty)
        // What failed is tried again, what worked is not.
        let second = try await fixture.run("objects,scenes,audio")
        #expect(second.status("keyframes") == .failed)
        #expect(second.status("scenes") == .cached)
        #expect(fixture.executions("keyframes") == 2)
    }

    @Test func anUnreadableSourceFailsEverything() async throws {
        let fixture = try EngineFixture()
        fixture.media.change { $0.resolveFailure = PluginError(.sourceNotFound, "no such file: talk.mp4") }
        let report = try await fixture.run("scenes,audio")
        #expect(report.operations.map(\.status) == [.failed, .failed])
        #expect(report.operations.allSatisfy { $0.error?.code == .sourceNotFound })
        #expect(report.source.contentHash == nil)
        #expect(fixture.media.counters.probes == 0)
    }

    @Test func aSourceThatIsNoMediaStillAnswersFromTheCache() async throws {
        let fixture = try EngineFixture()
        try await fixture.run("scenes")
        fixture.media.change { $0.probeFailure = PluginError(.notMedia, "this is text") }
        let report = try await fixture.run("scenes,audio")
        #expect(report.status("scenes") == .cached)
        #expect(report.status("audio") == .failed)
        #expect(try report.report("audio").error?.code == .notMedia)
    }

    @Test func resultsWithWarningsAndWhatIsMadeOfThemAreNotCached() async throws {
        let worried = FakePlugin("keyframes", outputs: [.keyframes], demand: EngineFixture.keyframes) {
            input, context in
            context.warn("3 damaged packets")
            return try await FakePlugin.countFeed(input, context)
        }
        let fixture = try EngineFixture(replacing: [worried])
        for _ in 0..<2 {
            let report = try await fixture.run("objects")
            #expect(report.status("keyframes") == .done)
            #expect(report.status("objects") == .done)
            #expect(try report.report("keyframes").warnings == ["3 damaged packets"])
            #expect(try report.report("keyframes").cacheKey == nil)
        }
        #expect(fixture.leftovers.isEmpty)
    }

    @Test func damageMetByTheDecoderKeepsResultsOutOfTheCache() async throws {
        let fixture = try EngineFixture()
        fixture.media.change { $0.warnings = ["truncated at 1.5 s"] }
        let report = try await fixture.run("scenes,metadata")
        #expect(try report.report("scenes").warnings == ["truncated at 1.5 s"])
        let second = try await fixture.run("scenes,metadata")
        #expect(second.status("scenes") == .done)
        #expect(second.status("metadata") == .cached)
    }

    @Test(arguments: [true, false]) func withoutAnIdentityOrCacheEverythingIsComputed(hasCache: Bool) async throws {
        let fixture = try EngineFixture(hasCache: hasCache)
        if hasCache { fixture.media.change { $0.identity = nil } }
        for _ in 0..<2 {
            let report = try await fixture.run("objects,scenes", output: true)
            #expect(report.operations.allSatisfy { $0.status == .done && $0.cacheKey == nil })
        }
        #expect(fixture.executions("scenes") == 2)
        #expect(fixture.leftovers.isEmpty)
        #expect(fixture.folder.text("out/talk/scenes.json") != nil)
    }

    @Test func aPolicyCanForbidTheCache() async throws {
        let fixture = try EngineFixture()
        var policy = ExecutionPolicy.debug(threads: 1)
        policy.usesCache = false
        for _ in 0..<2 { #expect(try await fixture.run("scenes", policy: policy).status("scenes") == .done) }
        #expect(fixture.leftovers.isEmpty)
    }

    @Test func aPluginCanForbidItsCache() async throws {
        var manifest = FakePlugin("scenes", outputs: [.scenes]).manifest
        manifest.cache.isEnabled = false
        let fixture = try EngineFixture(replacing: [FakePlugin(manifest: manifest, demand: EngineFixture.everyFrame)])
        for _ in 0..<2 { #expect(try await fixture.run("scenes").status("scenes") == .done) }
    }

    @Test func requestsThatMakeNoSenseAreThrown() async throws {
        let fixture = try EngineFixture()
        func code(_ operations: String) async -> PluginError.Code? {
            do {
                try await fixture.run(operations)
                return nil
            } catch {
                return (error as? PluginError)?.code
            }
        }
        #expect(await code("scnes") == .unknownOperation)
        #expect(await code("scenes(threshold=-1)") == .invalidParameter)
        #expect(await code("scenes(threshold=1),scenes(threshold=2)") == .invalidConfiguration)
        #expect(fixture.media.counters == .init())
    }
}
