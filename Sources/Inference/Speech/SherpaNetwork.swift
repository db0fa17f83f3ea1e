/// Checks of ONNX files against what sherpa-onnx 2.0 demands of them, because it ends the whole process on a wrong one.
///
/// The metadata keys and the numbers of inputs and outputs are those that its model classes read
/// (`offline-speaker-segmentation-pyannote-model.cc`, `speaker-embedding-extractor-*.cc`, `offline-ced-model.cc`,
/// `offline-zipformer-audio-tagging-model.cc`).
struct SherpaNetwork {
    static let float32: Int64 = 1

    let path: String
    let file: ONNXFile

    /// - Throws: ``InferenceError`` (`corruptModel`, `loadFailed`) unless the file is a whole ONNX network that the runtime loads.
    init(_ model: InstalledModel, path: String) throws {
        try ModelFileFormat.checkNetwork(path)
        self.path = path
        file = try ONNXFile(path: path)
        if !model.isKnownToLoad { try TrialLoad.run(path) }
    }

    /// A number of the metadata.
    func number(_ key: String, in range: ClosedRange<Int>) throws -> Int {
        guard let number = file.metadata[key].flatMap(Int.init), range.contains(number) else {
            throw unsupported(
                "its metadata \(key) is \(file.metadata[key].map { "\"\($0)\"" } ?? "missing"), expected a number from "
                    + "\(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A text of the metadata, not empty.
    @discardableResult
    func text(_ key: String, of choices: [String]? = nil) throws -> String {
        let text = file.metadata[key] ?? ""
        guard !text.isEmpty, choices?.contains(text) != false else {
            throw unsupported(
                "its metadata \(key) is \"\(text)\""
                    + (choices.map { ", expected \($0.joined(separator: " or "))" } ?? ""))
        }
        return text
    }

    /// Checks the number of inputs and that the first one holds floats with so many axes.
    func requireInputs(_ count: Int, axes: Int) throws {
        guard file.inputs.count == count else {
            throw unsupported("it has \(file.inputs.count) inputs, expected \(count)")
        }
        try require(file.inputs[0], "input", axes: axes)
    }

    /// Checks that the output holds floats with so many axes.
    ///
    /// - Returns: the length of its last axis; nil where the file leaves it open.
    func lastAxisOfOutput(_ index: Int, axes: Int) throws -> Int? {
        guard index < file.outputs.count else {
            throw unsupported("it has \(file.outputs.count) outputs, expected at least \(index + 1)")
        }
        try require(file.outputs[index], "output", axes: axes)
        return file.outputs[index].shape?.last.flatMap { $0 }.map(Int.init)
    }

    private func require(_ tensor: ONNXFile.Tensor, _ role: String, axes: Int) throws {
        guard tensor.elementType == Self.float32, tensor.shape?.count == axes else {
            let shape = tensor.shape.map { "\($0.count) axes" } ?? "no shape"
            throw unsupported(
                "its \(role) \"\(tensor.name)\" has \(shape) of element type \(tensor.elementType), "
                    + "expected \(axes) axes of 32-bit floats")
        }
    }

    func unsupported(_ reason: String) -> InferenceError {
        InferenceError(.unsupportedModel, "\(path) is no network of the kind expected here: \(reason)")
    }
}
