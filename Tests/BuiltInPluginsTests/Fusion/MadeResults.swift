import MediaValues
import PluginKit
import VideoExtractTesting

@testable import BuiltInPlugins

/// Results made for tests of fusion.
enum MadeResults {
    static func frame(_ start: Int64, _ end: Int64) -> FrameReference {
        FrameReference(startMs: start, endMs: end, pts: start, timeBase: "1/1000", frameNumber: nil)
    }

    static func sampling(_ source: String = "frames", fps: Double? = 2, pictures: Int = 100) -> PictureSamplingRecord {
        PictureSamplingRecord(source: source, fps: fps, picturesAnalyzed: pictures, duplicatesSkipped: 0)
    }

    static func transcript(
        _ segments: [(Int64, Int64, String)], words: [Int: [Transcript.Word]] = [:]
    ) -> FusionInputs.Delivered<Transcript> {
        .init(
            document: Transcript(
                model: "asr", language: "en",
                segments: segments.enumerated().map {
                    .init(index: $0, startMs: $1.0, endMs: $1.1, text: $1.2, words: words[$0])
                }, durationMs: segments.map(\.1).max() ?? 0),
            counts: ["segments": segments.count])
    }

    static func diarization(_ turns: [(Int64, Int64, String)]) -> FusionInputs.Delivered<Diarization> {
        .init(
            document: Diarization(
                model: "ge2e", method: "average-linkage", isSpeakerCountEstimated: true,
                segments: turns.map { .init(startMs: $0.0, endMs: $0.1, speaker: $0.2, confidence: 0.8) },
                durationMs: turns.map(\.1).max() ?? 0))
    }

    static func scenes(_ spans: [(Int64, Int64)]) -> FusionInputs.Delivered<SceneList> {
        .init(
            document: SceneList(
                method: "content", threshold: 12,
                scenes: spans.enumerated().map {
                    .init(
                        sceneIndex: $0, startMs: $1.0, endMs: $1.1, pts: $1.0, timeBase: "1/1000", frameNumber: nil,
                        transition: $0 == 0 ? .start : .cut, score: $0 == 0 ? 0 : 30)
                }, framesAnalyzed: 100))
    }

    static func objects(
        tracks: [(Int64, Int64, String)] = [], sightings: [(Int64, Int64, [String])] = []
    ) -> FusionInputs.Delivered<ObjectDetections> {
        .init(
            document: ObjectDetections(
                model: "yolox", sampling: sampling(), threshold: 0.3,
                pictures: sightings.map { start, end, labels in
                    .init(
                        frame: frame(start, end),
                        objects: labels.map {
                            .init(
                                label: $0, classId: 0, confidence: 0.7,
                                box: BoundingBox(x: 0, y: 0, width: 0.5, height: 0.5))
                        })
                },
                tracks: tracks.enumerated().map {
                    .init(trackId: $0, label: $1.2, startMs: $1.0, endMs: $1.1, detections: 3, confidence: 0.9)
                }))
    }

    static func faces(
        tracks: [(Int64, Int64)], kind: FaceDetections.ClusterKind = .track, pictures: [FaceDetections.Picture] = [],
        analyzed: Int = 100
    ) -> FusionInputs.Delivered<FaceDetections> {
        .init(
            document: FaceDetections(
                model: "rfb", identityModel: kind == .identity ? "sface" : nil, sampling: sampling(pictures: analyzed),
                threshold: 0.7, pictures: pictures,
                clusters: tracks.enumerated().map {
                    .init(
                        clusterId: $0, kind: kind, startMs: $1.0, endMs: $1.1, detections: 4, confidence: 0.95)
                }))
    }

    static func ocr(
        _ lines: [(Int64, Int64, String)], confidence: Double = 0.9
    ) -> FusionInputs.Delivered<OnScreenText> {
        .init(
            document: OnScreenText(
                model: "pp-ocr", languages: ["en"], sampling: sampling(),
                spans: lines.enumerated().map {
                    .init(
                        index: $0, text: $1.2, startMs: $1.0, endMs: $1.1, frame: frame($1.0, $1.0 + 40),
                        confidence: confidence, polygon: [], box: BoundingBox(x: 0, y: 0, width: 1, height: 0.1),
                        pictures: 2)
                }))
    }

    static func places(_ pictures: [(Int64, Int64, String)]) -> FusionInputs.Delivered<PlaceList> {
        .init(
            document: PlaceList(
                model: "places", sampling: sampling(),
                pictures: pictures.map {
                    .init(frame: frame($0.0, $0.1), label: $0.2, confidence: 0.6, alternatives: [])
                }))
    }

