/// Why an HTTP transfer failed.
public struct HTTPError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure, for programs.
    public enum Code: Sendable, Equatable {
        /// The server answered 404 or 410.
        case notFound
        /// The server answered with this status of 400 or above (or one that makes no sense here).
        case status(Int)
        /// No connection within the policy's `connectTimeout`.
        case timedOut
        /// Less data than the policy's `minimumRate` asks for.
        case slow
        /// More redirects than the policy's `maximumRedirects`.
        case tooManyRedirects
        /// The host's address is not a public one and the policy refuses it.
        case refusedAddress(host: String, address: String)
        /// Not an http or https address (also as the target of a redirect).
        case unsupportedScheme
        /// Name resolution, connection, TLS or an answer that ended early.
        case network
        /// The caller's `isCancelled` said so.
        case cancelled
        /// Larger than the policy's `maximumBytes`.
        case tooLarge
        /// The resource is another one than when reading began.
        case changed
        /// The local file could not be written or read.
        case localFile
    }

    /// The kind of failure.
    public let code: Code
    /// The address that was asked for (without user name, password, query).
    public let url: String
    /// What happened, why, and what to do next.
    public let message: String
    /// The library's or system's own words, where there are any.
    public let underlying: String?

    init(_ code: Code, url: String, _ message: String, underlying: String? = nil) {
        self.code = code
        self.url = HTTPError.redact(url)
        self.message = message
        self.underlying = underlying
    }

    /// One line: address, message, underlying text.
    public var description: String {
        "\(url): \(message)" + (underlying.map { " (\($0))" } ?? "")
    }

    /// Credentials and signed queries must not reach logs.
    static func redact(_ url: String) -> String {
        var text = Substring(url)
        if let end = text.firstIndex(where: { $0 == "?" || $0 == "#" }) { text = text[..<end] }
        guard let scheme = text.firstRange(of: "://") else { return String(text) }
        let rest = text[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return String(text) }
        return String(text[..<scheme.upperBound]) + String(rest[rest.index(after: at)...])
    }
}

extension HTTPError {
    static func cancelled(_ url: String) -> HTTPError {
        HTTPError(.cancelled, url: url, "the transfer was cancelled")
    }

    static func status(_ status: Int, url: String) -> HTTPError {
        switch status {
        case 404, 410:
            HTTPError(.notFound, url: url, "the server has no such file (HTTP \(status)); check the address")
        case 401, 403:
            HTTPError(
                .status(status), url: url,
                "the server refused access (HTTP \(status)); the address may need a signature or has expired")
        default:
            HTTPError(.status(status), url: url, "the server answered HTTP \(status); try again later")
        }
    }

    static func tooLarge(_ limit: Int64, url: String) -> HTTPError {
        HTTPError(.tooLarge, url: url, "the file is larger than the limit of \(limit) bytes")
    }
}
