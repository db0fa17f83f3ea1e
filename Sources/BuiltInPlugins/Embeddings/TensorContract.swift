import Inference
import PluginKit

/// What a network of a family takes and gives; a network that does otherwise is refused in words.
struct TensorContract: Sendable {
    /// Model identifier, for messages.
    let model: String
    /// Input tensors, as messages show them: `pixel_values float32 [1,3,224,224]`.
    let inputs: String
    /// The output tensor that is read.
    let output: String

    /// Runs `body`; when the runtime refuses the tensors, says what was expected and what it said.
    ///
    /// - Throws: `PluginError` with `invalidModel`, or what `body` throws besides `InferenceError`.
    func checked<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as InferenceError {
            let detail = error.underlying.map { ": \($0)" } ?? ""
            throw PluginError(
                .invalidModel,
                "the model \(model) does not fit: it must take \(inputs) and give \(output); \(error.message)\(detail)",
                details: error.underlying)
        }
    }

    /// Checks an output's shape.
    ///
    /// - Throws: `PluginError` with `invalidModel`, naming the tensor and both shapes.
    func check(_ shape: [Int], isValid: Bool) throws {
        guard !isValid else { return }
        let text = shape.map(String.init).joined(separator: ",")
        throw PluginError(
            .invalidModel, "the model \(model) does not fit: it must give \(output), and gave the shape [\(text)]")
    }
}
