/// What an HTTP transfer may do, and for how long.
public struct HTTPPolicy: Sendable {
    /// Whether loopback, private, link-local and other non-public addresses may be connected to.
    ///
    /// The check looks at the address a socket is about to be connected to, so it also holds after redirects
    /// and for names that resolve to such an address.
    public var allowsPrivateAddresses: Bool

    /// Whether `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` of the environment apply.
    ///
    /// The proxy's own address is then always allowed; what the proxy connects to is for the proxy to decide.
    public var usesEnvironmentProxy: Bool

    /// Longest time to set up one connection.
    public var connectTimeout: Duration

    /// A transfer that brings less than `minimumRate` × this time in such a span fails as slow.
    public var stallTimeout: Duration

    /// Lowest accepted rate, in bytes per second, averaged over `stallTimeout`.
    public var minimumRate: Int

    /// Number of redirects that are followed; only http and https targets are.
    public var maximumRedirects: Int

    /// Largest resource accepted, in bytes.
    public var maximumBytes: Int64

    /// Addresses that are allowed although they are not public: those of the proxies.
    var exemptAddresses: Set<NetworkAddress> = []

    /// Creates a policy; the defaults suit media from an untrusted address.
    public init(
        allowsPrivateAddresses: Bool = false, usesEnvironmentProxy: Bool = false,
        connectTimeout: Duration = .seconds(10), stallTimeout: Duration = .seconds(20), minimumRate: Int = 1024,
        maximumRedirects: Int = 5, maximumBytes: Int64 = 1 << 40
    ) {
        self.allowsPrivateAddresses = allowsPrivateAddresses
        self.usesEnvironmentProxy = usesEnvironmentProxy
        self.connectTimeout = connectTimeout
        self.stallTimeout = stallTimeout
        self.minimumRate = minimumRate
        self.maximumRedirects = maximumRedirects
        self.maximumBytes = maximumBytes
    }

    /// For addresses of media, which may come from anybody: public addresses only; the environment's proxies apply when
    /// `VIDEO_EXTRACT_USE_PROXY=1` is set.
    public static var media: HTTPPolicy {
        HTTPPolicy(usesEnvironmentProxy: EnvironmentSettings.wantsProxyForMedia)
    }

    /// For addresses the operator configured, such as model sources: any address, through the environment's proxy.
    public static let trusted = HTTPPolicy(allowsPrivateAddresses: true, usesEnvironmentProxy: true)
}
