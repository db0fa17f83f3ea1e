/// Builds the network of all-MiniLM-L6-v2 (a 6-layer BERT; Wang et al. 2020, sentence-transformers/all-MiniLM-L6-v2) with mean
/// pooling and L2 normalisation inside.
///
/// Inputs `input_ids`, `attention_mask`: 64-bit integers [B,T], T ≤ 512. Output `sentence_embedding`: [B,384], length 1.
/// Weights are stored as 16-bit floats, which changes embeddings by less than 1e-6 in cosine.
enum MiniLMNetwork {
    private static let hidden = 384
    private static let heads = 12
    private static let inner = 1536
    private static let layers = 6

    static func onnx(from weights: some WeightSource) throws -> [UInt8] {
        var builder = Builder(weights: weights)
        return try builder.build()
    }

    private struct Builder<Weights: WeightSource> {
        let weights: Weights
        var graph = ONNXGraph(name: "all-MiniLM-L6-v2")

        mutating func build() throws -> [UInt8] {
            let ids = graph.input("input_ids", .int64, ["B", "T"])
            let mask = graph.node("Cast", [graph.input("attention_mask", .int64, ["B", "T"])], ["to": .integer(1)])
            var x = try embeddings(ids)
            let bias = attentionBias(mask)
            for layer in 0..<layers { x = try encoderLayer(x, bias, "encoder.layer.\(layer)") }
            graph.output(
                pooled(x, mask), as: "sentence_embedding", .float32, ["B", .fixed(hidden)])
            return graph.serialized()
        }

        /// The sum of word, position and (always the first) type embedding, normalised.
        private mutating func embeddings(_ ids: String) throws -> String {
            let prefix = "embeddings"
            let words = try half("\(prefix).word_embeddings.weight", [30_522, hidden])
            let positions = try half("\(prefix).position_embeddings.weight", [512, hidden])
            let types = try weights.floats("\(prefix).token_type_embeddings.weight", shape: [2, hidden])
            let type = graph.constant("\(prefix).type", floats: Array(types.prefix(hidden)), shape: [hidden])
            let zero = graph.constant("zero", integers: [0], shape: [1])
            let one = graph.constant("one", integers: [1], shape: [1])
            let length = graph.node("Gather", [graph.node("Shape", [ids]), one])
            let position = graph.node("Slice", [positions, zero, length, zero])
            let sum = graph.node("Add", [graph.node("Add", [graph.node("Gather", [words, ids]), type]), position])
            return try normalised(sum, "\(prefix).LayerNorm")
        }

        /// [B,1,1,T]: 0 where there is a token, -1e9 where there is padding.
        private mutating func attentionBias(_ mask: String) -> String {
            let one = graph.constant("unit", floats: [1], shape: [])
            let far = graph.constant("far", floats: [-1e9], shape: [])
            let axes = graph.constant("mask_axes", integers: [1, 2], shape: [2])
            return graph.node("Unsqueeze", [graph.node("Mul", [graph.node("Sub", [one, mask]), far]), axes])
        }

        private mutating func encoderLayer(_ x: String, _ bias: String, _ prefix: String) throws -> String {
            let width = hidden / heads
            let split = graph.constant("\(prefix).split", integers: [0, 0, Int64(heads), Int64(width)], shape: [4])
            let join = graph.constant("\(prefix).join", integers: [0, 0, Int64(hidden)], shape: [3])
            let scale = graph.constant("\(prefix).scale", floats: [1 / Float(width).squareRoot()], shape: [])
            func head(_ graph: inout ONNXGraph, _ projection: String, _ order: [Int]) -> String {
                graph.node("Transpose", [graph.node("Reshape", [projection, split])], ["perm": .integers(order)])
            }
            let attention = "\(prefix).attention"
            let query = try linear(x, "\(attention).self.query", hidden, hidden)
            let key = try linear(x, "\(attention).self.key", hidden, hidden)
            let value = try linear(x, "\(attention).self.value", hidden, hidden)
            let product = graph.node(
                "MatMul", [head(&graph, query, [0, 2, 1, 3]), head(&graph, key, [0, 2, 3, 1])])
            let scores = graph.node("Add", [graph.node("Mul", [product, scale]), bias])
            let shares = graph.node("Softmax", [scores], ["axis": .integer(-1)])
            let mixed = graph.node("MatMul", [shares, head(&graph, value, [0, 2, 1, 3])])
            let rows = graph.node("Transpose", [mixed], ["perm": .integers([0, 2, 1, 3])])
            let context = graph.node("Reshape", [rows, join])
            let attended = try linear(context, "\(attention).output.dense", hidden, hidden)
            let y = try normalised(graph.node("Add", [attended, x]), "\(attention).output.LayerNorm")
            let wide = gelu(try linear(y, "\(prefix).intermediate.dense", hidden, inner), prefix)
            let narrow = try linear(wide, "\(prefix).output.dense", inner, hidden)
            return try normalised(graph.node("Add", [narrow, y]), "\(prefix).output.LayerNorm")
        }

