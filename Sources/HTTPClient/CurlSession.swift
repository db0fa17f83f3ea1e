import CCurl
import Synchronization

/// Owner of a libcurl multi handle: the connections that transfers made after each other share.
///
/// Confined to one thread at a time by its owner.
final class CurlSession {
    let multi: OpaquePointer
    let policy: HTTPPolicy
    let isCancelled: @Sendable () -> Bool
    let exemptAddresses: Set<NetworkAddress>

    // libcurl wants this once per process, before anything else; it is thread-safe only since 7.84 on some platforms.
    private static let initialised = Mutex(false)

    init(policy: HTTPPolicy, isCancelled: @escaping @Sendable () -> Bool) throws {
        let ready = Self.initialised.withLock { done in
            if !done { done = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK }
            return done
        }
        guard ready, let multi = curl_multi_init() else {
            throw HTTPError(.network, url: "", "the HTTP library could not be started (out of memory?)")
        }
        self.multi = OpaquePointer(multi)
        self.policy = policy
        self.isCancelled = isCancelled
        let needsProxies = policy.usesEnvironmentProxy && !policy.allowsPrivateAddresses
        exemptAddresses = policy.exemptAddresses.union(needsProxies ? EnvironmentSettings.proxyAddresses() : [])
    }

    deinit {
        curl_multi_cleanup(UnsafeMutableRawPointer(multi))
    }
}
