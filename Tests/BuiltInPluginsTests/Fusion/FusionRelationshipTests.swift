import PluginKit
import Testing

@testable import BuiltInPlugins

struct FusionRelationshipTests {
    private func relationships(
        _ inputs: FusionInputs, _ type: Fusion.RelationshipType, limit: Int = 8, tolerance: Int64 = 500
    ) -> [Fusion.Relationship] {
        let document = FusionBuilder.fuse(
            inputs, durationMs: 100_000, settings: .init(toleranceMs: tolerance, relationshipsPerEvent: limit))
        return document.relationships.filter { $0.type == type }
    }

    @Test func sharedTimeIsSimultaneousAndTouchingIsNot() throws {
        var inputs = FusionInputs()
        inputs.faces = MadeResults.faces(tracks: [(0, 1000)])
        inputs.objects = MadeResults.objects(tracks: [(400, 1400, "tie"), (1000, 2000, "dog")])
        let found = relationships(inputs, .simultaneous)
        let only = try #require(found.first)
        #expect(found.count == 1)
        #expect(only.from == "face-0" && only.to == "object-0")
        #expect(only.startMs == 400 && only.endMs == 1000 && only.gapMs == 0)
    }

    @Test func instantsHaveTheToleranceOnBothSides() {
        var inputs = FusionInputs()
        inputs.transcription = MadeResults.transcript([(2000, 3000, "x")])
        inputs.objects = MadeResults.objects(
            sightings: [1499, 1500, 2500, 3500, 3501].map { ($0, $0, ["dog"]) })
        let found = relationships(inputs, .simultaneous)
        #expect(found.map(\.gapMs).sorted() == [0, 500, 500])
        #expect(
            Set(found.flatMap { [$0.from, $0.to] }) == ["transcript_segment-0", "object-1", "object-2", "object-3"])
        // Two instants: once the tolerance, not twice.
        var instants = FusionInputs()
        instants.objects = MadeResults.objects(sightings: [(1000, 1000, ["dog"])])
        instants.places = MadeResults.places([(1500, 1500, "a"), (1501, 1501, "b"), (400, 400, "c")])
        #expect(relationships(instants, .simultaneous).map(\.gapMs) == [500])
        #expect(relationships(instants, .simultaneous, tolerance: 0).isEmpty)
    }

    @Test func threeRecordsOfOneSpeechAreNotRelated() {
        var inputs = FusionInputs()
        inputs.transcription = MadeResults.transcript([(0, 1000, "x")])
        inputs.diarization = MadeResults.diarization([(0, 1000, "A")])
        inputs.subtitles = MadeResults.subtitles([[(0, 1000, "x")]])
        inputs.scenes = MadeResults.scenes([(0, 1000)])
        inputs.markers = MadeResults.markers([(.speakerChange, 0, 0, "A")])
        #expect(relationships(inputs, .simultaneous).isEmpty)
        inputs.markers = MadeResults.markers([(.technicalCue, 0, 500, "black")])
        #expect(relationships(inputs, .simultaneous).count == 3)
    }

    @Test func whatFollowsWithinTheToleranceIsSequential() {
        var inputs = FusionInputs()
        inputs.transcription = MadeResults.transcript([
            (0, 1000, "a"), (1000, 2000, "b"), (2500, 3000, "c"), (3501, 4000, "d"),
        ])
        inputs.audioEvents = MadeResults.sounds([(3100, 3400, "Applause")])
        let found = relationships(inputs, .sequential)
        #expect(
            found.map { "\($0.from)>\($0.to)" } == [
                "transcript_segment-0>transcript_segment-1", "transcript_segment-1>transcript_segment-2",
                "transcript_segment-2>audio_event-0", "audio_event-0>transcript_segment-3",
            ])
        #expect(found.map(\.gapMs) == [0, 500, 100, 101])
        #expect(found.map(\.startMs) == [1000, 2000, 3000, 3400])
        #expect(found.map(\.endMs) == [1000, 2500, 3100, 3501])
    }

    @Test func speechThatNamesWhatIsSeenDescribesIt() throws {
        var inputs = FusionInputs()
        inputs.transcription = MadeResults.transcript([
            (0, 2000, "Look at those dogs by the traffic lights!"), (5000, 6000, "The dog is gone."),
            (8000, 9000, "Nothing."),
        ])
        inputs.objects = MadeResults.objects(tracks: [(500, 1000, "dog"), (0, 3000, "traffic light"), (0, 9000, "cat")])
        let document = FusionBuilder.fuse(inputs, durationMs: 10_000, settings: .init())
        let found = document.relationships.filter { $0.type == .describesVisual }
        #expect(
            found.map { "\($0.from)>\($0.to)" } == ["transcript_segment-0>object-1", "transcript_segment-0>object-0"])
        #expect(found.map(\.words) == [["traffic lights"], ["dogs"]])
        // Two segments name something seen in the video, one of them at the time.
        #expect(document.quality.agreement == 0.5)
    }

    @Test func aVoiceAloneWithAFaceIsLikelyItsVoice() throws {
        var inputs = FusionInputs()
        inputs.diarization = MadeResults.diarization([
            (0, 4000, "A"), (4000, 8000, "B"), (8000, 9000, "A"), (10_000, 14_000, "A"),
        ])
        // Face 0 while A speaks, face 1 while B speaks, faces 2 and 3 both while A speaks.
        inputs.faces = MadeResults.faces(tracks: [(0, 5000), (4500, 8000), (10_000, 14_000), (10_000, 14_000)])
        let found = relationships(inputs, .speakerOnScreen)
        #expect(found.map(\.from) == ["speaker:A", "speaker:B"])
        #expect(found.map(\.to) == ["face:0", "face:1"])
        let first = try #require(found.first)
        #expect(first.supportMs == 4000)
        // A speaks for 0.8 of the face's time and of the speech in it, always alone with it.
        #expect(first.score == 0.64)
        #expect(first.startMs == 0 && first.endMs == 4000)
    }

    @Test func aShortOrSharedMomentIsNoVoice() {
        var inputs = FusionInputs()
        inputs.diarization = MadeResults.diarization([(0, 900, "A"), (2000, 4000, "A"), (2000, 4000, "B")])
        inputs.faces = MadeResults.faces(tracks: [(0, 900), (2000, 4000), (50_000, 50_000)])
        let found = relationships(inputs, .speakerOnScreen)
        // Less than a second; and two voices at once speak for the whole time of one face.
        #expect(found.map(\.to) == ["face:1", "face:1"])
        inputs.diarization = MadeResults.diarization([(0, 900, "A"), (2000, 2900, "A"), (2900, 4000, "B")])
        #expect(relationships(inputs, .speakerOnScreen).isEmpty)
    }

    @Test func textThatIsReadOutIsFound() throws {
        var inputs = FusionInputs()
        inputs.transcription = MadeResults.transcript([
            (0, 3000, "Today: neural networks, and how they learn."), (20_000, 22_000, "Neural networks!"),
            (30_000, 31_000, "Conclusion."),
        ])
        inputs.ocr = MadeResults.ocr([
            (0, 8000, "Neural Networks for You"), (8000, 9000, "Neural Networks"), (29_000, 33_000, "Conclusions"),
            (29_000, 33_000, "CONCLUSION"), (0, 8000, "The and of"),
        ])
        let found = relationships(inputs, .sameTextSpokenAndShown)
        #expect(found.map(\.from) == ["transcript_segment-0", "transcript_segment-2"])
        #expect(found.map(\.to) == ["on_screen_text-0", "on_screen_text-3"])
        #expect(found.map(\.words) == [["networks", "neural"], ["conclusion"]])
        #expect(found.map(\.score) == [1, 1])
    }

    /// One face during a hundred objects: the limit holds, and the rest is counted.
    @Test func theLimitIsKeptAndWhatIsLeftOutIsCounted() throws {
        var inputs = FusionInputs()
        inputs.faces = MadeResults.faces(tracks: [(0, 100_000)])
        inputs.objects = MadeResults.objects(tracks: (0..<100).map { (Int64($0) * 100, 50_000, "dog") })
        let document = FusionBuilder.fuse(inputs, durationMs: nil, settings: .init(relationshipsPerEvent: 10))
        let count = try #require(document.relationshipCounts.first { $0.type == .simultaneous })
        #expect(count.made == 10 && count.omitted == 90)
        #expect(document.relationships.filter { $0.type == .simultaneous }.count == 10)
    }
}

