import Glibc
import HTTPClient

/// Bytes whose pattern has a prime length, so that two places at a distance of a power of two differ.
func sampleBytes(_ count: Int) -> [UInt8] {
    var state: UInt32 = 1
    let pattern: [UInt8] = (0..<65_521).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + pattern.count)
    while bytes.count < count { bytes += pattern }
    bytes.removeLast(bytes.count - count)
    return bytes
}

/// A file name in the temporary folder, removed with this object.
final class TemporaryPath {
    let path: String

    init() {
        path = "/tmp/video-extract-http-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    }

    deinit { unlink(path) }

    var bytes: [UInt8] {
        get {
            guard let file = fopen(path, "rb") else { return [] }
            defer { fclose(file) }
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while case let got = fread(&buffer, 1, buffer.count, file), got > 0 { bytes += buffer[..<got] }
            return bytes
        }
        set {
            guard let file = fopen(path, "wb") else { return }
            fwrite(newValue, 1, newValue.count, file)
            fclose(file)
        }
    }
}

extension HTTPRangeReader {
    func bytes(_ offset: Int64, _ count: Int) throws -> [UInt8] {
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: count)
        while result.count < count {
            let position = offset + Int64(result.count)
            let got = try buffer.withUnsafeMutableBytes {
                try read(offset: position, into: UnsafeMutableRawBufferPointer(rebasing: $0[..<(count - result.count)]))
            }
            if got == 0 { break }
            result += buffer[..<got]
        }
        return result
    }
}

extension HTTPPolicy {
    static let loopback = HTTPPolicy(allowsPrivateAddresses: true)
}

/// Serves `content` with ranges and a validator.
func ranged(_ content: [UInt8], tag: String = "\"one\"")
    -> @Sendable (LoopbackServer.Request, UInt16)
    -> LoopbackServer.Answer
{
    { request, _ in
        let fields = ["ETag: \(tag)", "Content-Type: video/mp4"]
        if let validator = request.fields["if-range"], validator != tag {
            return .plain(status: "200 OK", fields: fields, body: content)
        }
        guard request.fields["range"] != nil else { return .plain(status: "200 OK", fields: fields, body: content) }
        guard let range = request.range(of: content.count) else {
            return .plain(
                status: "416 Range Not Satisfiable", fields: ["Content-Range: bytes */\(content.count)"], body: [])
        }
        return .plain(
            status: "206 Partial Content",
            fields: fields + ["Content-Range: bytes \(range.lowerBound)-\(range.upperBound)/\(content.count)"],
            body: Array(content[range]))
    }
}

/// The error `body` throws, if it is one of ours.
func httpError(_ body: () throws -> Void) -> HTTPError? {
    do {
        try body()
        return nil
    } catch {
        return error as? HTTPError
    }
}
