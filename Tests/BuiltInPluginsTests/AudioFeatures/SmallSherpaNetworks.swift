import Inference

/// Small networks of the shapes that sherpa-onnx expects.
enum SmallSherpaNetworks {
    /// Windows of one second in frames of 10 ms: the first speaker where the mean square is above 0.001, else nobody.
    static func segmentation() -> [UInt8] {
        var graph = ONNXGraph(name: "segmentation")
        let x = graph.input("x", .float32, ["N", 1, "T"])
        let frames = graph.node("Reshape", [x, graph.constant("frames", integers: [0, -1, 160], shape: [3])])
        let power = graph.node(
            "ReduceMean", [graph.node("Mul", [frames, frames])], ["axes": .integers([2]), "keepdims": .integer(1)])
        let zero = graph.node("Mul", [power, graph.constant("nothing", floats: [0], shape: [])])
        let threshold = graph.node("Add", [zero, graph.constant("threshold", floats: [0.001], shape: [])])
        let never = graph.node("Sub", [zero, graph.constant("one", floats: [1], shape: [])])
        let classes = graph.node(
            "Concat", [threshold, power] + [String](repeating: never, count: 5), ["axis": .integer(2)])
        graph.output(classes, as: "y", .float32, ["N", "F", 7])
        graph.metadata = [
            ("num_classes", "7"), ("num_speakers", "3"), ("powerset_max_classes", "2"),
            ("receptive_field_shift", "160"),
            ("receptive_field_size", "400"), ("sample_rate", "16000"), ("window_size", "16000"),
        ]
        return graph.serialized()
    }

    /// [1,0] for sounds with more low than high frequencies, [0,1] for the others.
    static func embedding() -> [UInt8] {
        var graph = ONNXGraph(name: "embedding")
        let x = graph.input("x", .float32, [1, "T", 80])
        let mean = graph.node("ReduceMean", [x], ["axes": .integers([1]), "keepdims": .integer(0)])
        let axis = graph.constant("axis", integers: [1], shape: [1])
        let bounds = [0, 40, 80].map { graph.constant("at\($0)", integers: [$0], shape: [1]) }
        let low = graph.node("Slice", [mean, bounds[0], bounds[1], axis])
        let high = graph.node("Slice", [mean, bounds[1], bounds[2], axis])
        let more = graph.node(
            "ReduceMean", [graph.node("Sub", [low, high])], ["axes": .integers([1]), "keepdims": .integer(1)])
        let both = graph.node("Concat", [more, graph.node("Neg", [more])], ["axis": .integer(1)])
        graph.output(graph.node("Relu", [both]), as: "y", .float32, [1, 2])
        graph.metadata = [
            ("framework", "wespeaker"), ("language", "en"), ("normalize_samples", "1"), ("output_dim", "2"),
            ("sample_rate", "16000"),
        ]
        return graph.serialized()
    }

    /// Probabilities 0.2, 0.7 and 0.1 for whatever is heard.
    static func tagging() -> [UInt8] {
        var graph = ONNXGraph(name: "tagging")
        let x = graph.input("x", .float32, [1, "A", "B"])
        let mean = graph.node("ReduceMean", [x], ["axes": .integers([1, 2]), "keepdims": .integer(0)])
        let zero = graph.node("Mul", [mean, graph.constant("nothing", floats: [0], shape: [])])
        let column = graph.node("Unsqueeze", [zero, graph.constant("axis", integers: [1], shape: [1])])
        let known = graph.constant("known", floats: [0.2, 0.7, 0.1], shape: [1, 3])
        graph.output(graph.node("Add", [column, known]), as: "y", .float32, [1, 3])
        return graph.serialized()
    }

    static let labels = "index,mid,display_name\n0,/m/1,\"Speech\"\n1,/m/2,\"Music\"\n2,/m/3,\"Bark, dog\"\n"
}
