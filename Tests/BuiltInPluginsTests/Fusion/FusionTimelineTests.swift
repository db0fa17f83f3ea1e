import MediaValues
import PluginKit
import Testing

@testable import BuiltInPlugins

struct FusionTimelineTests {
    private func fuse(_ inputs: FusionInputs, durationMs: Int64? = 10_000, _ settings: Fusion.Settings = .init())
        -> Fusion
    {
        FusionBuilder.fuse(inputs, durationMs: durationMs, settings: settings)
    }

    @Test func everyRecordBecomesAnEventWithItsSpanAndSource() {
        var inputs = FusionInputs()
        inputs.transcription = MadeResults.transcript([(1000, 2000, "hello")])
        inputs.diarization = MadeResults.diarization([(900, 2100, "SPEAKER_00")])
        inputs.scenes = MadeResults.scenes([(0, 5000)])
        inputs.objects = MadeResults.objects(
            tracks: [(100, 300, "dog")], sightings: [(4000, 4040, ["cat", "cat", "dog"])])
        inputs.faces = MadeResults.faces(tracks: [(1200, 1900)])
        inputs.ocr = MadeResults.ocr([(3000, 3500, "Jane Doe")])
        inputs.audioEvents = MadeResults.sounds([(2500, 2600, "Applause")])
        inputs.markers = MadeResults.markers([(.technicalCue, 4800, 5000, "black")])
        inputs.subtitles = MadeResults.subtitles([[], [(6000, 7000, "hi")]])
        let document = fuse(inputs)
        #expect(
            document.events.map(\.id) == [
                "scene-0", "object-0", "speaker_turn-0", "transcript_segment-0", "face-0", "audio_event-0",
                "on_screen_text-0", "object-1", "object-2", "marker-0", "subtitle-0",
            ])
        #expect(document.events.map(\.startMs) == [0, 100, 900, 1000, 1200, 2500, 3000, 4000, 4000, 4800, 6000])
        #expect(document.events.map(\.endMs) == [5000, 300, 2100, 2000, 1900, 2600, 3500, 4040, 4040, 5000, 7000])
        let cat = document.events[7]
        #expect(cat.label == "cat" && cat.count == 2 && cat.confidence == 0.7)
        #expect(cat.source == .init(operation: "objects", list: "pictures", index: 0))
        #expect(document.events[1].source == .init(operation: "objects", list: "tracks", index: 0))
        #expect(document.events[9].label == "technical_cue" && document.events[9].text == "black")
        #expect(document.events[10].source == .init(operation: "subtitles", list: "tracks/1/cues", index: 0))
        // The segment's speaker is the one whose turn it lies in.
        #expect(document.events[3].entityIds == ["speaker:SPEAKER_00"])
    }

    @Test func consecutivePicturesOfOnePlaceAreOneEvent() {
        var inputs = FusionInputs()
        inputs.places = MadeResults.places([
            (0, 40, "kitchen"), (500, 540, "kitchen"), (1000, 1040, "garden"), (1500, 1540, "kitchen"),
        ])
        let events = fuse(inputs).events
        #expect(events.map(\.label) == ["kitchen", "garden", "kitchen"])
        #expect(events.map(\.startMs) == [0, 1000, 1500])
        #expect(events.map(\.endMs) == [540, 1040, 1540])
        #expect(events.map(\.count) == [2, 1, 1])
        #expect(events.map(\.source.index) == [0, 2, 3])
    }

    /// A person comes and goes; what lies between the sightings is no appearance.
    @Test func aPersonsFaceIsOneEventForEachRunOfSightings() {
        let box = BoundingBox(x: 0, y: 0, width: 0.1, height: 0.1)
        func picture(_ time: Int64, _ clusters: [Int?]) -> FaceDetections.Picture {
            .init(
                frame: MadeResults.frame(time, time + 40),
                faces: clusters.map { .init(confidence: 0.9, box: box, clusterId: $0) })
        }
        var inputs = FusionInputs()
        inputs.faces = MadeResults.faces(
            tracks: [(0, 6040)], kind: .identity,
            pictures: [picture(0, [0]), picture(500, [0, nil, nil]), picture(1000, [0]), picture(6000, [0])])
        let document = fuse(inputs)
        #expect(document.events.map(\.startMs) == [0, 500, 6000])
        #expect(document.events.map(\.endMs) == [1040, 540, 6040])
        #expect(document.events.map(\.count) == [3, 2, 1])
        #expect(document.events.map(\.entityIds) == [["face:0"], [], ["face:0"]])
        #expect(document.entities.map(\.faceKind) == [.identity])
        #expect(document.entities.map(\.totalMs) == [1080])
        #expect(Set(document.events.map(\.id)).count == 3)
    }

    @Test func entitiesCountOverlappingTimeOnce() throws {
        var inputs = FusionInputs()
        inputs.objects = MadeResults.objects(tracks: [(0, 2000, "dog"), (1000, 3000, "dog"), (5000, 5000, "dog")])
        let dog = try #require(fuse(inputs).entities.first)
        #expect(dog.id == "object:dog" && dog.label == "dog" && dog.type == .object)
        #expect(dog.firstMs == 0 && dog.lastMs == 5000 && dog.totalMs == 3000)
        #expect(dog.appearances.map(\.eventId) == ["object-0", "object-1", "object-2"])
        #expect(dog.confidence == 0.9)
    }

    @Test func namesOfOneSpellingAreOneEntity() throws {
        var inputs = FusionInputs()
        inputs.ocr = MadeResults.ocr([(0, 1000, "Jane  Doe"), (2000, 3000, "JANE DOE"), (4000, 5000, "42 % off")])
        let document = fuse(inputs)
        let name = try #require(document.entities.first)
        #expect(document.entities.count == 1)
        #expect(name.id == "on_screen_name:jane doe" && name.label == "Jane Doe")
        #expect(name.appearances.count == 2)
    }

    @Test func spansThatEndBeforeTheyStartAreInstants() {
        var inputs = FusionInputs()
        inputs.audioEvents = MadeResults.sounds([(500, 100, "Music")])
        #expect(fuse(inputs).events.map(\.endMs) == [500])
    }

    @Test func withoutAlignmentEventsStandTypeByType() {
        var inputs = FusionInputs()
        inputs.transcription = MadeResults.transcript([(1000, 2000, "a"), (3000, 4000, "b")])
        inputs.scenes = MadeResults.scenes([(0, 5000)])
        inputs.ocr = MadeResults.ocr([(0, 100, "x")])
        let document = fuse(inputs, .init(alignModalities: false))
        #expect(
            document.events.map(\.id) == [
                "transcript_segment-0", "transcript_segment-1", "scene-0", "on_screen_text-0",
            ])
        #expect(document.scenes.isEmpty)
    }

    @Test func everyKindOfResultIsAccountedFor() {
        var inputs = FusionInputs()
        inputs.transcription = MadeResults.transcript([(0, 1000, "a")])
        inputs.ocr = MadeResults.ocr([])
        inputs.keyframes = MadeResults.keyframes([(0, 1)])
        let modalities = fuse(inputs).modalities
        #expect(
            modalities.map(\.operation) == [
                "transcription", "subtitles", "diarization", "audio-events", "scenes", "places", "objects", "faces",
                "ocr",
                "markers", "keyframes",
            ])
        #expect(modalities.filter { $0.status == .used }.map(\.operation) == ["transcription", "keyframes"])
        #expect(modalities.filter { $0.status == .empty }.map(\.operation) == ["ocr"])
        #expect(modalities[0].model == "asr" && modalities[0].counts == ["segments": 1])
    }
}

struct OnScreenNameTests {
    @Test(
        arguments: [
            "Jane Doe", "JANE DOE", "Ludwig van Beethoven", "J. R. Smith", "Conan O'Brien", "Anne-Marie Müller",
            "Dr. Jane Doe", "Иван Петров",
        ])
    func namesAreFound(text: String) {
        #expect((OnScreenName(text, confidence: 0.9) != nil) == !text.hasPrefix("Dr."))
    }

    @Test(
        arguments: [
            "Jane", "jane doe", "Jane doe", "The End", "BREAKING NEWS", "Chapter One", "Jane Doe 2", "www.example.com",
            "J. R.", "", "van Beethoven Ludwig van", "Thank You", "O' Brien", "Jane Doe, MD", "张 伟",
            "A Line Of Text That Is Too Long To Be Anybody",
        ])
    func otherLinesAreNot(text: String) { #expect(OnScreenName(text, confidence: 0.99) == nil) }

    @Test func uncertainReadingsAreNot() {
        #expect(OnScreenName("Jane Doe", confidence: 0.79) == nil)
        #expect(OnScreenName("Jane Doe", confidence: 0.8)?.key == "jane doe")
    }
}
