import CCurl
import Glibc

/// One GET request, driven by `pump`.
///
/// Lifecycle: created → pumped until done or failed → freed on deinit. Confined to one thread at a time. libcurl holds
/// pointers to this object only while the easy handle lives, which is freed in `deinit`, so they never dangle.
final class CurlTransfer {
    private let session: CurlSession
    private let easy: UnsafeMutableRawPointer
    private let url: String
    private var headers: UnsafeMutablePointer<curl_slist>?
    private let addressCheck: UnsafeMutablePointer<ve_curl_address_check>
    private var onBody: (UnsafeRawBufferPointer, HTTPResponseHead) throws -> Void
    private var failure: (any Error)?
    private var refused: NetworkAddress?
    private var received: Int64 = 0

    private(set) var head = HTTPResponseHead()
    /// The head is complete and no redirect: `head` is the answer's.
    private(set) var hasHead = false
    private(set) var isFinished = false

    /// - Parameters:
    ///   - range: first and last byte wanted, as in `0-99` or `100-`.
    ///   - onBody: takes each piece of the body of a successful answer; an error stops the transfer.
    init(
        session: CurlSession, url: String, range: String?, ifRange: String?,
        onBody: @escaping (UnsafeRawBufferPointer, HTTPResponseHead) throws -> Void
    ) throws {
        guard let easy = curl_easy_init() else {
            throw HTTPError(.network, url: url, "no memory for another transfer")
        }
        self.session = session
        self.easy = easy
        self.url = url
        self.onBody = onBody
        addressCheck = .allocate(capacity: 1)
        addressCheck.initialize(to: ve_curl_address_check(function: nil, context: nil))
        try configure(range: range, ifRange: ifRange)
        guard curl_multi_add_handle(UnsafeMutableRawPointer(session.multi), easy) == CURLM_OK else {
            throw HTTPError(.network, url: url, "the transfer could not be started")
        }
    }

    deinit {
        curl_multi_remove_handle(UnsafeMutableRawPointer(session.multi), easy)
        curl_easy_cleanup(easy)
        curl_slist_free_all(headers)
        addressCheck.deallocate()
    }

    /// The address of the last answer, after redirects.
    var finalURL: String {
        var text: UnsafeMutablePointer<CChar>?
        guard ve_curl_get_string(easy, CURLINFO_EFFECTIVE_URL, &text) == CURLE_OK, let text else { return url }
        return String(cString: text)
    }

    /// Runs the transfer until `condition` holds or it has ended; checks cancellation and stalls at least every 50 ms.
    func pump(until condition: () -> Bool = { false }) throws {
        let multi = UnsafeMutableRawPointer(session.multi)
        // The clock counts only while we wait, not while the caller does something else between two calls.
        var window = (start: ContinuousClock.now, received: received)
        while !isFinished, !condition() {
            if session.isCancelled() { throw HTTPError.cancelled(url) }
            var running: Int32 = 0
            let code = curl_multi_perform(multi, &running)
            guard code == CURLM_OK else {
                throw HTTPError(
                    .network, url: url, "the transfer failed", underlying: String(cString: curl_multi_strerror(code)))
            }
            try collectResult()
            if isFinished || condition() { return }
            let elapsed = ContinuousClock.now - window.start
            if elapsed >= session.policy.stallTimeout {
                let seconds = elapsed / .seconds(1)
                if Double(received - window.received) < Double(session.policy.minimumRate) * seconds {
                    throw HTTPError(
                        .slow, url: url,
                        "the server sent \(received - window.received) bytes in \(shown(seconds)) s, less than "
                            + "\(session.policy.minimumRate) per second; try again or download the file first")
                }
                window = (ContinuousClock.now, received)
            }
            curl_multi_poll(multi, nil, 0, 50, nil)
        }
    }

    private func shown(_ seconds: Double) -> String { String((seconds * 10).rounded() / 10) }

    private func collectResult() throws {
        var left: Int32 = 0
        while let message = curl_multi_info_read(UnsafeMutableRawPointer(session.multi), &left) {
            guard message.pointee.msg == CURLMSG_DONE, message.pointee.easy_handle == easy else { continue }
            isFinished = true
            let code = ve_curl_message_result(message)
            if let failure { throw failure }
            if code != CURLE_OK { throw error(for: code) }
            if head.status >= 400 && head.status != 416 { throw HTTPError.status(head.status, url: url) }
            hasHead = true
        }
    }

