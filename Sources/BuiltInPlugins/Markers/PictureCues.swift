import MediaValues
import PluginKit

/// Finds black, frozen pictures and colour bars, from pictures in order. A pure value: the same pictures give the same
/// cues.
///
/// A picture is black, or bars, or possibly part of a freeze: black and bars stand still by nature, so they are no
/// freeze.
struct PictureCues: Sendable {
    private let settings: MarkerSettings
    private var black: HeldCondition
    private var bars: HeldCondition
    private var freeze: FreezeDetector

    /// Mean luma, as a share of the range, from which a picture is not black however many of its samples are: it keeps
    /// night scenes out.
    static let brightestBlack = 0.04

    init(settings: MarkerSettings) {
        self.settings = settings
        black = HeldCondition(leastMs: settings.blackMs)
        bars = HeldCondition(leastMs: settings.barsMs)
        freeze = FreezeDetector(noise: settings.freezeNoise, leastMs: settings.freezeMs)
    }

    /// Takes the next picture.
    ///
    /// - Returns: the cues that it ends.
    mutating func add(_ picture: PictureMeasure) -> [TemporalMarkers.Marker] {
        let darkness =
            picture.luma.isEmpty || picture.meanLuma > Self.brightestBlack
                || picture.darkShare(upTo: settings.blackPixel) < settings.blackPicture
            ? nil : 1 - picture.meanLuma / Self.brightestBlack
        let fit = darkness == nil ? ColorBars.match(picture.columns) : nil
        let isCandidate = darkness == nil && fit == nil
        return marks([
            ("black", black.add(darkness, start: picture.start, end: picture.end)),
            ("color_bars", bars.add(fit, start: picture.start, end: picture.end)),
            ("freeze", freeze.add(isCandidate ? picture : nil, at: picture.start)),
        ])
    }

    /// Ends the stream.
    mutating func finish() -> [TemporalMarkers.Marker] {
        marks([("black", black.finish()), ("color_bars", bars.finish()), ("freeze", freeze.finish())])
    }

    private func marks(_ spans: [(String, HeldCondition.Span?)]) -> [TemporalMarkers.Marker] {
        spans.compactMap { label, span in
            span.map {
                settings.marker(
                    .technicalCue, label: label, start: $0.start, end: $0.end, confidence: 0.5 + 0.5 * $0.margin)
            }
        }
    }
}

/// Finds stretches whose pictures are all like their first one.
struct FreezeDetector: Sendable {
    /// Largest difference of any sample, as a share of the range: something small that moves is no freeze.
    static let largestChange = 0.04

    private let noise: Double
    private var held: HeldCondition
    private var reference: PictureMeasure?

    init(noise: Double, leastMs: Int64) {
        self.noise = noise
        held = HeldCondition(leastMs: leastMs)
    }

    /// Takes the next picture; nil for one that cannot be part of a freeze, which begins at `time`.
    mutating func add(_ picture: PictureMeasure?, at time: Int64) -> HeldCondition.Span? {
        guard let picture else {
            reference = nil
            return held.add(nil, start: time, end: time)
        }
        if let reference, let difference = picture.difference(from: reference), difference.mean <= noise,
            difference.largest <= Self.largestChange
        {
            let margin = noise > 0 ? 1 - difference.mean / noise : 1
            return held.add(margin, start: picture.start, end: picture.end)
        }
        let ended = held.add(nil, start: picture.start, end: picture.start)
        reference = picture
        _ = held.add(1, start: picture.start, end: picture.end)
        return ended
    }

    /// Ends the stream. A picture alone at its end, like the cover of a sound file, is no freeze.
    mutating func finish() -> HeldCondition.Span? { held.moments > 1 ? held.finish() : nil }
}
