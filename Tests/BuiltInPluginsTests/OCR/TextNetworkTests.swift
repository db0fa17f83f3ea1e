import Inference
import PluginKit
import Testing

@testable import BuiltInPlugins

/// Networks of another kind are refused before a picture is read.
struct TextNetworkTests {
    private func network(_ shape: [ONNXGraph.Dimension], output: [Int]) throws -> InferenceModel {
        let values = [Float](repeating: 0, count: output.reduce(1, *))
        return try ConstantNetwork(
            input: "x", shape: shape, outputs: [.init(name: "y", shape: output, values: values)]
        ).load()
    }

    private func message(_ body: () throws -> Void) throws -> String {
        let error = try #require(throws: PluginError.self, performing: body)
        #expect(error.code == .invalidModel)
        return error.message
    }

    @Test func detectionNetworks() throws {
        _ = try TextDetector(network: network([1, 3, "H", "W"], output: [1, 1, 32, 32]), model: "pp-ocr-v4")
        let flat = try message {
            _ = try TextDetector(network: network([1, 1, "H", "W"], output: [1, 1, 32, 32]), model: "pp-ocr-v4")
        }
        #expect(flat.contains("model pp-ocr-v4: input #0 \"x\" is f32 [1,1,?,?]; expected f32 [1,3,?,?]"))
        let two = try message {
            _ = try TextDetector(network: network([1, 3, "H", "W"], output: [1, 2, 32, 32]), model: "pp-ocr-v4")
        }
        #expect(two.contains("output #0 \"y\" is f32 [1,2,32,32]; expected f32 [1,1,?,?]"))
    }

    /// A class for the blank, one for each character, one for the space.
    @Test func recognitionNetworksMustHaveAClassForEveryCharacter() throws {
        let decoder = CharacterDecoder(characters: ["a", "b", "c"])
        func make(_ classes: Int, height: ONNXGraph.Dimension = 48, orientation: InferenceModel? = nil) throws {
            _ = try LineRecognizer(
                network: network([1, 3, height, "W"], output: [1, 4, classes]), decoder: decoder,
                orientation: orientation, model: "pp-ocr-v4")
        }
        try make(5)
        try make(5, height: "H", orientation: network([1, 3, 48, 192], output: [1, 2]))
        for classes in [3, 4, 6] {
            let text = try message { try make(classes) }
            #expect(text.contains("output #0 \"y\" is f32 [1,4,\(classes)]; expected f32 [1,?,5]"))
        }
        #expect(try message { try make(5, height: 32) }.contains("[1,3,32,?]; expected f32 [1,3,48,?]"))
        let turned = try message {
            try make(5, orientation: network([1, 3, 48, 100], output: [1, 2]))
        }
        #expect(turned.contains("[1,3,48,100]; expected f32 [1,3,48,192]"))
    }
}
