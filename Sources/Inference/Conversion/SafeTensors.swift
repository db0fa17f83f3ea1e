import FoundationEssentials

/// A file of named arrays in the safetensors format (huggingface/safetensors, "Format"): the length of a JSON header as a
/// little-endian 64-bit number, the header, then the arrays' bytes.
struct SafeTensors: WeightSource {
    private struct Entry: Decodable {
        // All optional, for the entry `__metadata__` has other keys.
        let dtype: String?
        let shape: [Int]?
        let dataOffsets: [Int]?

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case dataOffsets = "data_offsets"
        }
    }

    private let bytes: [UInt8]
    private let entries: [String: Entry]
    private let dataStart: Int

    /// - Throws: ``InferenceError`` (`corruptModel`) when the header is damaged.
    init(_ bytes: [UInt8]) throws {
        guard bytes.count > 8 else { throw Self.damaged("it is too short") }
        let length = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard length <= UInt64(bytes.count - 8) else { throw Self.damaged("its header is cut off") }
        dataStart = 8 + Int(length)
        do {
            entries = try JSONDecoder().decode([String: Entry].self, from: Data(bytes[8..<dataStart]))
        } catch {
            throw Self.damaged("its header is not readable")
        }
        self.bytes = bytes
    }

    func floats(_ name: String, shape: [Int]) throws -> [Float] {
        guard let entry = entries[name], let offsets = entry.dataOffsets, offsets.count == 2 else {
            throw Self.damaged("it has no array \(name)")
        }
        guard entry.dtype == "F32", entry.shape == shape else {
            throw Self.damaged("\(name) is \(entry.dtype ?? "?") \(entry.shape ?? []), expected F32 \(shape)")
        }
        let count = shape.reduce(1, *)
        let room = bytes.count - dataStart
        guard offsets[0] >= 0, offsets[0] <= room, offsets[1] <= room, offsets[1] - offsets[0] == 4 * count else {
            throw Self.damaged("\(name) lies outside the file")
        }
        return Self.floats(bytes, at: dataStart + offsets[0], count: count)
    }

    /// Little-endian floats; the caller has checked the range.
    static func floats(_ bytes: [UInt8], at offset: Int, count: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, filled in
            bytes.withUnsafeBytes { source in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: source[offset..<(offset + 4 * count)]))
            }
            filled = count
        }
    }

    private static func damaged(_ reason: String) -> InferenceError {
        InferenceError(.corruptModel, "the safetensors file cannot be used: \(reason); install the model again")
    }
}
