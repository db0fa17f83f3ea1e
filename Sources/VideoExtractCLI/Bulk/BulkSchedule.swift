import Foundation

/// Which files are waiting, in work, suspected or done. A pure state machine: it says what to do next, the supervisor
/// does it.
///
/// When the worker process dies, every file it had in hand is a suspect. Suspects run alone, one after the other; the
/// one that brings the process down again while alone is the culprit and is given up, the others finish normally.
struct BulkSchedule {
    private(set) var waiting: [Int]
    private(set) var inWork: [Int: ContinuousClock.Instant] = [:]
    private(set) var suspects: [Int] = []
    private let width: Int

    init(jobs: [Int], width: Int) {
        waiting = jobs.reversed()
        self.width = max(1, width)
    }

    var isFinished: Bool { waiting.isEmpty && inWork.isEmpty && suspects.isEmpty }

    /// The next file to hand to the worker; nil where it has enough.
    mutating func next(now: ContinuousClock.Instant) -> Int? {
        if !suspects.isEmpty {
            guard inWork.isEmpty else { return nil }
            let job = suspects.removeFirst()
            inWork[job] = now
            return job
        }
        guard inWork.count < width, let job = waiting.popLast() else { return nil }
        inWork[job] = now
        return job
    }

    /// The worker began with a file.
    mutating func started(_ job: Int, now: ContinuousClock.Instant) { if inWork[job] != nil { inWork[job] = now } }

    /// A file ended.
    mutating func finished(_ job: Int) { inWork[job] = nil }

    /// The worker died. Returns the file to give up, if it is certain which one it was.
    mutating func workerDied() -> Int? {
        let jobs = inWork.keys.sorted()
        inWork = [:]
        if jobs.count == 1 { return jobs[0] }
        suspects += jobs
        return nil
    }

    /// Files that have been in work for longer than `limit`.
    func overdue(limit: Duration, now: ContinuousClock.Instant) -> [Int] {
        inWork.filter { now - $0.value > limit }.keys.sorted()
    }

    /// Gives up `jobs`; what else was in work waits again. For the moment in which the worker is ended on purpose.
    mutating func abandon(_ jobs: [Int]) {
        let others = inWork.keys.filter { !jobs.contains($0) }.sorted()
        inWork = [:]
        waiting += others.reversed()
    }
}
