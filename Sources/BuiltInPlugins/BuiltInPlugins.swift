public import Pipeline

/// The operations that ship with the program.
public enum BuiltInPlugins {
    /// Factories for every `builtin:` name of the shipped manifests.
    public static func factories(models: SharedModels) -> PluginFactories {
        var factories = PluginFactories()
        factories.addBuiltIn("metadata") { MetadataPlugin(manifest: $0) }
        factories.addBuiltIn("audio") { AudioPlugin(manifest: $0) }
        factories.addBuiltIn("frames") { FramesPlugin(manifest: $0) }
        factories.addBuiltIn("keyframes") { KeyframesPlugin(manifest: $0) }
        factories.addBuiltIn("scenes") { ScenesPlugin(manifest: $0) }
        factories.addBuiltIn("vad") { VoiceActivityPlugin(manifest: $0, models: models) }
        factories.addBuiltIn("transcription") { TranscriptionPlugin(manifest: $0, models: models) }
        factories.addBuiltIn("diarization") { DiarizationPlugin(manifest: $0, models: models) }
        factories.addBuiltIn("objects") { ObjectsPlugin(manifest: $0, models: models) }
        factories.addBuiltIn("faces") { FacesPlugin(manifest: $0, models: models) }
        factories.addBuiltIn("ocr") { OCRPlugin(manifest: $0, models: models) }
        factories.addBuiltIn("places") { PlacesPlugin(manifest: $0, models: models) }
        factories.addBuiltIn("vision-embeddings") { VisionEmbeddingsPlugin(manifest: $0, models: models) }
        factories.addBuiltIn("text-embeddings") { TextEmbeddingsPlugin(manifest: $0, models: models) }
        factories.addBuiltIn("audio-embeddings") { AudioEmbeddingsPlugin(manifest: $0, models: models) }
        factories.addBuiltIn("audio-events") { AudioEventsPlugin(manifest: $0, models: models) }
        factories.addBuiltIn("subtitles") { SubtitlesPlugin(manifest: $0) }
        factories.addBuiltIn("thumbnail") { ThumbnailPlugin(manifest: $0) }
        factories.addBuiltIn("duplicates") { DuplicatesPlugin(manifest: $0) }
        factories.addBuiltIn("markers") { MarkersPlugin(manifest: $0) }
        factories.addBuiltIn("fusion") { FusionPlugin(manifest: $0) }
        return factories
    }
}
