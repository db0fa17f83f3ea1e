import FoundationEssentials
@testable import Inference
import Testing

struct SafeTensorsTests {
    /// One array "a" of shape [2,2].
    private func file(header: String? = nil, values: [Float] = [1, 2, 3, 4]) -> [UInt8] {
        let header =
            header ?? #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}"#
        let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
        return length + Array(header.utf8) + values.withUnsafeBytes { Array($0) }
    }

    @Test func arrayIsRead() throws {
        #expect(try SafeTensors(file()).floats("a", shape: [2, 2]) == [1, 2, 3, 4])
    }

    @Test func otherNamesAndShapesAreRefused() throws {
        let tensors = try SafeTensors(file())
        #expect(throws: InferenceError.self) { try tensors.floats("b", shape: [2, 2]) }
        let error = #expect(throws: InferenceError.self) { try tensors.floats("a", shape: [4]) }
        #expect(error?.code == .corruptModel)
        #expect(error?.message.contains("[2, 2]") == true)
    }

    @Test(arguments: [
        #"{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,20]}}"#,
        #"{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[16,32]}}"#,
        #"{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[-16,0]}}"#,
        #"{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[9223372036854775807,0]}}"#,
        #"{"a":{"dtype":"F64","shape":[2,2],"data_offsets":[0,16]}}"#, #"{"a":{"dtype":"F32","shape":[2,2]}}"#,
    ])
    func badEntriesAreRefused(header: String) throws {
        let tensors = try SafeTensors(file(header: header))
        #expect(throws: InferenceError.self) { try tensors.floats("a", shape: [2, 2]) }
    }

    @Test func everyShorterFileIsRefused() {
        let bytes = file()
        for count in 0..<bytes.count {
            #expect(throws: InferenceError.self) {
                try SafeTensors(Array(bytes[..<count])).floats("a", shape: [2, 2])
            }
        }
    }
}

struct TorchCheckpointTests {
    /// A checkpoint as torch writes it: `{"model_state": OrderedDict(w=tensor)}`, `w` [2,2] at offset 1 of a storage of 6 floats.
    private func checkpoint(class name: String = "torch\nFloatStorage\n", opcode: [UInt8] = []) -> [UInt8] {
        func text(_ string: String) -> [UInt8] { [0x58, UInt8(string.utf8.count), 0, 0, 0] + Array(string.utf8) }
        func global(_ lines: String) -> [UInt8] { [0x63] + Array(lines.utf8) }
        let start: [UInt8] = [0x80, 2]
        let magic = start + [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]
        let version = start + [0x4d, 0xe9, 0x03, 0x2e]
        let system = start + [0x7d, 0x71, 0, 0x2e]
        let identity =
            [0x28] + text("storage") + global(name) + text("7") + text("cpu") + [0x4b, 6, 0x4e, 0x74, 0x51] as [UInt8]
        let tensor =
            global("torch._utils\n_rebuild_tensor_v2\n") + [0x28] + identity + [0x4b, 1]
            + [0x4b, 2, 0x4b, 2, 0x86, 0x4b, 2, 0x4b, 1, 0x86, 0x89, 0x4e, 0x74, 0x52] as [UInt8]
        let state = global("collections\nOrderedDict\n") + [0x29, 0x52, 0x28] + text("w") + tensor + [0x75] as [UInt8]
        let object = start + opcode + [0x7d, 0x28] + text("model_state") + state + [0x75, 0x2e]
        let keys = start + [0x5d, 0x28] + text("7") + [0x65, 0x2e]
        let values: [Float] = [9, 1, 2, 3, 4, 9]
        return magic + version + system + object + keys + [6, 0, 0, 0, 0, 0, 0, 0]
            + values.withUnsafeBytes { Array($0) }
    }

    @Test func tensorIsRead() throws {
        #expect(try TorchCheckpoint(checkpoint()).floats("w", shape: [2, 2]) == [1, 2, 3, 4])
        #expect(throws: InferenceError.self) { try TorchCheckpoint(checkpoint()).floats("w", shape: [4]) }
        #expect(throws: InferenceError.self) { try TorchCheckpoint(checkpoint()).floats("v", shape: [2, 2]) }
    }

    @Test(arguments: ["os\nsystem\n", "builtins\neval\n", "torch\nDoubleStorage\n"])
    func otherNamesAreRefused(name: String) {
        let error = #expect(throws: InferenceError.self) { try TorchCheckpoint(checkpoint(class: name)) }
        #expect(error?.code == .corruptModel)
    }

    @Test(arguments: [[0x69], [0x93], [0x81], [0x92], [0x42], [0x30]] as [[UInt8]])
    func otherOpcodesAreRefused(opcode: [UInt8]) {
        #expect(throws: InferenceError.self) { try TorchCheckpoint(checkpoint(opcode: opcode)) }
    }

    @Test func everyShorterFileIsRefused() {
        let bytes = checkpoint()
        for count in 0..<bytes.count {
            #expect(throws: InferenceError.self, "\(count) bytes") { try TorchCheckpoint(Array(bytes[..<count])) }
        }
    }

