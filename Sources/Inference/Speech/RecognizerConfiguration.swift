import CSherpaOnnx

/// The kinds of speech model that sherpa-onnx runs, by the catalogue's `family`.
enum RecognizerFamily: String, CaseIterable {
    case moonshine, whisper, paraformer, transducer, canary, dolphin
    case senseVoice = "sense-voice"
    case nemoCTC = "nemo-ctc"
    case nemoTransducer = "nemo-transducer"
    case zipformerCTC = "zipformer-ctc"
    case wenetCTC = "wenet-ctc"
    case telespeechCTC = "telespeech-ctc"
    case omnilingualCTC = "omnilingual-ctc"
    case fireRed = "fire-red"

    init(_ model: InstalledModel) throws {
        guard model.entry.runtime == "sherpa-onnx", let family = RecognizerFamily(rawValue: model.entry.family) else {
            throw InferenceError(
                .unsupportedModel,
                "model \(model.entry.id) (\(model.entry.runtime), \(model.entry.family)) is no speech recogniser; families: "
                    + Self.allCases.map(\.rawValue).joined(separator: ", "))
        }
        self = family
    }

    /// Whisper and Moonshine are trained on windows of 30 s; the rest are bounded by memory only.
    var maximumSeconds: Double {
        switch self {
        case .moonshine, .whisper, .canary: 30
        default: 60
        }
    }

    /// Only what was exercised with two threads (see the tests) decodes in parallel.
    var decodesInParallel: Bool { self == .moonshine }
}

/// The configuration structure of sherpa-onnx and the strings it points at.
struct RecognizerConfiguration {
    private var value = SherpaOnnxOfflineRecognizerConfig()
    private var texts: [CText] = []

    init(model: InstalledModel, family: RecognizerFamily, options: SpeechRecognizer.Options) throws {
        value.feat_config.sample_rate = Int32(SpeechRecognizer.sampleRate)
        value.feat_config.feature_dim = 80
        value.decoding_method = keep("greedy_search")
        value.model_config.num_threads = Int32(clamping: max(1, options.threads))
        value.model_config.provider = keep("cpu")
        value.model_config.debug = 0
        value.model_config.tokens = keep(try Self.tokens(model))
        try set(family, model, options)
    }

    func withPointer<R>(_ body: (UnsafePointer<SherpaOnnxOfflineRecognizerConfig>) -> R) -> R {
        withExtendedLifetime(texts) { withUnsafePointer(to: value, body) }
    }

    private mutating func set(
        _ family: RecognizerFamily, _ model: InstalledModel, _ options: SpeechRecognizer.Options
    ) throws {
        switch family {
        case .moonshine:
            value.model_config.moonshine.encoder = keep(try Self.network(model, "encoder"))
            value.model_config.moonshine.merged_decoder = keep(try Self.network(model, "decoder"))
        case .whisper:
            value.model_config.whisper.encoder = keep(try Self.network(model, "encoder"))
            value.model_config.whisper.decoder = keep(try Self.network(model, "decoder"))
            value.model_config.whisper.language = keep(Self.baseLanguage(options) ?? "")
            value.model_config.whisper.task = keep("transcribe")
            value.model_config.whisper.tail_paddings = -1
            value.model_config.whisper.enable_segment_timestamps = 1
            value.model_config.whisper.enable_token_timestamps = options.tokenTimestamps ? 1 : 0
        case .senseVoice:
            value.model_config.sense_voice.model = keep(try Self.network(model, nil))
            value.model_config.sense_voice.language = keep(Self.baseLanguage(options) ?? "auto")
            value.model_config.sense_voice.use_itn = 1
        case .paraformer: value.model_config.paraformer.model = keep(try Self.network(model, nil))
        case .nemoCTC: value.model_config.nemo_ctc.model = keep(try Self.network(model, nil))
        case .zipformerCTC: value.model_config.zipformer_ctc.model = keep(try Self.network(model, nil))
        case .wenetCTC: value.model_config.wenet_ctc.model = keep(try Self.network(model, nil))
        case .dolphin: value.model_config.dolphin.model = keep(try Self.network(model, nil))
        case .omnilingualCTC: value.model_config.omnilingual.model = keep(try Self.network(model, nil))
        case .telespeechCTC: value.model_config.telespeech_ctc = keep(try Self.network(model, nil))
        case .transducer, .nemoTransducer:
            value.model_config.transducer.encoder = keep(try Self.network(model, "encoder"))
            value.model_config.transducer.decoder = keep(try Self.network(model, "decoder"))
            value.model_config.transducer.joiner = keep(try Self.network(model, "joiner"))
            if family == .nemoTransducer { value.model_config.model_type = keep("nemo_transducer") }
        case .canary:
            value.model_config.canary.encoder = keep(try Self.network(model, "encoder"))
            value.model_config.canary.decoder = keep(try Self.network(model, "decoder"))
            // The same language on both sides transcribes; another target would translate.
            let language = keep(Self.baseLanguage(options) ?? "en")
            value.model_config.canary.src_lang = language
            value.model_config.canary.tgt_lang = language
            value.model_config.canary.use_pnc = 1
        case .fireRed:
            value.model_config.fire_red_asr.encoder = keep(try Self.network(model, "encoder"))
            value.model_config.fire_red_asr.decoder = keep(try Self.network(model, "decoder"))
        }
    }

    private mutating func keep(_ text: String) -> UnsafePointer<CChar>? {
        let kept = CText(text)
        texts.append(kept)
        return kept.pointer
    }

    /// `pt-BR` → `pt`: the models know base languages only.
    private static func baseLanguage(_ options: SpeechRecognizer.Options) -> String? {
        options.language.map { String($0.prefix { $0 != "-" && $0 != "_" }).lowercased() }
    }

    /// The one network file, or the one whose name contains `role`; checked, because the library ends the process on a bad one.
    private static func network(_ model: InstalledModel, _ role: String?) throws -> String {
        let path = try model.path(role ?? "network") { name in
            (name.hasSuffix(".onnx") || name.hasSuffix(".ort")) && role.map(name.contains) != false
        }
        try ModelFileFormat.checkNetwork(path)
        if path.hasSuffix(".onnx") { _ = try ONNXFile(path: path) }
        if !model.isKnownToLoad { try TrialLoad.run(path) }
        return path
    }

    private static func tokens(_ model: InstalledModel) throws -> String {
        let path = try model.path("tokens") { $0.hasSuffix("tokens.txt") }
        try ModelFileFormat.checkTokens(path)
        return path
    }
}
