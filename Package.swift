// swift-tools-version: 6.1
import PackageDescription

// One settings list for every Swift target: a leaking import or a data race is a compile error.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// Wheels are unpacked into `.deps/` by scripts/bootstrap; an installed tree keeps the same
// libraries in lib/video-extract. Both places are found relative to the binary, never absolutely.
let nativeRunPath: [LinkerSetting] = [
    .unsafeFlags([
        "-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/../../../.deps/lib",
        "-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/../lib/video-extract",
    ])
]

func library(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

/// `exclude` names folders of recorded numbers, which tests read from where they lie.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies, exclude: exclude, swiftSettings: strict,
        linkerSettings: nativeRunPath
    )
}

let package = Package(
    name: "video-extract",
    products: [
        .library(name: "VideoExtract", targets: ["VideoExtract"]),
        .library(name: "PluginKit", targets: ["PluginKit"]),
        .executable(name: "video-extract", targets: ["VideoExtractCLI"]),
    ],
    targets: [
        // Foreign libraries, one thin target each.
        .systemLibrary(name: "CFFmpeg", pkgConfig: "libavformat", providers: [.apt(["libavformat-dev"])]),
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "COpenVINO", pkgConfig: "openvino-c"),
        .systemLibrary(name: "CSherpaOnnx", pkgConfig: "sherpa-onnx"),
        .systemLibrary(name: "CTesseract", pkgConfig: "tesseract", providers: [.apt(["libtesseract-dev"])]),
        .target(name: "CSIMD"),

        library("MediaValues", ["CSIMD"]),
        library("Configuration", ["MediaValues", "CYAML"]),
        library("PluginKit", ["MediaValues"]),
        library("HTTPClient", ["CCurl"]),
        library("MediaDecoding", ["PluginKit", "MediaValues", "HTTPClient", "CFFmpeg", "CTurboJPEG", "CSIMD"]),
        library("Inference", ["PluginKit", "MediaValues", "Configuration", "HTTPClient", "COpenVINO", "CSherpaOnnx"]),
        library("Pipeline", ["PluginKit", "MediaValues", "Configuration"]),
        library(
            "BuiltInPlugins",
            ["PluginKit", "MediaValues", "MediaDecoding", "Inference", "Pipeline", "CSIMD", "CTesseract"]),
        library(
            "VideoExtract",
            [
                "PluginKit", "MediaValues", "MediaDecoding", "Inference", "Pipeline", "BuiltInPlugins", "Configuration",
                "HTTPClient",
            ],
            // The files of config/, reached through a link; compiled in, so that the program runs from any place.
            resources: [
                "models", "plugins/audio", "plugins/audio-embeddings", "plugins/audio-events", "plugins/diarization",
                "plugins/duplicates", "plugins/faces", "plugins/frames", "plugins/fusion", "plugins/keyframes",
                "plugins/markers", "plugins/metadata", "plugins/objects", "plugins/ocr", "plugins/places",
                "plugins/scenes", "plugins/subtitles", "plugins/text-embeddings", "plugins/thumbnail",
                "plugins/transcription", "plugins/vad", "plugins/vision-embeddings",
            ].map { .embedInCode("Configuration/\($0).yaml") }),
        library("CommandLineParsing", ["MediaValues"]),
        .executableTarget(
            name: "VideoExtractCLI",
            dependencies: [
                "VideoExtract", "CommandLineParsing", "Pipeline", "BuiltInPlugins", "Inference", "PluginKit",
                "MediaValues", "MediaDecoding", "Configuration", "HTTPClient",
            ],
            swiftSettings: strict, linkerSettings: nativeRunPath),
        .executableTarget(
            name: "TranscribeExample", dependencies: ["VideoExtract"], path: "examples/library/transcribe",
            swiftSettings: strict, linkerSettings: nativeRunPath),
        .executableTarget(
            name: "BulkExample", dependencies: ["VideoExtract"], path: "examples/library/bulk",
            swiftSettings: strict, linkerSettings: nativeRunPath),
        .executableTarget(
            name: "HashingBenchmark", dependencies: ["MediaValues"], path: "Benchmarks/Hashing",
            swiftSettings: strict),
        .executableTarget(
            name: "VisionBenchmark", dependencies: ["VideoExtract", "Inference", "MediaDecoding", "MediaValues"],
            path: "Benchmarks/Vision", swiftSettings: strict, linkerSettings: nativeRunPath),
        library("VideoExtractTesting", ["PluginKit", "MediaValues", "Pipeline"]),

        tests("MediaValues", ["MediaValues", "VideoExtractTesting"]),
        tests("Configuration", ["Configuration", "MediaValues"]),
        tests("PluginKit", ["PluginKit", "MediaValues", "VideoExtractTesting"]),
        tests("HTTPClient", ["HTTPClient"]),
        tests(
            "MediaDecoding",
            ["MediaDecoding", "PluginKit", "MediaValues", "HTTPClient", "CSIMD", "VideoExtractTesting"]),
        tests("Inference", ["Inference", "PluginKit", "MediaValues", "VideoExtractTesting"]),
        tests("Pipeline", ["Pipeline", "PluginKit", "MediaValues", "Configuration", "VideoExtractTesting"]),
        tests(
            "BuiltInPlugins",
            [
                "BuiltInPlugins", "PluginKit", "MediaValues", "MediaDecoding", "Inference", "Pipeline", "Configuration",
                "CSIMD", "VideoExtractTesting",
            ],
            exclude: ["AudioFeatures/Fixtures", "Embeddings/Fixtures"]),
        tests("VideoExtract", ["VideoExtract", "PluginKit", "MediaValues", "Pipeline", "VideoExtractTesting"]),
        tests("CommandLineParsing", ["CommandLineParsing", "MediaValues"]),
        tests("EndToEnd", ["VideoExtractTesting", "PluginKit", "MediaValues"]),
        tests(
            "Quality",
            [
                "VideoExtract", "BuiltInPlugins", "Inference", "MediaDecoding", "Pipeline", "PluginKit", "MediaValues",
                "VideoExtractTesting",
            ],
            exclude: ["Fixtures"]),
    ]
)
