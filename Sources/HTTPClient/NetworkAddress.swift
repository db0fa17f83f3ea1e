import Glibc

/// An IPv4 or IPv6 address as its bytes in network order, with the port.
struct NetworkAddress: Hashable {
    let bytes: [UInt8]
    let port: UInt16

    init(bytes: [UInt8], port: UInt16 = 0) {
        self.bytes = bytes
        self.port = port
    }

    /// Nil for other address families than the two of IP.
    init?(_ address: UnsafePointer<sockaddr>, length: Int) {
        let raw = UnsafeRawPointer(address)
        // The family is the first member of every socket address.
        switch Int32(raw.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
            let value = raw.loadUnaligned(as: sockaddr_in.self)
            bytes = withUnsafeBytes(of: value.sin_addr) { Array($0) }
            port = UInt16(bigEndian: value.sin_port)
        case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
            let value = raw.loadUnaligned(as: sockaddr_in6.self)
            bytes = withUnsafeBytes(of: value.sin6_addr) { Array($0) }
            port = UInt16(bigEndian: value.sin6_port)
        default:
            return nil
        }
    }

    /// Whether this is a globally reachable unicast address, by the IANA special-purpose registries
    /// (RFC 6890 and its updates).
    var isPublic: Bool {
        bytes.count == 4 ? Self.isPublicIPv4(bytes) : Self.isPublicIPv6(bytes)
    }

    private static func isPublicIPv4(_ b: [UInt8]) -> Bool {
        switch (b[0], b[1], b[2]) {
        case (0, _, _), (10, _, _), (127, _, _): false  // this network, private, loopback
        case (100, 64...127, _): false  // carrier-grade NAT
        case (169, 254, _): false  // link-local, cloud metadata services
        case (172, 16...31, _), (192, 168, _): false  // private
        case (192, 0, 0), (192, 0, 2), (198, 51, 100), (203, 0, 113): false  // protocol, documentation
        case (198, 18...19, _): false  // benchmarking
        case (224...255, _, _): false  // multicast, reserved, broadcast
        default: true
        }
    }

    private static func isPublicIPv6(_ b: [UInt8]) -> Bool {
        let mapped = b[0..<10].allSatisfy { $0 == 0 } && b[10] == 0xff && b[11] == 0xff
        if mapped { return isPublicIPv4(Array(b[12...])) }
        // NAT64 (64:ff9b::/96) and 6to4 (2002::/16) carry an IPv4 address that is what is really reached.
        if b[0..<12].elementsEqual([0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]) {
            return isPublicIPv4(Array(b[12...]))
        }
        if b[0] == 0x20, b[1] == 0x02 { return isPublicIPv4(Array(b[2..<6])) }
        // 2001::/23 holds Teredo and other protocol assignments, 2001:db8::/32 is documentation.
        if b[0] == 0x20, b[1] == 0x01, b[2] < 0x02 || (b[2] == 0x0d && b[3] == 0xb8) { return false }
        return b[0] & 0xe0 == 0x20  // global unicast is 2000::/3
    }

    var text: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &buffer, socklen_t(buffer.count)) != nil else { return "unknown address" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// All addresses of a host name; empty when it cannot be resolved.
    static func resolve(host: String, port: UInt16) -> [NetworkAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [NetworkAddress] = []
        var next = list
        while let entry = next {
            if let address = entry.pointee.ai_addr,
                let value = NetworkAddress(address, length: Int(entry.pointee.ai_addrlen))
            {
                found.append(value)
            }
            next = entry.pointee.ai_next
        }
        return found
    }
}
