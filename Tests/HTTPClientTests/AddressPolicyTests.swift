@testable import HTTPClient
import Glibc
import Testing

struct AddressPolicyTests {
    private func address(_ text: String) -> NetworkAddress? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return NetworkAddress(bytes: Array(bytes[..<4])) }
        if inet_pton(AF_INET6, text, &bytes) == 1 { return NetworkAddress(bytes: bytes) }
        return nil
    }

    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.9.9.9", "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.168.1.1", "198.18.0.1", "224.0.0.1", "255.255.255.255",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "64:ff9b::7f00:1", "2002:7f00:1::", "fc00::1", "fd12::1",
        "fe80::1", "ff02::1", "2001:db8::1", "2001::1",
    ])
    func nonPublicAddressIsKnown(text: String) throws {
        #expect(try #require(address(text)).isPublic == false)
    }

    @Test(arguments: [
        "1.1.1.1", "100.63.0.1", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.167.1.1", "223.255.255.1",
        "2606:4700::1111", "::ffff:8.8.8.8", "2a00:1450::1", "64:ff9b::808:808",
    ])
    func publicAddressIsKnown(text: String) throws {
        #expect(try #require(address(text)).isPublic)
    }

    @Test(arguments: ["127.0.0.1", "localhost", "0", "2130706433", "[::ffff:127.0.0.1]"])
    func loopbackIsRefusedInEverySpelling(host: String) throws {
        let server = try LoopbackServer(ranged([1, 2, 3]))
        let error = httpError { _ = try HTTPRangeReader(url: "http://\(host):\(server.port)/", policy: HTTPPolicy()) }
        guard case .refusedAddress = error?.code else {
            Issue.record("expected a refusal, got \(String(describing: error))")
            return
        }
        #expect(server.requests.isEmpty)
    }

    @Test func redirectToAPrivateAddressIsRefused() throws {
        let inner = try LoopbackServer(ranged([1, 2, 3]))
        let target = inner.url("/secret")
        let server = try LoopbackServer { _, _ in
            .plain(status: "302 Found", fields: ["Location: \(target)"], body: [])
        }
        var policy = HTTPPolicy()
        policy.exemptAddresses = [NetworkAddress(bytes: [127, 0, 0, 1], port: server.port)]
        let error = httpError { _ = try HTTPRangeReader(url: server.url("/"), policy: policy) }
        #expect(error?.code == .refusedAddress(host: "127.0.0.1", address: "127.0.0.1"))
        #expect(server.requests.count == 1)
        #expect(inner.requests.isEmpty)
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/"])
    func otherSchemesAreRefused(url: String) {
        #expect(httpError { _ = try HTTPRangeReader(url: url, policy: .loopback) }?.code == .unsupportedScheme)
    }

    @Test func redirectToAFileIsRefused() throws {
        let server = try LoopbackServer { _, _ in
            .plain(status: "302 Found", fields: ["Location: file:///etc/passwd"], body: [])
        }
        let error = httpError { _ = try HTTPRangeReader(url: server.url("/"), policy: .loopback) }
        #expect(error?.code == .unsupportedScheme)
    }

    @Test func proxyAddressIsParsed() {
        #expect(EnvironmentSettings.hostAndPort(ofProxy: "http://user:pw@proxy.example:3128/")?.host == "proxy.example")
        #expect(EnvironmentSettings.hostAndPort(ofProxy: "http://[::1]:3128")?.host == "::1")
        #expect(EnvironmentSettings.hostAndPort(ofProxy: "proxy:99999") == nil)
        #expect(EnvironmentSettings.hostAndPort(ofProxy: "proxy")?.port == 1080)
    }
}