    private func error(for code: CURLcode) -> HTTPError {
        let text = String(cString: curl_easy_strerror(code))
        if let refused {
            let host = EnvironmentSettings.hostAndPort(ofProxy: finalURL)?.host ?? finalURL
            return HTTPError(
                .refusedAddress(host: host, address: refused.text), url: url,
                "\(host) is at the non-public address \(refused.text), which is refused; "
                    + "if you trust it, pass --allow-private-addresses")
        }
        switch code {
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT:
            return HTTPError(
                .unsupportedScheme, url: url, "only http and https addresses can be read", underlying: text)
        case CURLE_TOO_MANY_REDIRECTS:
            return HTTPError(
                .tooManyRedirects, url: url,
                "more than \(session.policy.maximumRedirects) redirects; give the final address", underlying: text)
        case CURLE_OPERATION_TIMEDOUT:
            return HTTPError(.timedOut, url: url, "no connection in time; is the server up?", underlying: text)
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            return HTTPError(.network, url: url, "the host name is unknown; check the address", underlying: text)
        case CURLE_PARTIAL_FILE:
            return HTTPError(.network, url: url, "the answer ended early; try again", underlying: text)
        default:
            return HTTPError(.network, url: url, "the transfer failed; try again", underlying: text)
        }
    }
}

// MARK: - Set-up and callbacks

extension CurlTransfer {
    private func configure(range: String?, ifRange: String?) throws {
        let policy = session.policy
        let me = Unmanaged.passUnretained(self).toOpaque()
        var codes = [
            ve_curl_set_string(easy, CURLOPT_URL, url),
            ve_curl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https"),
            ve_curl_set_string(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https"),
            ve_curl_set_string(easy, CURLOPT_USERAGENT, "video-extract"),
            ve_curl_set_long(easy, CURLOPT_NOSIGNAL, 1),
            // A proxy's answer to CONNECT would pass for the head of the resource.
            ve_curl_set_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1),
            ve_curl_set_long(easy, CURLOPT_FOLLOWLOCATION, 1),
            ve_curl_set_long(easy, CURLOPT_MAXREDIRS, policy.maximumRedirects),
            ve_curl_set_long(
                easy, CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(policy.connectTimeout / .milliseconds(1)))),
            ve_curl_set_long(easy, CURLOPT_BUFFERSIZE, 256 << 10),
            ve_curl_set_header_function(easy, receiveHeader, me),
            ve_curl_set_body_function(easy, receiveBody, me),
        ]
        if let range { codes.append(ve_curl_set_string(easy, CURLOPT_RANGE, range)) }
        if let ifRange {
            headers = curl_slist_append(nil, "If-Range: \(ifRange)")
            codes.append(ve_curl_set_headers(easy, headers))
        }
        // An empty string switches off the proxies of the environment.
        if !policy.usesEnvironmentProxy { codes.append(ve_curl_set_string(easy, CURLOPT_PROXY, "")) }
        if let bundle = EnvironmentSettings.certificateBundle {
            codes.append(ve_curl_set_string(easy, CURLOPT_CAINFO, bundle))
        }
        if !policy.allowsPrivateAddresses {
            addressCheck.pointee = ve_curl_address_check(function: checkAddress, context: me)
            codes.append(ve_curl_set_address_check(easy, addressCheck))
        }
        if let wrong = codes.first(where: { $0 != CURLE_OK }) {
            throw HTTPError(
                .network, url: url, "the transfer could not be set up",
                underlying: String(cString: curl_easy_strerror(wrong)))
        }
    }

    fileprivate func takeHeader(_ line: String) {
        received += Int64(line.utf8.count)
        head.append(line: line)
        guard line.allSatisfy(\.isWhitespace) else { return }
        let isRedirect = (300..<400).contains(head.status) && head.field("location") != nil
        if head.status >= 200, head.status < 400, !isRedirect { hasHead = true }
    }

    fileprivate func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        received += Int64(bytes.count)
        do {
            if head.status >= 400 { throw HTTPError.status(head.status, url: url) }
            try onBody(bytes, head)
            return true
        } catch {
            failure = error
            return false
        }
    }

    fileprivate func allows(_ address: NetworkAddress?) -> Bool {
        guard let address else { return false }
        if address.isPublic || session.exemptAddresses.contains(address) { return true }
        refused = address
        return false
    }
}

private func transfer(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
    context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
}

private func receiveHeader(
    _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let data, let transfer = transfer(context) else { return 0 }
    let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
    transfer.takeHeader(String(decoding: bytes, as: UTF8.self))
    return bytes.count
}

private func receiveBody(
    _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let data, let transfer = transfer(context) else { return 0 }
    let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
    // Any other number than the one received makes libcurl stop.
    return transfer.takeBody(bytes) ? bytes.count : bytes.count &+ 1
}

private func checkAddress(
    _ context: UnsafeMutableRawPointer?, _ address: UnsafePointer<sockaddr>?, _ length: UInt32
) -> Int32 {
    guard let address, let transfer = transfer(context) else { return 0 }
    return transfer.allows(NetworkAddress(address, length: Int(length))) ? 1 : 0
}
