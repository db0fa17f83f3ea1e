import MediaValues
import PluginKit
import Testing

@testable import BuiltInPlugins

struct ObjectTrackerTests {
    private func thing(_ x: Float, _ y: Float = 50, confidence: Float = 0.8, classIndex: Int = 0) -> Detection {
        Detection(
            box: PixelBox(centreX: x, centreY: y, width: 20, height: 40), confidence: confidence, classIndex: classIndex
        )
    }

    /// Two things that go through each other keep their tracks: only their velocities tell them apart.
    @Test func crossingThingsKeepTheirTracks() {
        var tracker = ObjectTracker()
        var keys: [[Int?]] = []
        for step in 0...20 {
            let x = Float(step) * 8
            keys.append(
                tracker.assign(
                    [thing(20 + x), thing(180 - x, 54)], threshold: 0.3, time: Double(step) * 0.2, isCut: false))
        }
        #expect(keys.allSatisfy { $0 == [0, 1] }, "\(keys)")
    }

    @Test func fastThingsAreFoundWhereTheyAreExpected() {
        // 16 of 20 pixels from picture to picture: an overlap of 0.11 with the last place.
        var tracker = ObjectTracker()
        var owners: [Int?] = []
        for (step, x) in [Float(0), 8, 20, 36, 52, 68, 84].enumerated() {
            owners += tracker.assign([thing(x)], threshold: 0.3, time: Double(step) * 0.2, isCut: false)
        }
        #expect(owners == [0, 0, 0, 0, 0, 0, 0])
    }

    @Test func gapsUpToASecondAreBridged() {
        var tracker = ObjectTracker()
        func see(_ time: Double) -> Int? { tracker.assign([thing(50)], threshold: 0.3, time: time, isCut: false)[0] }
        #expect([see(0), see(0.2), see(1.2), see(2.3)] == [0, 0, 0, 1])
    }

    @Test func cutsEndEverything() {
        var tracker = ObjectTracker()
        let first = tracker.assign([thing(50)], threshold: 0.3, time: 0, isCut: false)
        let second = tracker.assign([thing(50)], threshold: 0.3, time: 0.2, isCut: true)
        #expect(first == [0] && second == [1])
    }

    @Test func doubtfulOnesContinueButNeverBegin() {
        var tracker = ObjectTracker()
        func see(_ confidence: Float, _ time: Double) -> Int? {
            tracker.assign([thing(50, confidence: confidence)], threshold: 0.3, time: time, isCut: false)[0]
        }
        #expect(see(0.35, 0) == nil)
        #expect(see(0.8, 0.2) == 0)
        #expect(see(0.15, 0.4) == 0)
        #expect(see(0.05, 0.6) == nil)
        // Not seen in the picture before: a doubtful one is no longer enough, a sure one is.
        #expect(see(0.35, 0.8) == nil)
        #expect(see(0.5, 1.0) == 0)
    }

    @Test func classesDoNotMix() {
        var tracker = ObjectTracker()
        _ = tracker.assign([thing(50)], threshold: 0.3, time: 0, isCut: false)
        #expect(tracker.assign([thing(50, classIndex: 3)], threshold: 0.3, time: 0.2, isCut: false) == [1])
    }

    /// The second sighting gives the number; the document gives it to the first one as well, and to no single one.
    @Test func numbersAppearWithTheSecondSighting() throws {
        let frames = (0..<3).map { MadePicture.plain(width: 200, height: 100, milliseconds: Int64($0) * 200) }
        var record = ObjectRecord(labels: ObjectLabels(names: ["cat"]), threshold: 0.3, follows: true)
        let seen = [[thing(150), thing(50)], [thing(50)], [thing(52)]]
        var numbers: [[Int?]] = []
        for (frame, things) in zip(frames, seen) {
            let picture = record.add(things, histogram: ColourHistogram(frame), frame: frame)
            numbers.append(try #require(picture).objects.map(\.trackId))
        }
        #expect(numbers == [[nil, nil], [0], [0]])
        let sampling = PictureSamplingRecord(source: "frames", fps: 5, picturesAnalyzed: 3, duplicatesSkipped: 0)
        let document = record.document(model: "made", sampling: sampling)
        #expect(document.pictures.map { $0.objects.map(\.trackId) } == [[nil, 0], [0], [0]])
        #expect(
            document.tracks == [
                .init(trackId: 0, label: "cat", startMs: 0, endMs: 440, detections: 3, confidence: 0.8)
            ])
    }
}