struct VisualWordsTests {
    private func mentions(_ text: String, _ labels: [String]) -> [String] {
        VisualWords(labels: labels).mentions(in: VisualWords.words(of: text)).map { labels[$0.label] }
    }

    @Test func singularPluralAndSynonymsNameAClass() {
        #expect(
            mentions("Two dogs, a knife and some people", ["dog", "knife", "person", "cat"]) == [
                "dog", "knife", "person",
            ])
        #expect(mentions("the dog's bike near BUSES and cherries", ["dog", "bicycle", "bus", "cherry"]).count == 4)
        #expect(mentions("on the sofa with my mobile", ["couch", "cell phone"]).count == 2)
        #expect(mentions("Knives! Boxes. Watches?", ["knife", "box", "watch"]).count == 3)
    }

    @Test func partsOfWordsAndNeighboursDoNot() {
        #expect(mentions("doghouse carpet category traffic jam", ["dog", "car", "cat", "traffic light"]).isEmpty)
        #expect(mentions("hot dog", ["hot dog", "dog"]) == ["hot dog", "dog"])
        #expect(mentions("", ["dog"]).isEmpty)
        #expect(mentions("dog", [""]).isEmpty)
    }

    @Test func namesOfPlacesAreReadAsTheyAreWritten() {
        #expect(mentions("in our living room", ["living_room"]) == ["living_room"])
        #expect(mentions("at the beach", ["b/beach"]) == ["b/beach"])
        #expect(mentions("a restaurant outdoor", ["restaurant/indoor"]) == ["restaurant/indoor"])
        #expect(mentions("indoor things", ["restaurant/indoor"]).isEmpty)
    }
}
