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
        return factories
    }
}
