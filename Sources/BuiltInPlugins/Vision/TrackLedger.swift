import PluginKit

/// Keeps account of what was followed, and gives out numbers.
///
/// A track gets its number with its second sighting; what was seen only once never gets one. So a number that was given
/// out stays, and the record of the first picture is completed at the end.
struct TrackLedger {
    /// One track.
    struct Track {
        /// From 0 in the order of the second sightings; nil before that.
        var number: Int?
        var classIndex: Int
        var startMs: Int64
        var endMs: Int64
        var sightings: Int
        var confidence: Double
        /// Where the record of the first sighting is.
        let first: Place
    }

    /// A record: which picture of the document, and which of its entries.
    struct Place {
        var picture: Int
        var entry: Int
    }

    private var tracks: [Int: Track] = [:]
    private(set) var confirmedCount = 0

    /// Adds a sighting of the track that the tracker calls `key`.
    ///
    /// - Returns: the track's number, once it has one.
    mutating func add(
        _ key: Int, classIndex: Int = 0, confidence: Double, frame: FrameReference, place: Place
    ) -> Int? {
        guard var track = tracks[key] else {
            tracks[key] = Track(
                number: nil, classIndex: classIndex, startMs: frame.startMs, endMs: frame.endMs, sightings: 1,
                confidence: confidence, first: place)
            return nil
        }
        track.endMs = max(track.endMs, frame.endMs)
        track.sightings += 1
        track.confidence = max(track.confidence, confidence)
        if track.number == nil {
            track.number = confirmedCount
            confirmedCount += 1
        }
        tracks[key] = track
        return track.number
    }

    /// The tracks that have a number, by their start, then by number.
    var confirmed: [(number: Int, track: Track)] {
        tracks.values.compactMap { track in track.number.map { ($0, track) } }
            .sorted { ($0.1.startMs, $0.0) < ($1.1.startMs, $1.0) }
    }
}
