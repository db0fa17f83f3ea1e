/// The files of `config/`, compiled into the program so that it runs from any place.
enum ShippedConfiguration {
    /// Manifests of the built-in plugins: file name and text.
    static var manifests: [(name: String, text: String)] {
        [
            ("metadata.yaml", PackageResources.metadata_yaml),
            ("audio.yaml", PackageResources.audio_yaml),
            ("frames.yaml", PackageResources.frames_yaml),
            ("keyframes.yaml", PackageResources.keyframes_yaml),
            ("scenes.yaml", PackageResources.scenes_yaml),
            ("vad.yaml", PackageResources.vad_yaml),
            ("transcription.yaml", PackageResources.transcription_yaml),
            ("diarization.yaml", PackageResources.diarization_yaml),
            ("objects.yaml", PackageResources.objects_yaml),
            ("faces.yaml", PackageResources.faces_yaml),
            ("ocr.yaml", PackageResources.ocr_yaml),
            ("places.yaml", PackageResources.places_yaml),
            ("vision-embeddings.yaml", PackageResources.vision_embeddings_yaml),
            ("text-embeddings.yaml", PackageResources.text_embeddings_yaml),
            ("audio-embeddings.yaml", PackageResources.audio_embeddings_yaml),
            ("audio-events.yaml", PackageResources.audio_events_yaml),
            ("subtitles.yaml", PackageResources.subtitles_yaml),
            ("thumbnail.yaml", PackageResources.thumbnail_yaml),
            ("duplicates.yaml", PackageResources.duplicates_yaml),
            ("markers.yaml", PackageResources.markers_yaml),
            ("fusion.yaml", PackageResources.fusion_yaml),
        ].map { ("config/plugins/" + $0.0, String(decoding: $0.1, as: UTF8.self)) }
    }

    /// The model catalogue.
    static var modelCatalogue: String { String(decoding: PackageResources.models_yaml, as: UTF8.self) }
}
