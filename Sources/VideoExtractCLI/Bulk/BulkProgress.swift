import Foundation
import MediaValues

/// The progress bar of a bulk run: files, rate, time left.
struct BulkProgress {
    private let total: Int
    private let isShown: Bool
    private let start = ContinuousClock.now
    private var done = 0
    private var failed = 0
    private var lastDrawn: ContinuousClock.Instant?

    init(total: Int, isShown: Bool) {
        self.total = total
        self.isShown = isShown
    }

    /// Counts a file and redraws, at most ten times a second.
    mutating func count(isFailure: Bool) {
        done += 1
        if isFailure { failed += 1 }
        let now = ContinuousClock.now
        if let lastDrawn, now - lastDrawn < .milliseconds(100), done < total { return }
        lastDrawn = now
        draw(now)
    }

    /// Clears the line so that something else can be said.
    func clear() { if isShown { Console.status("\r\u{1B}[2K") } }

    private func draw(_ now: ContinuousClock.Instant) {
        guard isShown else { return }
        let width = 24
        let filled = total > 0 ? done * width / total : width
        let seconds = (now - start).milliseconds / 1000
        let rate = seconds > 0 ? Double(done) / seconds : 0
        let left = rate > 0 ? Double(total - done) / rate : 0
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        let failures = failed > 0 ? "  \(failed) failed" : ""
        Console.status(
            "\r\u{1B}[2K\(bar) \(done)/\(total)  \(Amounts.fixed(rate, 1)) files/s  ETA \(Amounts.estimate(seconds: left))\(failures)"
        )
    }
}
