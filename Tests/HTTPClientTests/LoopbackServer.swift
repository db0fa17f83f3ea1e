import Glibc
import Synchronization

/// A tiny HTTP/1.1 server on a free loopback port: one connection after the other, one answer each.
final class LoopbackServer: Sendable {
    struct Request: Sendable {
        let path: String
        let fields: [String: String]

        /// First and last byte of `Range: bytes=A-B`.
        func range(of size: Int) -> ClosedRange<Int>? {
            guard let text = fields["range"], text.hasPrefix("bytes=") else { return nil }
            let parts = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let first = Int(parts[0]), first < size else { return nil }
            return first...min(size - 1, Int(parts[1]) ?? size - 1)
        }
    }

    enum Answer: Sendable {
        case plain(status: String, fields: [String], body: [UInt8])
        /// Announces `length` bytes, sends `body`, closes.
        case truncated(length: Int, body: [UInt8])
        /// Sends `body` of a longer one, then nothing until the client goes away.
        case silent(length: Int, body: [UInt8])
    }

    let port: UInt16
    private let descriptor: Int32
    private let seen = Mutex<[Request]>([])

    var requests: [Request] { seen.withLock { $0 } }

    init(_ answer: @escaping @Sendable (Request, UInt16) -> Answer) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        guard bound else { throw ServerError() }
        let thread = ServerThread { [weak self, port] in
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { break }
                if let request = Self.readRequest(client) {
                    self?.seen.withLock { $0.append(request) }
                    Self.send(answer(request, port), to: client)
                }
                close(client)
            }
            // Here and not in deinit: another socket could get the number while this thread still accepts on it.
            close(descriptor)
        }
        thread.start()
    }

    deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }

    struct ServerError: Error {}

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    private static func readRequest(_ client: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !bytes.ends(with: [13, 10, 13, 10]) {
            let got = recv(client, &buffer, buffer.count, 0)
            guard got > 0 else { return nil }
            bytes += buffer[..<got]
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        guard let path = lines.first?.split(separator: " ").dropFirst().first else { return nil }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        return Request(path: String(path), fields: fields)
    }

    private static func send(_ answer: Answer, to client: Int32) {
        switch answer {
        case .plain(let status, let fields, let body):
            let all = fields + ["Content-Length: \(body.count)", "Connection: close"]
            write(client, head: status, all, body)
        case .truncated(let length, let body):
            write(client, head: "200 OK", ["Content-Length: \(length)", "Connection: close"], body)
        case .silent(let length, let body):
            write(client, head: "200 OK", ["Content-Length: \(length)", "Connection: close"], body)
            var byte: UInt8 = 0
            while recv(client, &byte, 1, 0) > 0 {}
        }
    }

    private static func write(_ client: Int32, head status: String, _ fields: [String], _ body: [UInt8]) {
        var bytes = Array("HTTP/1.1 \(status)\r\n\(fields.joined(separator: "\r\n"))\r\n\r\n".utf8) + body
        while !bytes.isEmpty {
            let sent = Glibc.send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            guard sent > 0 else { return }
            bytes.removeFirst(sent)
        }
    }
}

extension [UInt8] {
    fileprivate func ends(with tail: [UInt8]) -> Bool { suffix(tail.count).elementsEqual(tail) }
}

/// A detached thread that runs one closure.
private final class ServerThread: Sendable {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func start() {
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<ServerThread>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        if code == 0 { pthread_detach(thread) }
    }
}