    @Test func damagedBytesNeverCrash() {
        let bytes = checkpoint()
        for position in bytes.indices {
            for change in [0x01, 0x80, 0xff] as [UInt8] {
                var damaged = bytes
                damaged[position] ^= change
                _ = try? TorchCheckpoint(damaged).floats("w", shape: [2, 2])
            }
        }
    }

    @Test func deepNestingIsRefused() {
        let nested = [0x80, 2, 0x29] + [UInt8](repeating: 0x85, count: 1_000_000) + [0x2e]
        #expect(throws: InferenceError.self) { try TorchCheckpoint(nested) }
    }
}

struct RecognitionCharactersTests {
    @Test func charactersComeFromTheMetadata() throws {
        var graph = ONNXGraph(name: "rec")
        graph.output(graph.node("Relu", [graph.input("x", .float32, [1])]), as: "y", .float32, [1])
        #expect(throws: InferenceError.self) { try DerivationRecipe.recognitionCharacters.apply(graph.serialized()) }
        graph.metadata = [("character", "'\n疗\n绚")]
        let text = try DerivationRecipe.recognitionCharacters.apply(graph.serialized())
        #expect(String(decoding: text, as: UTF8.self) == "'\n疗\n绚\n")
    }
}

/// The derived networks against references in double precision (scripts/golden).
struct DerivedNetworkTests {
    private struct Sentence: Decodable {
        let text: String
        let ids: [Int64]
        let embedding: [Float]
    }

    private func compile(_ id: String, _ file: String) throws -> InferenceModel {
        let model = try #require(InstalledModels.store).installed(id)
        return try OpenVINORuntime.shared().compile(path: "\(model.folder)/\(file)")
    }

    @Test(.enabled(if: InstalledModels.has("minilm-l6"), "needs: video-extract models install minilm-l6"))
    func sentenceEmbeddingsEqualTheReference() throws {
        let sentences = try JSONDecoder().decode([Sentence].self, from: Data(SentenceEmbeddings.json.utf8))
        let length = try #require(sentences.map(\.ids.count).max())
        let model = try compile("minilm-l6", "minilm.onnx")
        try model.require(
            inputs: [.init(.name("input_ids"), .i64, [nil, nil]), .init(.name("attention_mask"), .i64, [nil, nil])],
            outputs: [.init(.name("sentence_embedding"), .f32, [nil, 384])], model: "minilm-l6")
        // As one padded batch: padding must not change anything.
        let ids = sentences.flatMap { $0.ids + [Int64](repeating: 0, count: length - $0.ids.count) }
        let mask = ids.map { $0 == 0 ? 0 : 1 as Int64 }
        let shape = [sentences.count, length]
        let rows = try model.withSession { session in
            try ids.withUnsafeBufferPointer { ids in
                try mask.withUnsafeBufferPointer { mask in
                    try session.run([
                        .integers(.name("input_ids"), ids, shape: shape),
                        .integers(.name("attention_mask"), mask, shape: shape),
                    ])
                }
            }
            return try session.withFloats(.index(0)) { values, _ in Array(values) }
        }
        for (row, sentence) in sentences.enumerated() {
            let cosine = zip(rows[(row * 384)...], sentence.embedding).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(cosine > 0.99999, "\(sentence.text)")
        }
        #expect(abs(zip(rows, rows[384...].prefix(384)).reduce(0) { $0 + $1.0 * $1.1 } - 0.755) < 1e-3)
    }

    @Test(.enabled(if: InstalledModels.has("ge2e"), "needs: video-extract models install ge2e"))
    func speakerEmbeddingsEqualTheReference() throws {
        let model = try compile("ge2e", "ge2e.onnx")
        func embed(_ mel: [Float], shape: [Int]) throws -> [Float] {
            try model.withSession { session in
                try mel.withUnsafeBufferPointer { try session.run([.floats(.name("mel"), $0, shape: shape)]) }
                return try session.withFloats(.name("embedding")) { values, _ in Array(values) }
            }
        }
        let silent = try embed([Float](repeating: 0, count: 2 * 160 * 40), shape: [2, 160, 40])
        #expect(abs(silent[0] - 0.139681) < 1e-5)
        #expect(silent[1] == 0 && silent[2] == 0)
        #expect(silent[..<256] == silent[256...])
        // scripts/golden/speaker-embedding
        let mel: [Float] = (0..<(20 * 40)).map { index in
            let (frame, band) = index.quotientAndRemainder(dividingBy: 40)
            return 0.01 * Float((7 * frame + 3 * band) % 11)
        }
        let expected: [Float] = [
            0, 0, 0, 0, 0.026896, 0.058956, 0, 0.056202, 0.13787, 0.089141, 0.150228, 0.123083, 0.096408, 0, 0,
            0.172825,
        ]
        let got = try embed(mel, shape: [1, 20, 40])
        #expect(zip(got, expected).allSatisfy { abs($0 - $1) < 2e-6 }, "\(got.prefix(16))")
    }
}
