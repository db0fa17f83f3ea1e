import Foundation
import Synchronization

/// Serves one file with ranges on the loopback interface, one connection after the other.
final class LoopbackServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let requests = Mutex(0)

    init(body: [UInt8], entityTag: String?) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(descriptor, raw, size) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, raw, &size) == 0
            }
        }
        guard code else { throw POSIXError(.EADDRNOTAVAIL) }
        listener = descriptor
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread { self.serve(connection, body: body, entityTag: entityTag) }
            }
        }
    }

    var requestCount: Int { requests.withLock { $0 } }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func serve(_ connection: Int32, body: [UInt8], entityTag: String?) {
        defer { close(connection) }
        var buffer = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            requests.withLock { $0 += 1 }
            let request = String(decoding: buffer[..<count], as: UTF8.self)
            var first = 0
            var last = body.count - 1
            if let line = request.split(separator: "\r\n").first(where: { $0.lowercased().hasPrefix("range: bytes=") })
            {
                let bounds = line.dropFirst("range: bytes=".count).split(
                    separator: "-", omittingEmptySubsequences: false)
                first = Int(bounds[0]) ?? 0
                last = min(last, bounds.count > 1 ? Int(bounds[1]) ?? last : last)
            }
            let head =
                "HTTP/1.1 206 Partial Content\r\nContent-Length: \(last - first + 1)\r\nAccept-Ranges: bytes\r\n"
                + "Content-Range: bytes \(first)-\(last)/\(body.count)\r\n"
                + (entityTag.map { "ETag: \($0)\r\n" } ?? "") + "\r\n"
            let answer = Array(head.utf8) + body[first...last]
            var sent = 0
            while sent < answer.count {
                let part = answer[sent...].withUnsafeBytes {
                    send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard part > 0 else { return }
                sent += part
            }
        }
    }
}
