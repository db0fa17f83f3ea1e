import PluginKit

/// The results that fusion can use, as far as they were delivered.
struct FusionInputs: Sendable {
    /// A document with what its stage says of it.
    struct Delivered<Document: Sendable>: Sendable {
        var document: Document
        var counts: [String: Int] = [:]
    }

    var transcription: Delivered<Transcript>?
    var subtitles: Delivered<SubtitleTracks>?
    var diarization: Delivered<Diarization>?
    var audioEvents: Delivered<AudioEventList>?
    var scenes: Delivered<SceneList>?
    var places: Delivered<PlaceList>?
    var objects: Delivered<ObjectDetections>?
    var faces: Delivered<FaceDetections>?
    var ocr: Delivered<OnScreenText>?
    var markers: Delivered<TemporalMarkers>?
    var keyframes: Delivered<ImageSequence>?

    /// Who made them, and what is missing.
    private var results = StageResults()

    init() {}

    /// Reads the documents. Blocking.
    ///
    /// - Throws: `PluginError` naming the result that cannot be read.
    init(_ results: StageResults) throws {
        self.results = results
        func read<Document: Decodable & Sendable>(_ type: DataType) throws -> Delivered<Document>? {
            guard let output = results[type] else { return nil }
            do {
                return Delivered(document: try output.document(as: Document.self), counts: output.counts)
            } catch {
                throw PluginError(
                    .pluginFault, "fusion cannot read the \(type) result \(output.documentPath)", details: "\(error)")
            }
        }
        transcription = try read(.transcription)
        subtitles = try read(.subtitles)
        diarization = try read(.diarization)
        audioEvents = try read(.audioEvents)
        scenes = try read(.scenes)
        places = try read(.places)
        objects = try read(.objects)
        faces = try read(.faces)
        ocr = try read(.ocr)
        markers = try read(.temporalMarkers)
        keyframes = try read(.keyframes)
    }
}

/// The kinds of results that fusion can use, in the order in which the document lists them.
enum FusionSource: String, CaseIterable {
    case transcription
    case subtitles
    case diarization
    case audioEvents = "audio-events"
    case scenes
    case places
    case objects
    case faces
    case ocr
    case markers
    case keyframes

    /// Name of the operation.
    var operation: String { rawValue }

    /// What it makes.
    var type: DataType {
        switch self {
        case .transcription: .transcription
        case .subtitles: .subtitles
        case .diarization: .diarization
        case .audioEvents: .audioEvents
        case .scenes: .scenes
        case .places: .places
        case .objects: .objects
        case .faces: .faces
        case .ocr: .ocr
        case .markers: .temporalMarkers
        case .keyframes: .keyframes
        }
    }
}

extension FusionInputs {
    /// What became of each kind of result; `events` are those of the timeline.
    func modalities(events: [TimelineEvent]) -> [Fusion.Modality] {
        var numbers: [String: Int] = [:]
        for event in events { numbers[event.source.operation, default: 0] += 1 }
        numbers[FusionSource.keyframes.operation] = keyframes?.document.images.count
        return FusionSource.allCases.map { source in
            guard let (model, counts) = record(of: source) else {
                let reason = results.missing[source.type]
                return Fusion.Modality(
                    operation: source.operation, status: reason == nil ? .absent : .missing, reason: reason)
            }
            let number = numbers[source.operation] ?? 0
            return Fusion.Modality(
                operation: source.operation, status: number > 0 ? .used : .empty,
                version: results.producers[source.type]?.version, model: model,
                events: source == .keyframes ? 0 : number, counts: counts)
        }
    }

    private func record(of source: FusionSource) -> (model: String?, counts: [String: Int])? {
        switch source {
        case .transcription: transcription.map { ($0.document.model, $0.counts) }
        case .subtitles: subtitles.map { (nil, $0.counts) }
        case .diarization: diarization.map { ($0.document.model, $0.counts) }
        case .audioEvents: audioEvents.map { ($0.document.model, $0.counts) }
        case .scenes: scenes.map { (nil, $0.counts) }
        case .places: places.map { ($0.document.model, $0.counts) }
        case .objects: objects.map { ($0.document.model, $0.counts) }
        case .faces: faces.map { ($0.document.model, $0.counts) }
        case .ocr: ocr.map { ($0.document.model, $0.counts) }
        case .markers: markers.map { (nil, $0.counts) }
        case .keyframes: keyframes.map { (nil, $0.counts) }
        }
    }
}
