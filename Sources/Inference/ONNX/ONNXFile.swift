/// What an ONNX file says about itself, read without a runtime and without its weights.
struct ONNXFile: Sendable {
    struct Tensor: Sendable, Equatable {
        let name: String
        /// `TensorProto.DataType`.
        let elementType: Int64
        /// nil for axes whose length is known at run time only; nil where the file gives no shape at all.
        let shape: [Int64?]?
    }

    /// Those that the caller must supply, in the order of the file.
    private(set) var inputs: [Tensor] = []
    private(set) var outputs: [Tensor] = []
    private(set) var metadata: [String: String] = [:]
    private(set) var operatorSets: [String: Int64] = [:]
    private(set) var nodeCount = 0

    /// Reads the file at `path`.
    ///
    /// - Throws: ``InferenceError`` (`corruptModel`) unless all of it is one well-formed model; `storage`.
    init(path: String) throws {
        self = try ModelFiles.withMapping(path) { bytes in
            do {
                return try ONNXFile(bytes)
            } catch let error as ProtobufReader.Malformed {
                throw InferenceError(
                    .corruptModel, "\(path) is no whole ONNX network; install the model again",
                    underlying: "byte \(error.position) of a part")
            }
        }
    }

    init(_ bytes: UnsafeRawBufferPointer) throws(ProtobufReader.Malformed) {
        var reader = ProtobufReader(bytes)
        var graph: UnsafeRawBufferPointer?
        var version: Int64 = 0
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (1, .integer(let number)): version = Int64(bitPattern: number)
            case (7, .block(let block)): graph = block
            case (8, .block(let block)): try readOperatorSet(block)
            case (14, .block(let block)):
                let pair = try Self.texts([1, 2], of: block)
                metadata[pair[1] ?? ""] = pair[2] ?? ""
            default: break
            }
        }
        // From IR version 3 on a file must say which operators it was made for.
        guard let graph, (1...64).contains(version), version < 3 || !operatorSets.isEmpty else {
            throw ProtobufReader.Malformed(position: 0)
        }
        try readGraph(graph)
        guard nodeCount > 0, !outputs.isEmpty else { throw ProtobufReader.Malformed(position: 0) }
    }

    private mutating func readOperatorSet(_ bytes: UnsafeRawBufferPointer) throws(ProtobufReader.Malformed) {
        var reader = ProtobufReader(bytes)
        var domain = ""
        var version: Int64 = 0
        while let (field, value) = try reader.next() {
            if field == 1 { domain = value.text ?? "" }
            if field == 2 { version = value.integer ?? 0 }
        }
        operatorSets[domain] = version
    }

    private mutating func readGraph(_ bytes: UnsafeRawBufferPointer) throws(ProtobufReader.Malformed) {
        var reader = ProtobufReader(bytes)
        var constants: Set<String> = []
        var nodes: [UnsafeRawBufferPointer] = []
        while let (field, value) = try reader.next() {
            guard let block = value.block else { continue }
            switch field {
            case 1: nodes.append(block)
            case 5: constants.insert(try Self.constantName(block))
            case 11: inputs.append(try Self.valueInfo(block))
            case 12: outputs.append(try Self.valueInfo(block))
            default: break
            }
        }
        // Before IR version 4 constants were listed among the inputs.
        inputs.removeAll { constants.contains($0.name) }
        nodeCount = nodes.count
        try checkFlow(nodes, known: constants.union(inputs.map(\.name)))
    }

    /// Every node must take only what is there before it, and every output must be there at the end.
    private func checkFlow(
        _ nodes: [UnsafeRawBufferPointer], known names: Set<String>
    ) throws(ProtobufReader.Malformed) {
        var known = names
        known.insert("")
        for node in nodes {
            var reader = ProtobufReader(node)
            var results: [String] = []
            var hasOperator = false
            while let (field, value) = try reader.next() {
                switch field {
                case 1:
                    guard let name = value.text, known.contains(name) else {
                        throw ProtobufReader.Malformed(position: 0)
                    }
                case 2: results.append(value.text ?? "")
                case 4: hasOperator = value.block?.isEmpty == false
                default: break
                }
            }
            guard hasOperator, !results.isEmpty else { throw ProtobufReader.Malformed(position: 0) }
            known.formUnion(results)
        }
        guard outputs.allSatisfy({ known.contains($0.name) }) else { throw ProtobufReader.Malformed(position: 0) }
    }

    /// The name of a constant whose bytes, where they are given as such, fill its shape.
    private static func constantName(_ bytes: UnsafeRawBufferPointer) throws(ProtobufReader.Malformed) -> String {
        var reader = ProtobufReader(bytes)
        var name = ""
        var count: Int64 = 1
        var type: Int64 = 0
        var raw: Int?
        while let (field, value) = try reader.next() {
            switch field {
            case 1:
                for length in try value.integers() {
                    let (product, overflows) = count.multipliedReportingOverflow(by: length)
                    guard length >= 0, !overflows else { throw ProtobufReader.Malformed(position: 0) }
                    count = product
                }
            case 2: type = value.integer ?? 0
            case 8: name = value.text ?? ""
            case 9: raw = value.block?.count
            default: break
            }
        }
        if let raw, let size = elementSizes[type], count > Int64(raw) || Int64(raw) != count * size {
            throw ProtobufReader.Malformed(position: 0)
        }
        return name
    }

    /// Bytes of one element by `TensorProto.DataType`: float, 8- and 16-bit integers, 32, 64, bool, half, double, unsigned, brain.
    private static let elementSizes: [Int64: Int64] = [
        1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8, 16: 2,
    ]

    /// The last text of each of the wanted fields; all fields are walked.
    private static func texts(
        _ wanted: Set<Int>, of bytes: UnsafeRawBufferPointer
    ) throws(ProtobufReader.Malformed) -> [Int: String] {
        var reader = ProtobufReader(bytes)
        var texts: [Int: String] = [:]
        while let (field, value) = try reader.next() {
            if wanted.contains(field) { texts[field] = value.text }
        }
        return texts
    }

    private static func valueInfo(_ bytes: UnsafeRawBufferPointer) throws(ProtobufReader.Malformed) -> Tensor {
        var name = ""
        var elementType: Int64 = 0
        var shape: [Int64?]?
        var reader = ProtobufReader(bytes)
        while let (field, value) = try reader.next() {
            if field == 1 { name = value.text ?? "" }
            guard field == 2, let type = value.block else { continue }
            guard let tensor = try block(1, of: type) else { continue }
            var tensorReader = ProtobufReader(tensor)
            while let (field, value) = try tensorReader.next() {
                if field == 1 { elementType = value.integer ?? 0 }
                if field == 2, let list = value.block { shape = try dimensions(list) }
            }
        }
        return Tensor(name: name, elementType: elementType, shape: shape)
    }

    private static func dimensions(_ bytes: UnsafeRawBufferPointer) throws(ProtobufReader.Malformed) -> [Int64?] {
        var shape: [Int64?] = []
        var reader = ProtobufReader(bytes)
        while let (field, value) = try reader.next() {
            guard field == 1, let block = value.block else { continue }
            var length: Int64?
            var dimension = ProtobufReader(block)
            while let (field, value) = try dimension.next() {
                if field == 1 { length = value.integer }
            }
            shape.append(length)
        }
        return shape
    }

    private static func block(
        _ wanted: Int, of bytes: UnsafeRawBufferPointer
    ) throws(ProtobufReader.Malformed) -> UnsafeRawBufferPointer? {
        var reader = ProtobufReader(bytes)
        var found: UnsafeRawBufferPointer?
        while let (field, value) = try reader.next() {
            if field == wanted, let block = value.block { found = block }
        }
        return found
    }
}
