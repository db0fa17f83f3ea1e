import Glibc

/// What the environment says about proxies and certificates.
enum EnvironmentSettings {
    static func value(_ name: String) -> String? {
        guard let text = getenv(name) else { return nil }
        let value = String(cString: text)
        return value.isEmpty ? nil : value
    }

    /// The operator's switch for media addresses: `VIDEO_EXTRACT_USE_PROXY=1`.
    static var wantsProxyForMedia: Bool { value("VIDEO_EXTRACT_USE_PROXY") == "1" }

    /// libcurl itself reads none of these (the curl program does).
    static var certificateBundle: String? {
        value("CURL_CA_BUNDLE") ?? value("SSL_CERT_FILE")
    }

    /// Addresses of the configured proxies, which the address check must let through.
    static func proxyAddresses() -> Set<NetworkAddress> {
        let names = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        var found: Set<NetworkAddress> = []
        for text in Set(names.compactMap(value)) {
            guard let (host, port) = hostAndPort(ofProxy: text) else { continue }
            found.formUnion(NetworkAddress.resolve(host: host, port: port))
        }
        return found
    }

    /// `[scheme://][user@]host[:port][/]`; libcurl's default proxy port is 1080.
    static func hostAndPort(ofProxy text: String) -> (host: String, port: UInt16)? {
        var rest = Substring(text)
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        rest = rest.prefix { $0 != "/" }
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        var host = rest
        var port: UInt16 = 1080
        let afterBracket = rest.lastIndex(of: "]") ?? rest.startIndex
        if let colon = rest[afterBracket...].lastIndex(of: ":") {
            guard let value = UInt16(rest[rest.index(after: colon)...]) else { return nil }
            port = value
            host = rest[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return host.isEmpty ? nil : (String(host), port)
    }
}
