import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct SpeakerClusteringTests {
    private func centroids(
        _ vectors: VoiceVectors, _ bounds: SpeakerClustering.Bounds = .init(), step: Int = 1
    ) throws -> VoiceVectors {
        let sampled = (0..<vectors.count).filter { $0.isMultiple(of: step) }
        return try SpeakerClustering.centroids(of: vectors, sampled: sampled, step: step, bounds: bounds)
    }

    @Test func clearVoicesAreCounted() throws {
        try SeededGenerator.withSeeds(10) { generator in
            let voices = Int.random(in: 1...5, using: &generator)
            let vectors = AverageLinkageTests.unitVectors(
                voices * 20, dimensions: 64, groups: voices, spread: 0.2, using: &generator)
            let found = try centroids(vectors)
            #expect(found.count == voices, "\(generator)")
            #expect(try centroids(vectors, .init(exact: 3)).count == 3, "\(generator)")
            #expect(try centroids(vectors, .init(maximum: 2)).count == min(voices, 2), "\(generator)")
            #expect(try centroids(vectors, .init(minimum: 4)).count == max(voices, 4), "\(generator)")
            for voice in 0..<found.count {
                #expect(abs(found[voice].reduce(0) { $0 + $1 * $1 } - 1) < 1e-4, "\(generator)")
            }
        }
    }

    @Test func voicesShorterThanTwoSecondsAreDropped() throws {
        var vectors = VoiceVectors(dimensions: 8)
        func add(_ axis: Int, _ count: Int) {
            for _ in 0..<count { vectors.append((0..<8).map { $0 == axis ? 1 : 0 }) }
        }
        add(0, 30)
        add(1, 9)
        #expect(try centroids(vectors).count == 1)
        add(1, 1)
        #expect(try centroids(vectors).count == 2)
        // A recording that has only short voices keeps the longest.
        vectors = VoiceVectors(dimensions: 8)
        add(0, 3)
        add(1, 4)
        let found = try centroids(vectors)
        #expect(found.count == 1)
        // All windows belong to the one that is left.
        #expect(abs(found[0][1] - 0.8) < 1e-5)
        #expect(try centroids(vectors, .init(exact: 2)).count == 2)
    }

    @Test func nothingHasNoVoices() throws {
        #expect(try centroids(VoiceVectors(dimensions: 8)).count == 0)
        let one = VoiceVectors(dimensions: 8, values: [1, 0, 0, 0, 0, 0, 0, 0])
        #expect(try centroids(one).count == 1)
        #expect(try centroids(one, .init(exact: 5)).count == 1)
    }

    @Test func longRecordingsAreClusteredMoreCoarsely() {
        #expect(SpeakerClustering.step(windows: 3000) == 1)
        #expect(SpeakerClustering.step(windows: 3001) == 4)
        for hours in 1...24 {
            let windows = hours * 18_000
            let step = SpeakerClustering.step(windows: windows)
            #expect(windows / step <= SpeakerClustering.sparseLimit)
        }
    }

    @Test func contradictingNumbersAreRefused() throws {
        func bounds(_ values: [String: Int]) throws -> SpeakerClustering.Bounds {
            try DiarizationPlugin.bounds(Operation("diarization", parameters: values.mapValues { .integer($0) }))
        }
        #expect(try bounds([:]) == .init())
        #expect(try bounds(["num_speakers": 3]).exact == 3)
        #expect(throws: PluginError.self) { try bounds(["min_speakers": 3, "max_speakers": 2]) }
        #expect(throws: PluginError.self) { try bounds(["num_speakers": 3, "max_speakers": 2]) }
    }
}
