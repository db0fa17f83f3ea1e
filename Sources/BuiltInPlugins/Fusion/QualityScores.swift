import PluginKit

/// The scores of docs/fusion.md.
struct QualityScores {
    /// Words a minute at which the transcript counts as dense: ordinary conversational English (National Center for
    /// Voice and Speech).
    private static let denseWordsPerMinute = 150.0

    let timeline: [TimelineEvent]
    let inputs: FusionInputs
    let durationMs: Int64

    func quality(
        modalities: [Fusion.Modality], scenes: [Fusion.SceneSummary]?, descriptions: VisualDescriptions?
    ) -> Fusion.Quality {
        var quality = Fusion.Quality()
        let byOperation = Dictionary(grouping: timeline, by: \.source.operation)
        for modality in modalities where [.used, .empty].contains(modality.status) {
            let events = byOperation[modality.operation] ?? []
            guard modality.operation != FusionSource.keyframes.operation else { continue }
            quality.modalities.append(
                .init(
                    operation: modality.operation, coverage: coverage(events),
                    meanConfidence: mean(events.compactMap(\.confidence))))
        }
        quality.coverage = coverage(timeline.filter { $0.type != .scene && $0.type != .marker })
        quality.meanConfidence = mean(quality.modalities.compactMap(\.meanConfidence))
        let speech = timeline.filter { $0.type == .transcriptSegment }
        let spoken = TimeSpan.union(speech.map(\.span))
        let spokenMs = TimeSpan.covered(spoken)
        if spokenMs > 0 {
            let words = speech.reduce(0) { $0 + VisualWords.words(of: $1.text ?? "").count }
            quality.transcriptDensity = share(
                Double(words), of: Double(spokenMs) / 60_000 * Self.denseWordsPerMinute)
            if inputs.diarization != nil {
                let turns = TimeSpan.union(timeline.filter { $0.type == .speakerTurn }.map(\.span))
                quality.speechWithSpeaker = share(Double(TimeSpan.shared(spoken, turns)), of: Double(spokenMs))
            }
        }
        if let faces = inputs.faces?.document {
            quality.picturesWithFaces = share(
                Double(faces.pictures.count { !$0.faces.isEmpty }), of: Double(faces.sampling.picturesAnalyzed))
        }
        if let descriptions {
            quality.agreement = share(Double(descriptions.agreeing), of: Double(descriptions.naming))
        }
        if let scenes {
            let described = scenes.count { scene in
                !(scene.who.isEmpty && scene.what.isEmpty && scene.places.isEmpty && scene.words.isEmpty
                    && scene.onScreenText.isEmpty)
            }
            quality.describedScenes = share(Double(described), of: Double(scenes.count))
        }
        return quality
    }

    private func coverage(_ events: [TimelineEvent]) -> Double? {
        let whole = TimeSpan(start: 0, end: durationMs)
        return share(Double(TimeSpan.covered(events.map { $0.span.clipped(to: whole) })), of: Double(durationMs))
    }

    private func share(_ part: Double, of whole: Double) -> Double? {
        whole > 0 ? FusionScore.rounded(min(1, max(0, part / whole))) : nil
    }

    private func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : FusionScore.rounded(values.reduce(0, +) / Double(values.count))
    }
}
