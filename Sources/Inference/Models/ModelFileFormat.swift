import Glibc

/// Checks of model files before a native library sees them: a wrong file makes some of them end the whole process.
enum ModelFileFormat {
    /// - Throws: ``InferenceError`` (`corruptModel`) unless the file looks like a network in ONNX or ORT format.
    static func checkNetwork(_ path: String) throws {
        let head = try readHead(path, count: 8)
        // ORT is a FlatBuffer with this identifier; ONNX a protobuf that begins with field 1 (ir_version) as a varint.
        let isORT = head.count == 8 && Array(head[4..<8]) == Array("ORTM".utf8)
        let isONNX = head.count >= 2 && head[0] == 0x08 && (1...64).contains(head[1])
        guard isORT || isONNX else {
            throw InferenceError(.corruptModel, "\(path) is no ONNX or ORT network; install the model again")
        }
    }

    /// - Throws: ``InferenceError`` (`corruptModel`) unless every line is a token, a space and an index, rising from 0 or 1.
    static func checkTokens(_ path: String) throws {
        let bytes = try ModelFiles.read(path)
        var line = 0
        var start = bytes.startIndex
        var lastIndex = -1
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.endIndex
            var text = bytes[start..<end]
            if text.last == 0x0d { text = text.dropLast() }
            line += 1
            start = end + 1
            if text.isEmpty { continue }
            guard let space = text.lastIndex(where: { $0 == 0x20 || $0 == 0x09 }),
                let index = decimal(text[(space + 1)...]), index >= 0, index <= lastIndex + 2
            else {
                throw InferenceError(
                    .corruptModel, "\(path):\(line): expected a token and its index; install the model again")
            }
            lastIndex = max(lastIndex, index)
        }
        guard lastIndex >= 0 else {
            throw InferenceError(.corruptModel, "\(path) holds no tokens; install the model again")
        }
    }

    private static func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.count < 9 else { return nil }
        var value = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int(digit) - 0x30
        }
        return value
    }

    private static func readHead(_ path: String, count: Int) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ModelFiles.failure("reading", path) }
        defer { close(descriptor) }
        var head = [UInt8](repeating: 0, count: count)
        let got = read(descriptor, &head, count)
        guard got > 0 else {
            throw InferenceError(.corruptModel, "\(path) is empty; install the model again")
        }
        return Array(head[..<got])
    }
}
