import MediaValues
import PluginKit
import Testing

@testable import BuiltInPlugins

struct ResultMarkersTests {
    private let markers = ResultMarkers(settings: MarkerSettings(version: "1"))

    private func scene(_ index: Int, _ start: Int64, _ transition: SceneList.Transition, _ score: Double)
        -> SceneList.Scene
    {
        .init(
            sceneIndex: index, startMs: start, endMs: start + 1000, pts: start, timeBase: "1/1000", frameNumber: nil,
            transition: transition, score: score)
    }

    @Test func boundariesBecomeShotsAndStrongOnesScenes() {
        let list = SceneList(
            method: "content", threshold: 12,
            scenes: [
                scene(0, 0, .start, 0), scene(1, 1000, .cut, 12), scene(2, 2000, .cut, 18), scene(3, 3000, .cut, 50),
                scene(4, 4000, .fade, 5),
            ], framesAnalyzed: 125)
        let found = markers.markers(of: list)
        let shots = found.filter { $0.kind == .shotBoundary }
        let scenes = found.filter { $0.kind == .sceneChange }
        #expect(shots.map(\.startMs) == [1000, 2000, 3000, 4000])
        #expect(shots.map(\.label) == ["cut", "cut", "cut", "fade"])
        #expect(shots.map(\.confidence) == [0.5, 0.75, 1, 0.5])
        #expect(scenes.map(\.startMs) == [2000, 3000, 4000])
        #expect(scenes.map(\.confidence) == [0.5, 1, 0.5])
        #expect(found.allSatisfy { $0.startMs == $0.endMs })
        let only = ResultMarkers(settings: MarkerSettings(kinds: [.sceneChange], version: "1"))
        #expect(only.markers(of: list) == scenes)
    }

    @Test func anotherVoiceIsAChange() {
        let found = markers.markers(
            of: Diarization(
                model: "m", method: "x", isSpeakerCountEstimated: true,
                segments: [
                    .init(startMs: 0, endMs: 900, speaker: "A", confidence: 0.9),
                    .init(startMs: 1000, endMs: 1900, speaker: "A", confidence: 0.9),
                    .init(startMs: 2000, endMs: 2900, speaker: "B", confidence: 0.7),
                    .init(startMs: 3000, endMs: 3900, speaker: "A"),
                ], durationMs: 4000))
        #expect(found.map(\.startMs) == [2000, 3000])
        #expect(found.map(\.label) == ["B", "A"])
        #expect(found.map(\.confidence) == [0.7, 0.7])
    }

    private func objects(
        _ labels: [[String]], fps: Double?, tracks: [ObjectDetections.Track] = [], step: Int64 = 500
    ) -> ObjectDetections {
        let pictures = labels.enumerated().compactMap { index, labels -> ObjectDetections.Picture? in
            guard !labels.isEmpty else { return nil }
            return .init(
                frame: FrameReference(
                    startMs: Int64(index) * step, endMs: Int64(index) * step + 40, pts: 0, timeBase: "1/1000",
                    frameNumber: nil),
                objects: labels.map {
                    .init(label: $0, classId: 0, confidence: 0.8, box: BoundingBox(x: 0, y: 0, width: 1, height: 1))
                })
        }
        return ObjectDetections(
            model: "m",
            sampling: .init(
                source: fps == nil ? "keyframes" : "frames", fps: fps, picturesAnalyzed: labels.count,
                duplicatesSkipped: 0), threshold: 0.3, pictures: pictures, tracks: tracks)
    }

    @Test func aClassAppearsFirstAndAfterAnAbsence() {
        // Missing in one picture, then in two: only the latter is gone.
        let labels = [["dog"], ["cat", "dog"], ["cat"], ["dog"], [], [], ["cat"], ["dog"]]
        let found = markers.markers(of: objects(labels, fps: 2))
        #expect(found.map(\.label) == ["dog", "cat", "cat", "dog"])
        #expect(found.map(\.startMs) == [0, 500, 3000, 3500])
    }

    /// Between keyframes nobody knows for how long nothing was seen: only pictures of the list count.
    @Test func keyframesCountByPicture() {
        #expect(markers.markers(of: objects([["dog"], [], [], [], ["dog"]], fps: nil)).count == 1)
        #expect(markers.markers(of: objects([["dog"], ["cat"], ["cat"], ["dog"]], fps: nil)).count == 3)
    }

    @Test func tracksThatTakeUpOthersAreNoAppearances() {
        func track(_ id: Int, _ label: String, _ start: Int64, _ end: Int64) -> ObjectDetections.Track {
            .init(trackId: id, label: label, startMs: start, endMs: end, detections: 2, confidence: 0.6)
        }
        let found = markers.markers(
            of: objects(
                [["x"]], fps: 2,
                tracks: [
                    track(0, "dog", 0, 2000), track(1, "dog", 500, 2000),
                    // After a cut: the same two dogs, and a third.
                    track(2, "dog", 2040, 4000), track(3, "dog", 2040, 4000), track(4, "dog", 2040, 4000),
                    // Gone for longer than two pictures.
                    track(5, "dog", 6000, 7000), track(6, "cat", 6000, 7000),
                ]))
        #expect(found.map(\.startMs) == [0, 500, 2040, 6000, 6000])
        #expect(found.map(\.label) == ["dog", "dog", "dog", "dog", "cat"])
    }
}
