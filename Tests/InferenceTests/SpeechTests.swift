import Glibc
import Inference
import MediaValues
import Testing
import VideoExtractTesting

struct SileroVADTests {
    private static let isReady = InstalledModels.has("silero-vad")

    private func detector() throws -> SileroVAD {
        let model = try #require(InstalledModels.store).installed("silero-vad")
        let path = try SileroVAD.networkPath(of: model)
        return SileroVAD(
            model: try OpenVINORuntime.shared().compile(path: path, options: SileroVAD.options(cacheFolder: nil)))
    }

    private func feed(_ vad: inout SileroVAD, _ samples: some Collection<Float>) throws -> [Float] {
        try Array(samples).withUnsafeBufferPointer { try vad.feed($0) }
    }

    @Test(.enabled(if: isReady, "needs: video-extract models install silero-vad"))
    func silenceIsNoSpeech() throws {
        var vad = try detector()
        let probabilities = try feed(&vad, [Float](repeating: 0, count: 16_000 * 5 + 100))
        #expect(probabilities.count == (16_000 * 5 + 100) / SileroVAD.windowSize)
        #expect(probabilities.allSatisfy { $0 < 0.1 })
        let last = try #require(try vad.finish())
        #expect(last < 0.1)
        #expect(try vad.finish() == nil)
    }

    /// Long digital silence is not computed batch by batch; what follows must be the same all the same.
    @Test(.enabled(if: isReady, "needs: video-extract models install silero-vad"))
    func longSilenceChangesNothing() throws {
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0 ... .max, using: &generator)
        var noise = SeededGenerator(seed: seed)
        let burst = (0..<4 * SileroVAD.windowSize).map { _ in Float.random(in: -0.5...0.5, using: &noise) }
        let audio = burst + [Float](repeating: 0, count: 20 * 64 * SileroVAD.windowSize) + burst
        var quick = try detector()
        let found = try feed(&quick, audio)
        // Pieces of a window never fill a batch.
        var slow = try detector()
        var expected: [Float] = []
        for start in stride(from: 0, to: audio.count, by: SileroVAD.windowSize) {
            expected += try feed(&slow, audio[start..<start + SileroVAD.windowSize])
        }
        #expect(found.count == expected.count)
        let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? 1
        #expect(worst <= 2e-6, "largest difference \(worst), seed \(seed)")
    }

    @Test(.enabled(if: isReady, "needs: video-extract models install silero-vad"))
    func valuesThatAreNotFiniteDoNotSpoilTheStream() throws {
        var vad = try detector()
        let probabilities = try feed(&vad, [Float.nan, .infinity, -.infinity] + [Float](repeating: 0, count: 2045))
        #expect(probabilities.count == 4)
        #expect(probabilities.allSatisfy { $0 < 0.1 })
    }

    @Test(
        .enabled(if: isReady && isOnPath("espeak-ng") && isOnPath("ffmpeg"), "needs silero-vad, espeak-ng and ffmpeg"))
    func speechIsFoundAndPiecesDoNotMatter() throws {
        let speech = try speak("The quick brown fox jumps over the lazy dog.")
        let audio = [Float](repeating: 0, count: 16_000) + speech + [Float](repeating: 0, count: 16_000)
        var whole = try detector()
        let expected = try feed(&whole, audio)
        let spoken = expected.count { $0 > 0.5 }
        #expect(spoken > speech.count / SileroVAD.windowSize / 2)
        #expect(expected.prefix(25).allSatisfy { $0 < 0.1 }, "the first second is silent")
        var pieces = try detector()
        var got: [Float] = []
        var start = 0
        for length in [1, 511, 512, 513, 7, 3000, 64] {
            got += try feed(&pieces, audio[start..<(start + length)])
            start += length
        }
        got += try feed(&pieces, audio[start...])
        #expect(got.count == expected.count)
        #expect(zip(got, expected).allSatisfy { abs($0 - $1) < 1e-4 })
    }
}

struct SpeechRecognizerTests {
    private static let isReady = InstalledModels.has("moonshine-tiny-en")
    private static let media = getenv("VIDEO_EXTRACT_TEST_MEDIA").map { String(cString: $0) }

    private func recognizer() throws -> SpeechRecognizer {
        try SpeechRecognizer(model: #require(InstalledModels.store).installed("moonshine-tiny-en"))
    }

    @Test(.enabled(if: isReady, "needs: video-extract models install moonshine-tiny-en"))
    func silenceAndNothingGiveResults() throws {
        let recognizer = try recognizer()
        #expect(try recognizer.transcribe(UnsafeBufferPointer(start: nil, count: 0)).text.isEmpty)
        let silence = [Float](repeating: 0, count: 16_000)
        let result = try silence.withUnsafeBufferPointer { try recognizer.transcribe($0) }
        #expect(result.timestamps == nil, "Moonshine gives no times")
        #expect(result.segments == nil)
    }

    @Test(.enabled(if: isReady && media != nil, "needs moonshine-tiny-en and VIDEO_EXTRACT_TEST_MEDIA"))
    func knownSpeechIsExactAlsoOnTwoThreads() async throws {
        let audio = try decodeAudio("\(try #require(Self.media))/jfk.flac")
        let recognizer = try recognizer()
        #expect(recognizer.decodesInParallel)
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try await BlockingPool.shared.run {
                        try audio.withUnsafeBufferPointer { try recognizer.transcribe($0).text }
                    }
                }
            }
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        let expected =
            "And so my fellow Americans ask not what your country can do for you, ask what you can do for your country."
        #expect(texts == [String](repeating: expected, count: 4))
    }

    @Test func otherFamiliesAreRefused() throws {
        let text = """
            version: 1
            models:
              - {id: x, task: t, description: d, licence: l, runtime: openvino, family: yolox, digest_verified: false,
                 files: [{name: a.onnx, sources: [{url: "http://127.0.0.1:9/a"}]}]}
            """
        let entry = try ModelCatalogue.parse(text: text, fileName: "models.yaml").entry("x")
        let model = InstalledModel(entry: entry, folder: "/nonexistent", digest: "")
        let error = #expect(throws: InferenceError.self) { try SpeechRecognizer(model: model) }
        #expect(error?.code == .unsupportedModel)
        #expect(throws: InferenceError.self) { try SileroVAD.networkPath(of: model) }
    }

    @Test func damagedModelIsRefusedBeforeTheLibrarySeesIt() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("not a network".utf8), to: "model.onnx")
        try folder.write(Array("a 0\n".utf8), to: "tokens.txt")
        let text = """
            version: 1
            models:
              - {id: x, task: t, description: d, licence: l, runtime: sherpa-onnx, family: sense-voice, digest_verified: false,
                 files: [{name: model.onnx, sources: [{url: "http://127.0.0.1:9/a"}]},
                         {name: tokens.txt, sources: [{url: "http://127.0.0.1:9/b"}]}]}
            """
        let entry = try ModelCatalogue.parse(text: text, fileName: "models.yaml").entry("x")
        let error = #expect(throws: InferenceError.self) {
            try SpeechRecognizer(model: InstalledModel(entry: entry, folder: folder.path, digest: ""))
        }
        #expect(error?.code == .corruptModel)
    }
}
