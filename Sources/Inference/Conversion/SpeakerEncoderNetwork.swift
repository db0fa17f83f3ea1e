/// Builds the speaker encoder GE2E (Wan et al. 2018; weights and sizes of resemble-ai/Resemblyzer): three LSTM layers, the last
/// state through a linear layer, ReLU, L2 normalisation.
///
/// Input `mel`: power mel bands [B,T,40], 10 ms a frame. Output `embedding`: [B,256], length 1.
enum SpeakerEncoderNetwork {
    private static let bands = 40
    private static let hidden = 256
    private static let layers = 3

    static func onnx(from weights: some WeightSource) throws -> [UInt8] {
        var graph = ONNXGraph(name: "ge2e")
        let mel = graph.input("mel", .float32, ["B", "T", .fixed(bands)])
        var sequence = graph.node("Transpose", [mel], ["perm": .integers([1, 0, 2])])
        var state = ""
        for layer in 0..<layers {
            let width = layer == 0 ? bands : hidden
            let input = gates(
                try weights.floats("lstm.weight_ih_l\(layer)", shape: [4 * hidden, width]), width: width)
            let recurrent = gates(
                try weights.floats("lstm.weight_hh_l\(layer)", shape: [4 * hidden, hidden]), width: hidden)
            let inputBias = try weights.floats("lstm.bias_ih_l\(layer)", shape: [4 * hidden])
            let recurrentBias = try weights.floats("lstm.bias_hh_l\(layer)", shape: [4 * hidden])
            let inputs = [
                sequence, graph.constant("W\(layer)", floats: input, shape: [1, 4 * hidden, width]),
                graph.constant("R\(layer)", floats: recurrent, shape: [1, 4 * hidden, hidden]),
                graph.constant(
                    "B\(layer)", floats: gates(inputBias, width: 1) + gates(recurrentBias, width: 1),
                    shape: [1, 8 * hidden]),
            ]
            graph.node(
                "LSTM", inputs, outputs: ["sequence\(layer)", "state\(layer)"], ["hidden_size": .integer(hidden)])
            let directions = graph.constant("direction_axis\(layer)", integers: [1], shape: [1])
            sequence = graph.node("Squeeze", ["sequence\(layer)", directions])
            state = "state\(layer)"
        }
        let first = graph.constant("first_axis", integers: [0], shape: [1])
        let matrix = WeightLayout.transposed(
            try weights.floats("linear.weight", shape: [hidden, hidden]), rows: hidden, columns: hidden)
        let weight = graph.constant("linear.weight", floats: matrix, shape: [hidden, hidden])
        let bias = graph.constant(
            "linear.bias", floats: try weights.floats("linear.bias", shape: [hidden]), shape: [hidden])
        let product = graph.node("MatMul", [graph.node("Squeeze", [state, first]), weight])
        let raw = graph.node("Relu", [graph.node("Add", [product, bias])])
        graph.output(
            graph.node("Div", [raw, graph.l2Norm(raw)]), as: "embedding", .float32, ["B", .fixed(hidden)])
        return graph.serialized()
    }

    /// From the gate order of torch (input, forget, cell, output) to that of ONNX (input, output, forget, cell).
    private static func gates(_ values: [Float], width: Int) -> [Float] {
        let block = hidden * width
        return [0, 3, 1, 2].flatMap { values[($0 * block)..<(($0 + 1) * block)] }
    }
}
