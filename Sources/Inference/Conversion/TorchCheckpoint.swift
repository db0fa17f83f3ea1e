/// A checkpoint of PyTorch in the format from before 1.6: five pickles (magic number, protocol, system, object, keys of the
/// storages), then each storage as a little-endian 64-bit count and its elements.
///
/// Nothing is executed: see ``PickleMachine``. Only tensors of 32-bit floats in a dictionary `model_state` are read.
struct TorchCheckpoint: WeightSource {
    private let bytes: [UInt8]
    private let tensors: [String: PickleMachine.Tensor]
    /// Offset of the first element and number of elements by key.
    private let storages: [String: (offset: Int, count: Int)]

    /// - Throws: ``InferenceError`` (`corruptModel`) when the file is damaged or of another kind.
    init(_ bytes: [UInt8]) throws {
        var position = 0
        func pickle() throws -> (PickleMachine.Value, PickleMachine) {
            var machine = PickleMachine(bytes, at: position)
            let value = try machine.run()
            position = machine.position
            return (value, machine)
        }
        // 0x1950a86a20f9469cfc6c does not fit an integer of 64 bits; the machine keeps such numbers as bytes.
        guard case .longInteger([0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]) = try pickle().0 else {
            throw Self.damaged("it is no checkpoint of the format before PyTorch 1.6")
        }
        guard case .integer(1001) = try pickle().0 else { throw Self.damaged("its protocol is unknown") }
        _ = try pickle()
        let (object, machine) = try pickle()
        guard let state = machine.entries(object)?["model_state"], let members = machine.entries(state) else {
            throw Self.damaged("it has no model_state")
        }
        tensors = members.compactMapValues { if case .tensor(let tensor) = $0 { tensor } else { nil } }
        let (keys, keyMachine) = try pickle()
        guard let keys = keyMachine.elements(keys) else { throw Self.damaged("it has no list of storages") }
        var storages: [String: (offset: Int, count: Int)] = [:]
        for case .text(let key) in keys {
            guard position <= bytes.count - 8 else { throw Self.damaged("storage \(key) is cut off") }
            let count = bytes.withUnsafeBytes {
                Int64(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: Int64.self))
            }
            position += 8
            guard count >= 0, count <= Int64(bytes.count - position) / 4 else {
                throw Self.damaged("storage \(key) is cut off")
            }
            storages[key] = (position, Int(count))
            position += 4 * Int(count)
        }
        guard position == bytes.count else { throw Self.damaged("something follows its last storage") }
        self.storages = storages
        self.bytes = bytes
    }

    func floats(_ name: String, shape: [Int]) throws -> [Float] {
        guard let tensor = tensors[name], let storage = storages[tensor.storage] else {
            throw Self.damaged("it has no array \(name)")
        }
        // Row-major and without gaps, as all weights are.
        guard tensor.shape == shape, tensor.strides == Self.rowMajorStrides(shape) else {
            throw Self.damaged("\(name) has the shape \(tensor.shape), expected \(shape)")
        }
        let count = shape.reduce(1, *)
        guard tensor.offset >= 0, tensor.offset <= storage.count, count <= storage.count - tensor.offset else {
            throw Self.damaged("\(name) lies outside its storage")
        }
        return SafeTensors.floats(bytes, at: storage.offset + 4 * tensor.offset, count: count)
    }

    private static func rowMajorStrides(_ shape: [Int]) -> [Int] {
        var strides: [Int] = []
        var stride = 1
        for length in shape.reversed() {
            strides.append(stride)
            stride *= length
        }
        return strides.reversed()
    }

    static func damaged(_ reason: String) -> InferenceError {
        InferenceError(.corruptModel, "the PyTorch checkpoint cannot be used: \(reason); install the model again")
    }
}
