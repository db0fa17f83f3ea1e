import MediaValues
public import PluginKit

/// `scenes`: scene boundaries by content, streamed scene by scene.
public struct ScenesPlugin: Plugin {
    /// Read from `config/plugins/`.
    public let manifest: PluginManifest

    /// Width of the pictures that changes are measured on, in pixels.
    static let analysisWidth = 96

    /// Creates the plugin.
    public init(manifest: PluginManifest) { self.manifest = manifest }

    /// Every frame, or keyframes only, in small.
    public func mediaDemand(for operation: Operation) throws -> MediaDemand {
        let selection: VideoDemand.Selection =
            operation.flag("keyframes_only") ? .keyframes(minimumInterval: 0) : .everyFrame
        return MediaDemand(video: VideoDemand(selection, form: .reduced(maximumWidth: Self.analysisWidth)))
    }

    /// Finds the scenes.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        let operation = input.operation
        let isSparse = operation.flag("keyframes_only")
        let threshold = operation.number("threshold") ?? 12
        var detector = SceneDetector(
            settings: .init(
                // Keyframes are seconds apart: more may change between them without a cut.
                threshold: isSparse ? threshold * 1.5 : threshold,
                minimumSceneSeconds: operation.number("min_scene_len") ?? 0.6,
                isSparse: isSparse))
        var builder = SceneListBuilder()
        var end = MediaTime.zero
        if let frames = input.feed.video {
            for try await frame in frames {
                let signature = FrameSignature(frame)
                end = frame.duration.map { frame.time.advanced(by: $0) } ?? frame.time
                for scene in builder.add(detector.add(signature)) { try await context.emit(PartialResult(scene)) }
            }
        }
        for scene in builder.add(detector.finish()) { try await context.emit(PartialResult(scene)) }
        if let last = builder.finish(at: videoEnd(input.media, lastFrame: end.milliseconds, isSparse: isSparse)) {
            try await context.emit(PartialResult(last))
        }
        let list = SceneList(
            method: isSparse ? "content-keyframes" : "content", threshold: threshold, scenes: builder.scenes,
            framesAnalyzed: detector.frameCount)
        return try context.files.finish(
            document: list, at: "scenes.json",
            outcome: list.scenes.isEmpty ? .empty(reason: "the video has no frames") : .done,
            counts: ["scenes": list.scenes.count])
    }

    /// The stream's own length closes the last scene, because the last frame does not always tell how long it is shown.
    /// A video that stops long before its declared end is damaged: there the last frame counts.
    private func videoEnd(_ media: MediaDescription, lastFrame: Int64, isSparse: Bool) -> Int64 {
        let declared = media.primaryVideo?.durationMs ?? media.container.durationMs ?? 0
        return declared > lastFrame && (isSparse || declared - lastFrame < 1000) ? declared : lastFrame
    }
}

/// Turns scene starts into scenes as soon as the next start is known.
struct SceneListBuilder {
    private(set) var scenes: [SceneList.Scene] = []
    private var current: SceneDetector.Boundary?

    /// Takes scene starts in order and returns the scenes that they end.
    mutating func add(_ boundaries: [SceneDetector.Boundary]) -> [SceneList.Scene] {
        var ended: [SceneList.Scene] = []
        for boundary in boundaries {
            if let scene = close(at: boundary.time.milliseconds) { ended.append(scene) }
            current = boundary
        }
        return ended
    }

    /// Ends the last scene.
    mutating func finish(at end: Int64) -> SceneList.Scene? { close(at: end) }

    private mutating func close(at end: Int64) -> SceneList.Scene? {
        guard let start = current else { return nil }
        current = nil
        let scene = SceneList.Scene(
            sceneIndex: scenes.count, startMs: start.time.milliseconds, endMs: max(end, start.time.milliseconds),
            pts: start.time.ticks, timeBase: start.time.timeBase.description, frameNumber: start.frameNumber,
            transition: start.transition, score: start.score)
        scenes.append(scene)
        return scene
    }
}
