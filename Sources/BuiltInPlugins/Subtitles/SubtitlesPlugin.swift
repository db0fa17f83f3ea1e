import Foundation
import MediaDecoding
import MediaValues
public import PluginKit

/// `subtitles`: the text tracks that the file carries, as cues, SubRip and WebVTT.
public struct SubtitlesPlugin: Plugin {
    /// Read from `config/plugins/`.
    public let manifest: PluginManifest

    /// Creates the plugin.
    public init(manifest: PluginManifest) { self.manifest = manifest }

    /// Text only.
    public func mediaDemand(for operation: PluginKit.Operation) throws -> MediaDemand { MediaDemand(subtitles: true) }

    /// Sorts the cues by track and writes both formats for each track that has any.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        var cues: [Int: [SubtitleTracks.Cue]] = [:]
        if let feed = input.feed.subtitles {
            for try await cue in feed {
                cues[cue.stream, default: []].append(
                    SubtitleTracks.Cue(
                        startMs: cue.start.milliseconds, endMs: cue.end.milliseconds, text: cue.text))
            }
        }
        var tracks: [SubtitleTracks.Track] = []
        for stream in input.media.streams where stream.kind == "subtitle" {
            let codec = stream.codec ?? "unknown"
            var track = SubtitleTracks.Track(
                streamIndex: stream.index, codec: codec, language: stream.language, title: stream.title, files: [],
                cues: Self.completed(cues[stream.index] ?? []), isBitmap: !SubtitleCodecs.isText(codec))
            if !track.cues.isEmpty {
                // Named after the stream, so that the same track keeps its name whatever else the file holds.
                let name = "track_\(stream.index)"
                track.files = ["\(name).srt", "\(name).vtt"]
                let segments = track.cues.enumerated().map {
                    Transcript.Segment(index: $0, startMs: $1.startMs, endMs: $1.endMs, text: $1.text)
                }
                try context.files.write(Data(SubtitleText.srt(segments).utf8), to: "subtitles/\(name).srt")
                try context.files.write(Data(SubtitleText.vtt(segments).utf8), to: "subtitles/\(name).vtt")
            }
            tracks.append(track)
        }
        let count = tracks.reduce(0) { $0 + $1.cues.count }
        return try context.files.finish(
            document: SubtitleTracks(tracks: tracks), at: "subtitles/subtitles.json",
            outcome: count == 0 ? .empty(reason: Self.reason(tracks)) : .done,
            counts: ["tracks": tracks.count, "cues": count])
    }

    private static func reason(_ tracks: [SubtitleTracks.Track]) -> String {
        if tracks.isEmpty { return "the file has no text track" }
        return tracks.allSatisfy(\.isBitmap)
            ? "the subtitles are pictures, not text; read them with the operation ocr"
            : "the text tracks hold no text"
    }

    /// Cues in order of time; one whose end the file does not tell stays until the next one, at most this long.
    static let longestOpenCueMs: Int64 = 10_000

    static func completed(_ cues: [SubtitleTracks.Cue]) -> [SubtitleTracks.Cue] {
        var sorted = cues.enumerated().sorted { left, right in
            (left.element.startMs, left.offset) < (right.element.startMs, right.offset)
        }.map(\.element)
        for index in sorted.indices where sorted[index].endMs <= sorted[index].startMs {
            let limit = sorted[index].startMs + longestOpenCueMs
            let next = sorted[(index + 1)...].first { $0.startMs > sorted[index].startMs }?.startMs
            sorted[index].endMs = min(next ?? limit, limit)
        }
        return sorted
    }
}
