public import HTTPClient
import Foundation
import MediaValues
public import PluginKit

/// Opens files, addresses, bytes and standard input through FFmpeg's libraries.
///
/// FFmpeg never opens anything itself: it reads through our own callbacks, and formats that refer to other files are
/// refused. High dynamic range pictures are converted to 8 bits without tone mapping.
public struct FFmpegMediaAccess: MediaAccess {
    /// Policy for http and https sources.
    public var httpPolicy: HTTPPolicy
    /// Folder for what must be spooled (standard input); its files have no name and vanish with the process.
    public var temporaryDirectory: String
    private let memo: HashMemo?

    /// Creates an access.
    ///
    /// - Parameters:
    ///   - httpPolicy: limits for http and https sources.
    ///   - temporaryDirectory: where standard input is spooled; the system's temporary folder by default.
    ///   - memoDirectory: where hashes of unchanged local files are remembered; nil hashes every time.
    ///   - verbose: whether FFmpeg's own log lines go to standard error (a setting of the whole process).
    public init(
        httpPolicy: HTTPPolicy = HTTPPolicy(), temporaryDirectory: String? = nil, memoDirectory: String? = nil,
        verbose: Bool = false
    ) {
        self.httpPolicy = httpPolicy
        self.temporaryDirectory = temporaryDirectory ?? NSTemporaryDirectory()
        memo = memoDirectory.map { HashMemo(directory: $0) }
        NativeLogging.configure(verbose: verbose)
    }

    /// Finds the bytes and their identity; see `MediaAccess`.
    public func resolve(
        _ source: DataSource, isCancelled: @escaping @Sendable () -> Bool
    ) async throws -> any MediaHandle {
        let access = self
        let flag = CancellationFlag()
        let stop: @Sendable () -> Bool = { flag.isSet || isCancelled() }
        return try await withTaskCancellationHandler {
            do {
                return try await BlockingPool.shared.run { try access.resolveBlocking(source, isCancelled: stop) }
            } catch is CancellationError {
                throw PluginError(.cancelled, "reading \(source.displayName) was cancelled")
            }
        } onCancel: {
            flag.set()
        }
    }

    private func resolveBlocking(
        _ source: DataSource, isCancelled: @escaping @Sendable () -> Bool
    ) throws -> any MediaHandle {
        switch source {
        case .file(let path, let hint):
            let file = try LocalFile.open(path)
            let identity = try memo?.hash(for: file) ?? rememberedHash(of: file, isCancelled: isCancelled)
            return SourceHandle(
                source: file.source, name: path, identity: identity,
                formatHint: hint ?? FormatHint.fromPath(path))
        case .bytes(let bytes, let hint):
            guard !bytes.isEmpty else { throw PluginError(.sourceEmpty, "the bytes given are empty; nothing to read") }
            return SourceHandle(
                source: MemoryByteSource(bytes: bytes), name: source.displayName, identity: .blake3(of: bytes),
                formatHint: FormatHint.normalized(hint))
        case .standardInput(let hint):
            let spooled = try InputSpool.spool(
                descriptor: STDIN_FILENO, directory: temporaryDirectory, isCancelled: isCancelled)
            return SourceHandle(
                source: spooled.source, name: source.displayName, identity: spooled.hash,
                formatHint: hint.flatMap(FormatHint.normalized))
        case .url(let address, let hint):
            return try resolve(address: address, hint: hint, isCancelled: isCancelled)
        }
    }

    private func rememberedHash(of file: LocalFile, isCancelled: () -> Bool) throws -> ContentHash {
        let hash = try SourceHashing.hash(file.source, name: file.path, isCancelled: isCancelled)
        memo?.remember(hash, for: file)
        return hash
    }

    private func resolve(
        address: String, hint: String?, isCancelled: @escaping @Sendable () -> Bool
    ) throws -> any MediaHandle {
        let source: HTTPByteSource
        do {
            source = try HTTPByteSource(url: address, policy: httpPolicy, isCancelled: isCancelled)
        } catch {
            throw SourceFailure.translate(error)
        }
        if source.byteCount == 0 {
            throw PluginError(.sourceEmpty, "\(displayable(address)) is empty (0 bytes); check the address")
        }
        let reader = source.reader
        let path = reader.finalURL.split(whereSeparator: { $0 == "?" || $0 == "#" }).first.map(String.init) ?? address
        return SourceHandle(
            source: source, name: displayable(address),
            identity: Self.identity(
                finalURL: reader.finalURL, entityTag: reader.entityTag, lastModified: reader.lastModified,
                size: reader.size),
            formatHint: hint.flatMap(FormatHint.normalized) ?? FormatHint.fromPath(path))
    }

    /// Stands for the content of an address: nil without a validator that changes with the content.
    static func identity(
        finalURL: String, entityTag: String?, lastModified: String?, size: Int64?
    ) -> ContentHash? {
        let strongTag = entityTag.flatMap { $0.hasPrefix("W/") ? nil : $0 }
        guard let size, let validator = strongTag ?? lastModified else { return nil }
        var hasher = BLAKE3Hasher()
        for part in ["url", finalURL, validator, String(size)] {
            hasher.update("\(part.utf8.count):")
            hasher.update(part)
        }
        return hasher.finalize()
    }

    /// The address without user name, password and query, for messages.
    private func displayable(_ address: String) -> String {
        guard var parts = URLComponents(string: address) else { return "the address" }
        parts.user = nil
        parts.password = nil
        parts.query = nil
        parts.fragment = nil
        return parts.string ?? "the address"
    }
}

/// The usual extension of a format, as a name tells it.
enum FormatHint {
    static func fromPath(_ path: String) -> String? {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return nil }
        return normalized(String(name[name.index(after: dot)...]))
    }

    /// Lower case, at most 10 letters or digits; nil for anything else.
    static func normalized(_ hint: String) -> String? {
        let text = hint.lowercased().drop { $0 == "." }
        guard !text.isEmpty, text.count <= 10, text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
            return nil
        }
        return String(text)
    }
}
