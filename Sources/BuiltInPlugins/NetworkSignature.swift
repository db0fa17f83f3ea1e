import Inference
import PluginKit

/// What a network takes and gives, checked against what the code that runs it was written for: when it is loaded, and at a
/// run for the axes that it leaves open. What does not fit is `PluginError` with `invalidModel`, naming the tensor and both
/// shapes.
struct NetworkSignature: Sendable {
    let network: InferenceModel
    /// Catalogue identifier, for messages.
    let model: String

    /// Longest side of a picture that a network may ask for.
    private static let longestSide = 4096

    /// Checks the tensors; inputs besides `inputs` are refused too, because nobody would fill them.
    func require(inputs: [TensorRequirement], outputs: [TensorRequirement]) throws {
        try checked {
            try network.require(inputs: inputs, outputs: outputs, model: model)
            guard network.inputs.count == inputs.count else {
                let known = network.inputs.map { "\($0)" }.joined(separator: ", ")
                throw InferenceError(
                    .unsupportedModel, "model \(model): it takes \(known); expected \(inputs.count) of them alone")
            }
        }
    }

    /// Width and height of the pictures that the only input takes, those of `usual` along axes that are open.
    ///
    /// - Parameter step: what width and height are multiples of.
    func pictureSize(
        _ arrangement: PictureTensorForm.Arrangement = .planar, usual: (width: Int, height: Int), step: Int = 1
    ) throws -> (width: Int, height: Int) {
        let side = TensorAxis.multiple(of: step, upTo: Self.longestSide)
        let isPlanar = arrangement == .planar
        try require(inputs: [.init(.index(0), .f32, isPlanar ? [1, 3, side, side] : [1, side, side, 3])], outputs: [])
        let shape = network.inputs.first?.shape ?? []
        guard shape.count == 4 else { return usual }
        return (shape[isPlanar ? 3 : 2] ?? usual.width, shape[isPlanar ? 2 : 1] ?? usual.height)
    }

    /// Checks the outputs alone, once ``pictureSize(_:usual:step:)`` has checked the input.
    func require(outputs: [TensorRequirement]) throws {
        try checked { try network.require(outputs: outputs, model: model) }
    }

    /// Runs the network once and lends one output after its real shape was checked.
    ///
    /// - Parameter run: gives the inputs to a session.
    func withOutput<Result>(
        _ output: TensorRequirement, run: (InferenceSession) throws -> Void,
        read: (UnsafeBufferPointer<Float>, _ shape: [Int]) throws -> Result
    ) throws -> Result {
        try checked {
            try network.withSession { session in
                try run(session)
                return try session.withFloats(output, model: model, read)
            }
        }
    }

    /// Runs the network once, as ``withOutput(_:run:read:)`` does.
    ///
    /// - Returns: all values of the output.
    func floats(of output: TensorRequirement, run: (InferenceSession) throws -> Void) throws -> [Float] {
        try withOutput(output, run: run) { values, _ in Array(values) }
    }

    /// Runs `body`; its errors become errors of the plugin, and say what to do where the network is another one.
    private func checked<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as InferenceError where error.code == .unsupportedModel {
            throw PluginError(
                .invalidModel, "\(error.message); install the model again, or check its catalogue entry",
                details: error.underlying)
        } catch {
            throw SharedModels.translated(error)
        }
    }

    /// Lends an output of the last run after its real shape was checked.
    func withOutput<Result>(
        _ output: TensorRequirement, of session: InferenceSession,
        _ body: (UnsafeBufferPointer<Float>, _ shape: [Int]) throws -> Result
    ) throws -> Result {
        try checked { try session.withFloats(output, model: model, body) }
    }
}