    static func sounds(_ events: [(Int64, Int64, String)]) -> FusionInputs.Delivered<AudioEventList> {
        .init(
            document: AudioEventList(
                model: "yamnet",
                events: events.map { .init(label: $0.2, startMs: $0.0, endMs: $0.1, confidence: 0.5) },
                durationMs: events.map(\.1).max() ?? 0))
    }

    static func markers(_ list: [(TemporalMarkers.Kind, Int64, Int64, String)])
        -> FusionInputs.Delivered<TemporalMarkers>
    {
        .init(
            document: TemporalMarkers(
                markers: list.map {
                    .init(
                        kind: $0.0, label: $0.3, startMs: $0.1, endMs: $0.2, confidence: 1, provider: "local",
                        version: "1")
                }, kinds: TemporalMarkers.Kind.allCases))
    }

    static func subtitles(_ tracks: [[(Int64, Int64, String)]]) -> FusionInputs.Delivered<SubtitleTracks> {
        .init(
            document: SubtitleTracks(
                tracks: tracks.enumerated().map {
                    .init(
                        streamIndex: $0 + 2, codec: "subrip", language: "en", title: nil, files: [],
                        cues: $1.map { .init(startMs: $0.0, endMs: $0.1, text: $0.2) }, isBitmap: false)
                }))
    }

    static func keyframes(_ images: [(Int64, Double)]) -> FusionInputs.Delivered<ImageSequence> {
        .init(
            document: ImageSequence(
                images: images.enumerated().map {
                    .init(
                        file: "frame_\($0).jpg", startMs: $1.0, endMs: $1.0 + 1000, pts: $1.0, timeBase: "1/1000",
                        frameNumber: nil, width: 16, height: 9, sharpness: $1.1)
                }))
    }

    /// Any mixture of results over `duration` milliseconds, with about `count` events of each kind; odd spans included.
    static func random(_ generator: inout SeededGenerator, count: Int, duration: Int64) -> FusionInputs {
        let vocabulary = [
            "the dog sits on a couch", "two cars in the kitchen", "", "welcome to Acme Machine Learning", "people walk",
            "42", "un chien", "a bike by the ocean", "machine learning for everybody",
        ]
        let lines = ["Jane Doe", "ACME MACHINE LEARNING", "www.example.com", "Machine Learning", "12:30", "The End"]
        let classes = ["dog", "couch", "person", "car", "bicycle"]
        let kinds = ["kitchen", "living_room", "ocean"]
        func spans(_ longest: Int64) -> [(Int64, Int64)] {
            let number = Int.random(in: 0...count, using: &generator)
            return (0..<number).map { _ in
                let start = Int64.random(in: -100...duration, using: &generator)
                // One in eight is an instant, one in thirty ends before it starts.
                let length = Int64.random(in: -longest / 30...longest, using: &generator)
                return (start, Int.random(in: 0..<8, using: &generator) == 0 ? start : start + length)
            }.sorted { $0 < $1 }
        }
        func labelled(_ longest: Int64, _ names: [String]) -> [(Int64, Int64, String)] {
            spans(longest).map { ($0.0, $0.1, names.randomElement(using: &generator) ?? "") }
        }
        var inputs = FusionInputs()
        func isIn() -> Bool { Int.random(in: 0..<4, using: &generator) > 0 }
        if isIn() { inputs.transcription = transcript(labelled(6000, vocabulary)) }
        if isIn() { inputs.diarization = diarization(labelled(5000, ["SPEAKER_00", "SPEAKER_01", "SPEAKER_02"])) }
        if isIn() { inputs.scenes = scenes(spans(10_000)) }
        if isIn() {
            inputs.objects = objects(
                tracks: labelled(8000, classes), sightings: labelled(40, classes).map { ($0.0, $0.1, [$0.2, "dog"]) })
        }
        if isIn() { inputs.faces = faces(tracks: spans(8000)) }
        if isIn() { inputs.ocr = ocr(labelled(9000, lines)) }
        if isIn() { inputs.places = places(labelled(40, kinds)) }
        if isIn() { inputs.audioEvents = sounds(labelled(2000, ["Music", "Applause"])) }
        if isIn() {
            inputs.markers = markers(
                spans(3000).map {
                    (TemporalMarkers.Kind.allCases.randomElement(using: &generator) ?? .technicalCue, $0, $1, "x")
                })
        }
        if isIn() { inputs.subtitles = subtitles([labelled(4000, vocabulary), labelled(4000, vocabulary)]) }
        if isIn() { inputs.keyframes = keyframes(spans(1).map { ($0.0, Double($0.1 % 100)) }) }
        return inputs
    }
}
