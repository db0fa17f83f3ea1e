import Foundation
import PluginKit
import Testing
import VideoExtractTesting

/// Any JSON value.
private indirect enum Tree: Codable, Equatable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case array([Tree])
    case object([String: Tree])

    init(_ generator: inout SeededGenerator, depth: Int = 0) {
        switch Int.random(in: 0..<(depth < 3 ? 6 : 4), using: &generator) {
        case 0: self = .null
        case 1: self = .flag(Bool.random(using: &generator))
        case 2: self = .number(Double.random(in: -1e6...1e6, using: &generator))
        case 3: self = .text(generator.text())
        case 4:
            self = .array(
                (0..<Int.random(in: 0...3, using: &generator)).map { _ in Tree(&generator, depth: depth + 1) })
        default:
            var entries: [String: Tree] = [:]
            for _ in 0..<Int.random(in: 0...3, using: &generator) {
                entries[generator.text()] = Tree(&generator, depth: depth + 1)
            }
            self = .object(entries)
        }
    }

    init(from decoder: any Decoder) throws {
        throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not read here"))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .flag(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

struct ResultEncodingTests {
    @Test func minifyingTheReadableFormGivesTheCompactOne() throws {
        try SeededGenerator.withSeeds(500) { generator in
            let tree = Tree.array([Tree(&generator), Tree(&generator)])
            let pretty = try ResultEncoding.pretty(tree)
            #expect(pretty.last == UInt8(ascii: "\n"))
            #expect(ResultEncoding.minified(pretty) == (try ResultEncoding.compact(tree)), "\(generator)")
        }
    }

    @Test func stringsKeepTheirSpacesAndQuotes() {
        let text = #"{ "a b" : "c \" d\\" , "e" : [ 1 , 2 ] }"#
        #expect(String(decoding: ResultEncoding.minified(text.utf8), as: UTF8.self) == #"{"a b":"c \" d\\","e":[1,2]}"#)
    }

    @Test func keysAreSnakeCaseAndSorted() throws {
        let scenes = SceneList(method: "content", threshold: 27, scenes: [], framesAnalyzed: 3)
        let text = String(decoding: try ResultEncoding.compact(scenes), as: UTF8.self)
        #expect(text == #"{"frames_analyzed":3,"method":"content","scenes":[],"threshold":27}"#)
    }

    @Test func numbersThatJSONCannotHoldAreRefused() {
        #expect(throws: EncodingError.self) { try ResultEncoding.compact([Double.nan]) }
        #expect(throws: EncodingError.self) { try PartialResult([Double.infinity]) }
    }

    @Test func documentsSurviveARoundTrip() throws {
        func roundTrip<Value: Codable & Equatable>(_ value: Value) throws {
            let read = try ResultEncoding.decoder.decode(Value.self, from: Data(ResultEncoding.pretty(value)))
            #expect(read == value)
        }
        try roundTrip(
            Transcript(
                model: "m", language: "en",
                segments: [
                    .init(
                        index: 0, startMs: 0, endMs: 5, text: "a/b", language: nil,
                        words: [.init(startMs: 0, endMs: 5, text: "a/b")])
                ], durationMs: 10))
        try roundTrip(
            SpeechActivity(model: "m", segments: [.init(startMs: 1, endMs: 4, confidence: 0.5)], durationMs: 9))
        try roundTrip(
            AudioTrack(file: "audio.wav", encoding: "pcm_s16le", sampleRate: 16000, channels: 1, sampleCount: 100))
        try roundTrip(
            ImageSequence(images: [
                .init(
                    file: "a.jpg", startMs: 0, endMs: 1, pts: 0, timeBase: "1/25", frameNumber: nil, width: 2,
                    height: 1,
                    sharpness: 0.25, perceptualHash: "ff")
            ]))
        var media = MediaDescription(container: .init(formatNames: ["mov"], durationMs: 5))
        media.tags = ["someKey": "v", "other_key": "w"]
        try roundTrip(media)
        var manifest = PluginManifest(
            name: "p", version: "1", inputs: [.media], outputs: [.audio], operation: .init(name: "p"),
            implementation: .process(.init(command: ["x"])))
        manifest.limits.requiresGPU = true
        manifest.limits.maximumFileSizeMiB = 5
        manifest.capabilities.requiresS3 = true
        try roundTrip(manifest)
    }
}
