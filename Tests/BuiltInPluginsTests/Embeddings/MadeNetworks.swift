import Inference

/// Small networks of the exact signatures, whose answers are known.
enum MadeNetworks {
    /// `image_embeds[k] = mean of channel (k mod 3) + k / columns`.
    static func clip(
        columns: Int = 512, side: Int = 224, input: String = "pixel_values", output: String = "image_embeds"
    ) -> [UInt8] {
        var graph = ONNXGraph(name: "clip")
        let x = graph.input(input, .float32, ["N", 3, .fixed(side), .fixed(side)])
        let mean = channelMeans(x, &graph)
        let weights = (0..<3).flatMap { channel in (0..<columns).map { $0 % 3 == channel ? Float(1) : 0 } }
        let matrix = graph.constant("weights", floats: weights, shape: [3, columns])
        let shift = graph.constant("shift", floats: (0..<columns).map { Float($0) / Float(columns) }, shape: [columns])
        let sum = graph.node("Add", [graph.node("MatMul", [mean, matrix]), shift])
        graph.output(sum, as: output, .float32, ["N", .fixed(columns)])
        return graph.serialized()
    }

    /// Logits: ten times the mean of red for class 0, of green for class 1, of blue for class 2; the others get 0.
    static func places(classes: Int = 365) -> [UInt8] {
        var graph = ONNXGraph(name: "places")
        let x = graph.input("input.1", .float32, [1, 3, 224, 224])
        let weights = (0..<3).flatMap { channel in (0..<classes).map { $0 == channel ? Float(10) : 0 } }
        let matrix = graph.constant("weights", floats: weights, shape: [3, classes])
        let logits = graph.node("MatMul", [channelMeans(x, &graph), matrix])
        graph.output(logits, as: "logits", .float32, [1, .fixed(classes)])
        return graph.serialized()
    }

    /// A sentence network whose vector has 1 in the column of its number of tokens (at most 300).
    static func sentences(columns: Int = 384) -> [UInt8] {
        var graph = ONNXGraph(name: "sentences")
        _ = graph.input("input_ids", .int64, ["B", "T"])
        let mask = graph.input("attention_mask", .int64, ["B", "T"])
        let axis = graph.constant("axis", integers: [1], shape: [1])
        let count = graph.node("ReduceSum", [mask, axis], ["keepdims": .integer(1)])
        let numbers = graph.constant("numbers", integers: (0..<Int64(columns)).map { $0 }, shape: [1, columns])
        let hit = graph.node("Cast", [graph.node("Equal", [count, numbers])], ["to": .integer(1)])
        graph.output(hit, as: "sentence_embedding", .float32, ["B", .fixed(columns)])
        return graph.serialized()
    }

    private static func channelMeans(_ x: String, _ graph: inout ONNXGraph) -> String {
        graph.node("ReduceMean", [x], ["axes": .integers([2, 3]), "keepdims": .integer(0)])
    }
}
