import Testing

struct DiarizationScorerTests {
    private typealias Turn = DiarizationScorer.Turn

    private let reference = [
        Turn(start: 1, end: 4, speaker: "A"), Turn(start: 4, end: 6, speaker: "B"),
        Turn(start: 5, end: 8, speaker: "A"),
    ]

    private func score(
        _ found: [DiarizationScorer.Turn], collar: Double = 0, excludesOverlap: Bool = false
    ) -> DiarizationScorer.Score {
        DiarizationScorer(collar: collar, excludesOverlap: excludesOverlap)
            .score(found, reference: reference, duration: 10)
    }

    @Test func theReferenceIsWithoutError() {
        let found = reference.map { Turn(start: $0.start, end: $0.end, speaker: $0.speaker == "A" ? "x" : "y") }
        #expect(score(found).errorRate == 0)
        #expect(score(found).total == 8)
        #expect(score(found, excludesOverlap: true).total == 6)
        #expect(abs(score(found, collar: 0.25).total - 5.5) < 1e-9)
    }

    @Test func nothingIsAllMissed() {
        #expect(score([]).missed == 8)
        #expect(score([]).errorRate == 100)
    }

    @Test func oneVoiceForAllConfusesTheOther() {
        let all = score([Turn(start: 0, end: 10, speaker: "x")])
        #expect(all.falseAlarm == 3)
        #expect(all.missed == 1)
        // The second at which both speak is paired with the mapped one.
        #expect(all.confused == 1)
    }

    @Test func mappingIsTheBestOne() {
        let found = [
            Turn(start: 1, end: 4, speaker: "p"), Turn(start: 4, end: 6, speaker: "p"),
            Turn(start: 6, end: 8, speaker: "q"),
        ]
        // p as A and q as nobody: 2 s of B and 2 s of q are confused, but for the overlap.
        #expect(abs(score(found).confused - 3) < 1e-9)
    }

    @Test func rttmIsRead() {
        let text =
            "SPEAKER a 1 0.5 1.25 <NA> <NA> S1 <NA> <NA>\nSPEAKER b 1 0 1 <NA> <NA> S2 <NA> <NA>\nSPKR-INFO a 1\n"
        let turns = DiarizationScorer.turns(rttm: text, file: "a")
        #expect(turns.map(\.speaker) == ["S1"])
        #expect(turns.first?.end == 1.75)
    }
}
