import Foundation
import MediaValues
import PluginKit

/// Finds silence: windows of 20 ms whose RMS level is below a threshold. A pure value.
struct SilenceDetector: Sendable {
    private static let windowMs = 20
    /// Decibels below the threshold at which the confidence is full.
    private static let fullMargin = 20.0

    private let settings: MarkerSettings
    private var held: HeldCondition
    private var squares = 0.0
    private var filled = 0
    /// Samples per channel so far.
    private var position: Int64 = 0
    private var rate = 16_000
    private var origin: Int64?

    init(settings: MarkerSettings) {
        self.settings = settings
        held = HeldCondition(leastMs: settings.silenceMs)
    }

    /// Takes the next samples.
    ///
    /// - Returns: the cues that they end.
    mutating func add(_ buffer: AudioBuffer) -> [TemporalMarkers.Marker] {
        if origin == nil {
            origin = buffer.start.milliseconds
            rate = max(1, buffer.sampleRate)
        }
        let size = max(1, rate * Self.windowMs / 1000)
        let channels = buffer.channels
        var found: [TemporalMarkers.Marker] = []
        buffer.samples.withUnsafeBufferPointer { samples in
            var index = 0
            while index + channels <= samples.count {
                // As many frames as the window lacks.
                let frames = min(size - filled, (samples.count - index) / channels)
                var sum: Float = 0
                for sample in samples[index..<(index + frames * channels)] { sum += sample * sample }
                squares += Double(sum) / Double(channels)
                filled += frames
                index += frames * channels
                if filled == size, let marker = closeWindow() { found.append(marker) }
            }
        }
        return found
    }

    /// Ends the stream.
    mutating func finish() -> [TemporalMarkers.Marker] {
        let last = filled > 0 ? closeWindow() : nil
        return [last, held.finish().map(mark)].compactMap { $0 }
    }

    private mutating func closeWindow() -> TemporalMarkers.Marker? {
        let mean = squares / Double(filled)
        // Digital silence is taken as -200 dBFS.
        let level = mean.isFinite && mean > 1e-20 ? 10 * log10(mean) : mean.isFinite ? -200 : 0
        let start = milliseconds(at: position)
        position += Int64(filled)
        squares = 0
        filled = 0
        let margin = level < settings.silenceLevel ? (settings.silenceLevel - level) / Self.fullMargin : nil
        return held.add(margin, start: start, end: milliseconds(at: position)).map(mark)
    }

    private func milliseconds(at position: Int64) -> Int64 {
        (origin ?? 0) + MediaTime(ticks: position, timeBase: .samples(perSecond: rate)).milliseconds
    }

    private func mark(_ span: HeldCondition.Span) -> TemporalMarkers.Marker {
        settings.marker(
            .technicalCue, label: "silence", start: span.start, end: span.end, confidence: 0.5 + 0.5 * span.margin)
    }
}