        /// x/2 · (1 + erf(x/√2)).
        private mutating func gelu(_ x: String, _ prefix: String) -> String {
            let root = graph.constant("\(prefix).root", floats: [Float(2).squareRoot()], shape: [])
            let one = graph.constant("\(prefix).one", floats: [1], shape: [])
            let half = graph.constant("\(prefix).half", floats: [0.5], shape: [])
            let erf = graph.node("Erf", [graph.node("Div", [x, root])])
            return graph.node("Mul", [graph.node("Mul", [x, graph.node("Add", [erf, one])]), half])
        }

        /// The mean over tokens that are not padding, divided by its length.
        private mutating func pooled(_ x: String, _ mask: String) -> String {
            let axis = graph.constant("token_axis", integers: [1], shape: [1])
            let last = graph.constant("last_axis", integers: [2], shape: [1])
            let smallest = graph.constant("smallest", floats: [1e-9], shape: [])
            let weight = graph.node("Unsqueeze", [mask, last])
            let sum = graph.node(
                "ReduceSum", [graph.node("Mul", [x, weight]), axis], ["keepdims": .integer(0)])
            let count = graph.node("ReduceSum", [weight, axis], ["keepdims": .integer(0)])
            let mean = graph.node("Div", [sum, graph.node("Max", [count, smallest])])
            return graph.node("Div", [mean, graph.l2Norm(mean)])
        }

        private mutating func linear(_ x: String, _ prefix: String, _ from: Int, _ to: Int) throws -> String {
            let stored = try weights.floats("\(prefix).weight", shape: [to, from])
            let matrix = graph.constant(
                "\(prefix).weight", halves: WeightLayout.transposed(stored, rows: to, columns: from),
                shape: [from, to])
            let wide = graph.node("Cast", [matrix], ["to": .integer(1)])
            return graph.node("Add", [graph.node("MatMul", [x, wide]), try vector("\(prefix).bias", to)])
        }

        private mutating func normalised(_ x: String, _ prefix: String) throws -> String {
            let scale = try vector("\(prefix).weight", hidden)
            let bias = try vector("\(prefix).bias", hidden)
            return graph.node(
                "LayerNormalization", [x, scale, bias], ["axis": .integer(-1), "epsilon": .float(1e-12)])
        }

        private mutating func half(_ name: String, _ shape: [Int]) throws -> String {
            let stored = graph.constant(name, halves: try weights.floats(name, shape: shape), shape: shape)
            return graph.node("Cast", [stored], ["to": .integer(1)])
        }

        private mutating func vector(_ name: String, _ count: Int) throws -> String {
            graph.constant(name, floats: try weights.floats(name, shape: [count]), shape: [count])
        }
    }
}

extension ONNXGraph {
    /// Length of each row of a [B,N] result, [B,1], at least 1e-12.
    mutating func l2Norm(_ x: String) -> String {
        let smallest = constant("smallest_length", floats: [1e-12], shape: [])
        return node("Max", [node("ReduceL2", [x], ["axes": .integers([1])]), smallest])
    }
}
