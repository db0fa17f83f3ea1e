import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins
@testable import Inference

struct SpeakerTurnsTests {
    private func turns(
        _ segments: [(start: Double, end: Double)], frameCount: Int, voices: Int, _ voice: (Int) -> Int
    ) -> [SpeakerTurns.Turn] {
        let windows = SpeakerWindows(segments: segments, frameCount: frameCount)
        let products = windows.starts.flatMap { start in
            (0..<voices).map { $0 == voice(start + SpeakerWindows.length / 2) ? Float(0.9) : 0.5 }
        }
        return SpeakerTurns.turns(windows: windows, products: products, voices: voices)
    }

    @Test func changeOfVoiceIsFoundWhereItHappens() {
        let found = turns([(1, 11)], frameCount: 1200, voices: 2) { $0 < 600 ? 1 : 0 }
        #expect(found.map(\.voice) == [1, 0])
        #expect(found.first?.start == 1)
        #expect(found.last?.end == 11)
        #expect(abs((found.first?.end ?? 0) - 6) <= 0.1)
        #expect(found.first?.end == found.last?.start)
        #expect(found.allSatisfy { (0.2...0.4).contains($0.margin ?? 0) })
    }

    @Test func pausesAreNotSpoken() {
        let found = turns([(1, 2), (4, 8)], frameCount: 1000, voices: 1) { _ in 0 }
        #expect(found.map(\.start) == [1, 4])
        #expect(found.map(\.end) == [2, 8])
        #expect(found.allSatisfy { $0.margin == nil })
        #expect(turns([], frameCount: 1000, voices: 2) { _ in 0 }.isEmpty)
    }

    /// For any stretches and voices, turns cover the stretches exactly, in order.
    @Test func turnsCoverTheSpeechForAnyVoices() {
        SeededGenerator.withSeeds(50) { generator in
            var segments: [(start: Double, end: Double)] = []
            var time = 0.0
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let start = time + Double.random(in: 0.8...3, using: &generator)
                time = start + Double.random(in: 0.25...6, using: &generator)
                segments.append((start, time))
            }
            let voices = Int.random(in: 1...4, using: &generator)
            let windows = SpeakerWindows(segments: segments, frameCount: Int(time * 100) + 1)
            let products = windows.starts.flatMap { _ in
                (0..<voices).map { _ in Float.random(in: -1...1, using: &generator) }
            }
            let found = SpeakerTurns.turns(windows: windows, products: products, voices: voices)
            for (left, right) in zip(found, found.dropFirst()) {
                #expect(left.start < left.end && left.end <= right.start + 1e-9, "\(generator)")
                #expect(left.end < right.start - 0.5 || left.voice != right.voice, "\(generator)")
            }
            let covered = found.reduce(0) { $0 + $1.end - $1.start }
            let spoken = windows.stretches.reduce(0) { $0 + $1.end - $1.start }
            #expect(abs(covered - spoken) < 0.011 * Double(segments.count), "\(generator)")
        }
    }

    @Test func voicesAreNamedInOrderOfAppearance() {
        let found = SpeakerTurns.segments([
            .init(start: 0.5, end: 1.25, voice: 3, margin: 0.1), .init(start: 1.25, end: 2, voice: 0, margin: 0.5),
            .init(start: 3, end: 4, voice: 3, margin: nil),
        ])
        #expect(found.map(\.speaker) == ["SPEAKER_00", "SPEAKER_01", "SPEAKER_00"])
        #expect(found.map(\.confidence) == [0.918, 1, nil])
        #expect(found.map(\.startMs) == [500, 1250, 3000])
        #expect(SpeakerTurns.speakerName(12) == "SPEAKER_12")
    }

    @Test func rttmHasTenFields() {
        let text = RTTM.text(
            [
                .init(startMs: 40, endMs: 1290, speaker: "SPEAKER_00", confidence: 0.5),
                .init(startMs: 3_600_007, endMs: 3_601_000, speaker: "SPEAKER_01"),
            ], file: "my talk")
        #expect(
            text == """
                SPEAKER my_talk 1 0.040 1.250 <NA> <NA> SPEAKER_00 0.500 <NA>
                SPEAKER my_talk 1 3600.007 0.993 <NA> <NA> SPEAKER_01 <NA> <NA>

                """)
        #expect(RTTM.text([], file: "x").isEmpty)
        #expect(RTTM.text([.init(startMs: 0, endMs: 1, speaker: "A")], file: " ").hasPrefix("SPEAKER audio 1 "))
    }

    @Test func transcriptSegmentsGetWhoSpeaksLongest() {
        let turns = [
            Diarization.Segment(startMs: 0, endMs: 4000, speaker: "A"),
            Diarization.Segment(startMs: 4000, endMs: 5000, speaker: "B"),
            Diarization.Segment(startMs: 5000, endMs: 5500, speaker: "A"),
            Diarization.Segment(startMs: 7000, endMs: 9000, speaker: "B"),
        ]
        func segment(_ index: Int, _ start: Int64, _ end: Int64) -> Transcript.Segment {
            .init(index: index, startMs: start, endMs: end, text: "text \(index)")
        }
        let transcript = Transcript(
            model: "m", language: nil,
            segments: [
                segment(0, 0, 1000), segment(1, 3500, 5500), segment(2, 3000, 5000), segment(3, 5600, 6900),
                segment(4, 8900, 9900),
            ], durationMs: 10_000)
        let spoken = TranscriptSpeakers.assign(transcript, turns: turns)
        #expect(spoken.map(\.speaker) == ["A", "A", "A", nil, "B"])
        #expect(spoken.map(\.text) == transcript.segments.map(\.text))
        #expect(spoken.map(\.segmentIndex) == [0, 1, 2, 3, 4])
        #expect(TranscriptSpeakers.assign(transcript, turns: []).allSatisfy { $0.speaker == nil })
    }

    @Test func anAllowedNumberOfVoicesIsAskedForWhereTheEstimateIsOutside() throws {
        func run(_ bounds: SpeakerClustering.Bounds, found: Int) throws -> [Int?] {
            var asked: [Int?] = []
            _ = try LibraryDiarization.turns(bounds: bounds) { speakers in
                if case .exactly(let count) = speakers { asked.append(count) } else { asked.append(nil) }
                return (0..<found).map {
                    SpeakerTurn(start: Double($0), end: Double($0 + 1), speaker: $0, confidence: nil)
                }
            }
            return asked
        }
        #expect(try run(.init(exact: 4), found: 2) == [4])
        #expect(try run(.init(), found: 2) == [nil])
        #expect(try run(.init(maximum: 2), found: 5) == [nil, 2])
        #expect(try run(.init(minimum: 3), found: 2) == [nil, 3])
        #expect(try run(.init(minimum: 3), found: 0) == [nil])
    }
}
