import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct SpeakerWindowsTests {
    @Test func longStretchesAreCoveredToTheirEnd() {
        let windows = SpeakerWindows(segments: [(1.0, 3.13)], frameCount: 1000)
        #expect(windows.starts == [100, 120, 140, 153])
        #expect(windows.positions == [0, 1, 2, 3])
        #expect(windows.sampled(every: 2) == [0, 2])
    }

    @Test func shortStretchesGetOneWindowInTheirMiddle() {
        #expect(SpeakerWindows(segments: [(5.0, 6.0)], frameCount: 1000).starts == [470])
        #expect(SpeakerWindows(segments: [(0.1, 0.5)], frameCount: 1000).starts == [0])
        #expect(SpeakerWindows(segments: [(9.6, 10.2)], frameCount: 1000).starts == [840])
        // A recording shorter than a window is filled with silence.
        #expect(SpeakerWindows(segments: [(0, 0.5)], frameCount: 51).starts == [0])
        #expect(SpeakerWindows(segments: [(12, 13)], frameCount: 1000).starts.isEmpty)
    }

    @Test func melKeepsWhatIsAskedForAndLetsGoOfTheRest() {
        var mel = SpeakerMel()
        func frame(_ number: Int) -> [Float] { (0..<SpeakerMel.bands).map { Float(number * 100 + $0) } }
        for number in stride(from: 0, to: 1000, by: 5) { mel.append((number..<(number + 5)).flatMap(frame)) }
        mel.release(before: 820, except: [330..<350, 399..<401][...])
        #expect(mel.frameCount == 1000)
        #expect(mel.heldValues == 4 * 100 * SpeakerMel.bands)
        func values(_ first: Int, _ count: Int, gain: Float = 1) -> [Float] {
            [Float](unsafeUninitializedCapacity: count * SpeakerMel.bands) { buffer, filled in
                if let base = buffer.baseAddress { mel.copy(first: first, count: count, gain: gain, into: base) }
                filled = count * SpeakerMel.bands
            }
        }
        #expect(values(395, 10) == (395..<405).flatMap(frame))
        #expect(values(899, 2, gain: 2) == (899..<901).flatMap(frame).map { 2 * $0 })
        #expect(values(995, 160).prefix(200) == (995..<1000).flatMap(frame)[...])
        #expect(values(995, 160).dropFirst(200).allSatisfy { $0 == 0 })
        #expect(values(0, 100).allSatisfy { $0 == 0 })
    }

    @Test func levelIsThatOfTheSpeech() {
        var level = SpeechLevel(windowSize: 512)
        let loud = [Float](repeating: 0.1, count: 5120)
        let quiet = [Float](repeating: 0.001, count: 5120)
        for part in [quiet, loud, quiet, [.nan]] { part.withUnsafeBufferPointer { level.add($0) } }
        level.finish()
        #expect(level.decibels < -24)
        level.countSpeech(10..<20)
        #expect(abs(level.decibels + 20) < 1e-3)
        level.countSpeech(1000..<2000)
        #expect(abs(level.decibels + 20) < 1e-3)
        #expect(SpeechLevel(windowSize: 512).decibels == -180)
    }
}
