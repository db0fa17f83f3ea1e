import MediaValues
import PluginKit
import Testing

@testable import BuiltInPlugins

struct FusionSceneTests {
    private func fuse(_ inputs: FusionInputs, durationMs: Int64? = 20_000) -> Fusion {
        FusionBuilder.fuse(inputs, durationMs: durationMs, settings: .init())
    }

    @Test func aSummaryHoldsTheFactsOfItsScene() throws {
        var inputs = FusionInputs()
        inputs.scenes = MadeResults.scenes([(0, 10_000), (10_000, 20_000)])
        inputs.transcription = MadeResults.transcript([
            (1000, 3000, "first"), (9000, 12_000, "second"), (15_000, 16_000, "third"),
        ])
        inputs.diarization = MadeResults.diarization([(1000, 3000, "A"), (9000, 12_000, "B")])
        inputs.faces = MadeResults.faces(tracks: [(500, 6500)])
        inputs.objects = MadeResults.objects(tracks: [(0, 2000, "dog"), (1000, 3000, "dog"), (2000, 4000, "cat")])
        inputs.places = MadeResults.places([(0, 40, "kitchen"), (9000, 9040, "kitchen"), (11_000, 11_040, "garden")])
        inputs.ocr = MadeResults.ocr([(0, 500, "Title"), (600, 900, "Title"), (10_500, 11_000, "Other")])
        inputs.audioEvents = MadeResults.sounds([(11_000, 12_000, "Applause")])
        inputs.keyframes = MadeResults.keyframes([(0, 10), (5000, 30), (10_000, 20)])
        let scenes = fuse(inputs).scenes
        try #require(scenes.count == 2)
        #expect(scenes[0].who.map(\.label) == ["face 0", "A", "B"])
        #expect(scenes[0].who.map(\.entityId) == ["face:0", "speaker:A", "speaker:B"])
        #expect(scenes[0].who.map(\.timeMs) == [6000, 2000, 1000])
        #expect(scenes[0].what.map(\.label) == ["dog", "cat"])
        #expect(scenes[0].what.map(\.timeMs) == [3000, 2000])
        #expect(scenes[0].what.map(\.events) == [2, 1])
        #expect(scenes[0].places.map(\.label) == ["kitchen"] && scenes[0].places.map(\.timeMs) == [9040])
        // The second segment lies in both and mostly in the second.
        #expect(scenes[0].words == "first" && scenes[1].words == "second third")
        #expect(scenes[1].wordEventIds == ["transcript_segment-1", "transcript_segment-2"])
        #expect(scenes[0].onScreenText == ["Title"] && scenes[1].onScreenText == ["Other"])
        #expect(scenes[1].sounds.map(\.label) == ["Applause"])
        #expect(scenes.map(\.keyframe) == ["keyframes/frame_1.jpg", "keyframes/frame_2.jpg"])
    }

    @Test func timesOfWordsDivideASegment() {
        var inputs = FusionInputs()
        inputs.scenes = MadeResults.scenes([(0, 1000), (1000, 2000)])
        inputs.transcription = MadeResults.transcript(
            [(500, 1500, "one two three")],
            words: [
                0: [
                    .init(startMs: 500, endMs: 800, text: "one"), .init(startMs: 800, endMs: 1100, text: "two"),
                    .init(startMs: 1100, endMs: 1500, text: "three"),
                ]
            ])
        #expect(fuse(inputs).scenes.map(\.words) == ["one two", "three"])
    }

    @Test func withoutATranscriptTheFirstTextTrackSpeaks() {
        var inputs = FusionInputs()
        inputs.scenes = MadeResults.scenes([(0, 1000)])
        inputs.subtitles = MadeResults.subtitles([[(0, 500, "hello")], [(0, 500, "bonjour")]])
        #expect(fuse(inputs).scenes.map(\.words) == ["hello"])
    }

    @Test func oddScenesAreKept() {
        var inputs = FusionInputs()
        // Overlapping, of no length, ending before the start, past the end.
        inputs.scenes = MadeResults.scenes([(0, 5000), (3000, 8000), (8000, 8000), (9000, 8500), (50_000, 60_000)])
        inputs.objects = MadeResults.objects(tracks: [(4000, 4500, "dog")], sightings: [(8000, 8000, ["cat"])])
        let document = fuse(inputs)
        #expect(document.scenes.count == 5)
        #expect(document.scenes.map { $0.what.map(\.label) } == [["dog"], ["dog"], [], [], []])
        // The end of the last scene belongs to it.
        inputs.scenes = MadeResults.scenes([(0, 8000)])
        #expect(fuse(inputs).scenes.map { $0.what.map(\.label) } == [["dog", "cat"]])
    }
}

struct FusionQualityTests {
    @Test func scoresAreTheSharesThatTheyAreDefinedAs() {
        var inputs = FusionInputs()
        inputs.scenes = MadeResults.scenes([(0, 5000), (5000, 10_000)])
        // 4 s of speech with 10 words: 150 a minute.
        inputs.transcription = MadeResults.transcript([(0, 2000, "a b c d e"), (1000, 4000, "f g h i j")])
        inputs.diarization = MadeResults.diarization([(1000, 4000, "A"), (6000, 7000, "B")])
        inputs.objects = MadeResults.objects(tracks: [(9000, 12_000, "dog")])
        inputs.faces = MadeResults.faces(
            tracks: [],
            pictures: [
                .init(
                    frame: MadeResults.frame(0, 40),
                    faces: [.init(confidence: 0.9, box: .init(x: 0, y: 0, width: 1, height: 1))])
            ], analyzed: 4)
        inputs.ocr = MadeResults.ocr([])
        let quality = FusionBuilder.fuse(inputs, durationMs: 10_000, settings: .init()).quality
        let scores = Dictionary(uniqueKeysWithValues: quality.modalities.map { ($0.operation, $0) })
        #expect(Set(scores.keys) == ["transcription", "diarization", "scenes", "objects", "faces", "ocr"])
        #expect(scores["scenes"]?.coverage == 1 && scores["scenes"]?.meanConfidence == nil)
        #expect(scores["transcription"]?.coverage == 0.4)
        #expect(scores["objects"]?.coverage == 0.1 && scores["objects"]?.meanConfidence == 0.9)
        #expect(scores["diarization"]?.coverage == 0.4 && scores["diarization"]?.meanConfidence == 0.8)
        #expect(scores["ocr"]?.coverage == 0)
        // 0-4 s, 6-7 s, 9-10 s.
        #expect(quality.coverage == 0.6)
        #expect(quality.meanConfidence == 0.867)
        #expect(quality.transcriptDensity == 1)
        #expect(quality.speechWithSpeaker == 0.75)
        #expect(quality.picturesWithFaces == 0.25)
        #expect(quality.agreement == nil)
        #expect(quality.describedScenes == 1)
    }

    @Test func withoutADurationNothingIsCovered() {
        let quality = FusionBuilder.fuse(FusionInputs(), durationMs: nil, settings: .init()).quality
        #expect(quality == Fusion.Quality())
    }
}
