import Inference
import PluginKit

/// Checks that a network has the inputs and outputs of the family that the catalogue says it belongs to.
struct NetworkSignature: Sendable {
    /// Name of the model, for messages.
    let model: String
    /// Its family in the catalogue.
    let family: String

    /// Width and height of the first input among `names`; nil where both are known at run time only, or where no input has
    /// one of these names.
    ///
    /// - Throws: `PluginError` with `invalidModel` for an input that takes no pictures.
    func pictureSize(
        of session: InferenceSession, names: [String], arrangement: PictureTensorForm.Arrangement = .planar
    ) throws -> (width: Int, height: Int)? {
        for name in names {
            // A request holds its inputs from the beginning, of length 0 along the axes that are open.
            guard let shape = try? session.withFloats(.name(name), { _, shape in shape }) else { continue }
            let isPlanar = arrangement == .planar
            guard shape.count == 4, shape[0] <= 1, [0, 3].contains(shape[isPlanar ? 1 : 3]) else {
                throw mismatch(
                    tensor: "input \(name)", shape: shape,
                    expected: isPlanar ? "[1, 3, height, width]" : "[1, height, width, 3]")
            }
            let (height, width) = isPlanar ? (shape[2], shape[3]) : (shape[1], shape[2])
            guard width <= 4096, height <= 4096 else {
                throw mismatch(tensor: "input \(name)", shape: shape, expected: "at most 4096 pixels a side")
            }
            return width > 0 && height > 0 ? (width, height) : nil
        }
        return nil
    }

    /// Lends an output after its shape was checked; nil stands for any length.
    ///
    /// - Throws: `PluginError` with `invalidModel`, naming the tensor and both shapes; what `body` throws.
    func withOutput<Result>(
        _ key: TensorKey, of session: InferenceSession, shape expected: [Int?],
        _ body: (UnsafeBufferPointer<Float>, _ shape: [Int]) throws -> Result
    ) throws -> Result {
        do {
            return try session.withFloats(key) { values, shape in
                guard shape.count == expected.count, zip(shape, expected).allSatisfy({ $1 == nil || $0 == $1 }) else {
                    let text = expected.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
                    throw mismatch(tensor: "output \(key)", shape: shape, expected: "[\(text)]")
                }
                return try body(values, shape)
            }
        } catch let error as InferenceError {
            throw PluginError(
                .invalidModel,
                "model \(model) has no output \(key) of 32-bit floats, which a network of the family \(family) has",
                details: error.description)
        }
    }

    /// Shape of an output, or nil where there is none.
    func outputShape(_ key: TensorKey, of session: InferenceSession) -> [Int]? {
        try? session.withFloats(key) { _, shape in shape }
    }

    func mismatch(tensor: String, shape: [Int], expected: String) -> PluginError {
        PluginError(
            .invalidModel,
            "model \(model): \(tensor) has the shape \(shape), but a network of the family \(family) has \(expected); "
                + "check the model's files and its family in the catalogue")
    }
}
