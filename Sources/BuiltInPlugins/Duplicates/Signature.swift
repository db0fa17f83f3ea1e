import PluginKit

/// The hashes of a fingerprint as numbers, for comparing.
struct Signature: Sendable {
    let video: [UInt64]
    let videoStepMs: Int64
    let audio: [UInt32]
    let audioStepMs: Int64
    let durationMs: Int64
    /// Positions whose picture tells something and is not the one before again.
    let changes: [Int]
    /// Pictures and words that tell something.
    let informativePictures: Int
    let informativeWords: Int

    /// Bits in which two pictures of the same moment may differ.
    static let alikeBits = 12

    /// - Throws: `PluginError` (`invalidConfiguration`) for hashes that are not hexadecimal, and steps below 1.
    init(_ fingerprint: MediaFingerprint, name: String) throws {
        func numbers<Number: FixedWidthInteger>(_ texts: [String]) throws -> [Number] {
            try texts.map { text in
                guard let number = Number(text, radix: 16) else {
                    throw PluginError(
                        .invalidConfiguration,
                        "the fingerprint of \(name) is damaged: '\(text.prefix(20))' is no hexadecimal number; make it anew"
                    )
                }
                return number
            }
        }
        guard fingerprint.videoStepMs > 0, fingerprint.audioStepMs > 0 else {
            throw PluginError(.invalidConfiguration, "the fingerprint of \(name) is damaged: a step is not positive")
        }
        video = try numbers(fingerprint.video)
        audio = try numbers(fingerprint.audio)
        videoStepMs = fingerprint.videoStepMs
        audioStepMs = fingerprint.audioStepMs
        durationMs = fingerprint.durationMs
        var changes: [Int] = []
        var last: UInt64?
        for (position, hash) in video.enumerated() where hash != 0 {
            if let last, (last ^ hash).nonzeroBitCount <= Self.alikeBits { continue }
            last = hash
            changes.append(position)
        }
        self.changes = changes
        informativePictures = video.reduce(0) { $0 + ($1 == 0 ? 0 : 1) }
        informativeWords = audio.reduce(0) { $0 + ($1 == 0 ? 0 : 1) }
    }

    /// Whether the picture changes often enough to tell films apart.
    var hasMovingPicture: Bool { changes.count >= 4 }
    /// Whether there are at least two seconds of telling sound.
    var hasSound: Bool { Int64(informativeWords) * audioStepMs >= 2000 }
}
