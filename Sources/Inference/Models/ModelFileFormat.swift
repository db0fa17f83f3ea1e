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

    /// - Throws: ``InferenceError`` (`corruptModel`) unless every line is a token, a space and an index.
    static func checkTokens(_ path: String) throws {
        let bytes = try ModelFiles.read(path)
        // Unsafe access because this is on the way of every cold start: 0.5 MB in 1 ms instead of 6.
        let wrongLine = bytes.withUnsafeBufferPointer { firstLineWithoutIndex($0) }
        if let wrongLine {
            throw InferenceError(
                .corruptModel, "\(path):\(wrongLine): expected a token and its index; install the model again")
        }
    }

    /// One-based; the first line of an empty file counts as wrong.
    private static func firstLineWithoutIndex(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var line = 1
        var digits = 0
        var hasSpace = false
        var isEmpty = true
        var tokens = 0
        for position in 0...bytes.count {
            let byte = position < bytes.count ? bytes[position] : 0x0a
            switch byte {
            case 0x0a:
                if !isEmpty {
                    guard hasSpace, (1...8).contains(digits) else { return line }
                    tokens += 1
                }
                line += 1
                (digits, hasSpace, isEmpty) = (0, false, true)
            case 0x0d: break
            case 0x20, 0x09: (digits, hasSpace, isEmpty) = (0, true, false)
            case 0x30...0x39:
                digits += 1
                isEmpty = false
            default: (digits, hasSpace, isEmpty) = (0, false, false)
            }
        }
        return tokens == 0 ? 1 : nil
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
