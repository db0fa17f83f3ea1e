import MediaValues
public import PluginKit

/// `markers`: points and spans worth jumping to, found on the machine itself. Technical cues stream as they end.
///
/// The confidence of technical cues goes from 0.5, barely, to 1: black by how far its mean luma is below the limit, a
/// freeze by how far its differences are, silence by its level (1 at 20 dB below), bars by how exactly their colours
/// match. That of the other kinds is in `ResultMarkers`.
public struct MarkersPlugin: Plugin {
    /// Read from `config/plugins/`.
    public let manifest: PluginManifest

    /// Width of the pictures that cues are looked for on, in pixels; that of `scenes`, so both share them.
    static let analysisWidth = 96

    /// Creates the plugin.
    public init(manifest: PluginManifest) { self.manifest = manifest }

    /// Small pictures and speech-rate audio where technical cues are asked for; else nothing.
    public func mediaDemand(for operation: Operation) throws -> MediaDemand {
        guard MarkerSettings(operation, version: manifest.version).kinds.contains(.technicalCue) else {
            return .nothing
        }
        return MediaDemand(
            video: VideoDemand(.everyFrame, form: .reduced(maximumWidth: Self.analysisWidth)), audio: .speech,
            acceptsAnyTrack: true)
    }

    /// Looks for cues in the media first, then draws the other kinds from the results at hand.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        let settings = MarkerSettings(input.operation, version: manifest.version)
        var kinds: [TemporalMarkers.Kind] = []
        async let pictureCues = Self.pictureCues(input.feed.video, settings: settings, context: context)
        var markers = try await Self.silence(input.feed.audio, settings: settings, context: context)
        markers += try await pictureCues
        if input.feed.video != nil || input.feed.audio != nil { kinds.append(.technicalCue) }
        let results = try await input.results()
        let drawn = ResultMarkers(settings: settings)
        var more: [TemporalMarkers.Marker] = []
        if let scenes = results[.scenes] {
            kinds += [.shotBoundary, .sceneChange]
            more += drawn.markers(of: try scenes.document(as: SceneList.self))
        }
        if settings.kinds.contains(.objectAppearance), let objects = results[.objects] {
            kinds.append(.objectAppearance)
            more += drawn.markers(of: try objects.document(as: ObjectDetections.self))
        }
        if settings.kinds.contains(.speakerChange), let diarization = results[.diarization] {
            kinds.append(.speakerChange)
            more += drawn.markers(of: try diarization.document(as: Diarization.self))
        }
        markers += try await Self.emitted(more, context)
        return try finish(
            markers,
            kinds: TemporalMarkers.Kind.allCases.filter { kinds.contains($0) && settings.kinds.contains($0) },
            context: context)
    }

    private static func pictureCues(
        _ frames: BoundedChannel<VideoFrame>?, settings: MarkerSettings, context: PluginContext
    ) async throws -> [TemporalMarkers.Marker] {
        guard let frames else { return [] }
        var cues = PictureCues(settings: settings)
        var found: [TemporalMarkers.Marker] = []
        for try await frame in frames { found += try await emitted(cues.add(PictureMeasure(frame)), context) }
        return try await found + emitted(cues.finish(), context)
    }

    private static func silence(
        _ audio: BoundedChannel<AudioBuffer>?, settings: MarkerSettings, context: PluginContext
    ) async throws -> [TemporalMarkers.Marker] {
        guard let audio else { return [] }
        var detector = SilenceDetector(settings: settings)
        var found: [TemporalMarkers.Marker] = []
        for try await buffer in audio { found += try await emitted(detector.add(buffer), context) }
        return try await found + emitted(detector.finish(), context)
    }

    /// The same markers, after emitting them.
    private static func emitted(
        _ markers: [TemporalMarkers.Marker], _ context: PluginContext
    ) async throws -> [TemporalMarkers.Marker] {
        for marker in markers { try await context.emit(PartialResult(marker)) }
        return markers
    }

    private func finish(
        _ markers: [TemporalMarkers.Marker], kinds: [TemporalMarkers.Kind], context: PluginContext
    ) throws -> StageOutput {
        let sorted = markers.sorted { left, right in
            if left.startMs != right.startMs { return left.startMs < right.startMs }
            if left.endMs != right.endMs { return left.endMs < right.endMs }
            return (left.kind.rawValue, left.label ?? "", left.confidence)
                < (right.kind.rawValue, right.label ?? "", right.confidence)
        }
        var counts = ["markers": sorted.count]
        for kind in kinds { counts[Self.countName(kind)] = sorted.count { $0.kind == kind } }
        let reason =
            kinds.isEmpty
            ? "none of the kinds asked for could be looked for: the results or tracks that they need are not there"
            : "no markers were found"
        return try context.files.finish(
            document: TemporalMarkers(markers: sorted, kinds: kinds), at: "markers.json",
            outcome: sorted.isEmpty ? .empty(reason: reason) : .done, counts: counts)
    }

    /// The plural of a kind, for summaries.
    private static func countName(_ kind: TemporalMarkers.Kind) -> String {
        switch kind {
        case .shotBoundary: "shot_boundaries"
        default: kind.rawValue + "s"
        }
    }
}
